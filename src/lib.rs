//! rzlib: zlib's C API as a shared library in Rust, with zlib 1.3.2's own bytes.
//!
//! # The path of a byte
//!
//! next_in -> `ffi::border` -> [`buf::InBuf`] -> [`io::Io::read`] (added to the check value)
//! -> the engine's window -> its search and parse -> symbols -> a block -> `output` (bits,
//! then pending bytes) -> [`buf::OutBuf`] -> next_out.
//!
//! # What may import what
//!
//! ffi -> deflate -> io -> {checksum, buf, error}; deflate also uses format and alloc.
//! Nothing imports ffi; format, buf, alloc and error import nothing of this crate. Inside
//! deflate: stream, control, oneshot -> wrapper, bound -> state -> engine -> classic ->
//! output, block, levels, config.
//!
//! # Where unsafe may stand
//!
//! The crate denies unsafe code; these files allow it, and say why at their head:
//! - `alloc.rs`, memory from C allocators;
//! - `deflate/classic/chains.rs` and `longest_match.rs`, table lookups and loads of the
//!   search without bounds checks;
//! - `checksum/adler32_x86.rs`, vector instructions after a check of the CPU;
//! - `ffi/*.rs`, C pointers.
//!
//! Every other file forbids it.
//!
//! # Where to begin reading
//!
//! README.md, then `format/deflate.rs`, `deflate/stream.rs`, `deflate/engine.rs`,
//! `deflate/classic/mod.rs`, and one parse: `deflate/classic/slow.rs`.

pub mod alloc;
pub mod buf;
pub mod checksum;
pub mod deflate;
pub mod error;
pub mod ffi;
pub mod format;
pub mod inflate;
pub mod io;
