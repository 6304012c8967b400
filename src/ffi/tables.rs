//! rz_set_table_memory and rz_table_memory: what the library's own tables may take, and take.
//!
//! The tables make streams fast and belong to no stream (`pool/mod.rs`). When the library is
//! unloaded, or the program ends, they go. By then no call should be running; one that is keeps its
//! table, and a call after that does without.
//!
//! Unsafe because C calls the functions.
#![allow(unsafe_code)]

use crate::deflate::engines;
use crate::inflate::output::line::LINES;
use crate::pool::pages;

/// Sets how many bytes of memory the library may take for itself in the whole process, for tables
/// that it lends to streams and that make them faster; 0 for none. It is 16 MiB unless the
/// environment variable RZLIB_TABLE_MEMORY says another number, which only counts before the first
/// stream.
///
/// What exceeds it is given back at once, but for the tables of calls that are running. A stream
/// loses nothing by that but speed: its output is always the same. May be called at any time, from
/// any thread. Source: rzlib's own; zlib has no such function.
#[unsafe(no_mangle)]
pub extern "C" fn rz_set_table_memory(bytes: usize) {
    pages::set_bound(bytes);
    engines::shrink_tables(pages::is_exceeded);
    LINES.shrink(pages::is_exceeded);
}

/// Returns how many bytes of memory the library has taken for its tables in the whole process, of
/// which those that were never used are not there yet. Source: rzlib's own.
#[unsafe(no_mangle)]
pub extern "C" fn rz_table_memory() -> usize {
    pages::in_use()
}

/// Runs when the library is unloaded or the program ends.
#[cfg(all(unix, not(target_vendor = "apple")))]
#[used]
#[unsafe(link_section = ".fini_array")]
static AT_END: extern "C" fn() = close;

#[cfg(all(unix, not(target_vendor = "apple")))]
extern "C" fn close() {
    engines::close_tables();
    LINES.close();
}
