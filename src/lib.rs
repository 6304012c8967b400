//! rzlib: zlib's C API as a shared library in Rust, with zlib 1.3.2's own bytes.
//!
//! # The path of a byte
//!
//! deflate: next_in -> `ffi::border` -> `buf::InBuf` -> `io::Io::read` (copied to the engine's
//! window, and the copy added to the check value) -> its search and parse -> symbols -> a block ->
//! `output` (bits, then pending bytes) -> `buf::OutBuf` -> next_out.
//!
//! inflate: next_in -> `ffi::border` -> `buf::InBuf` -> `wrapper` (header), `codes` (of a block),
//! `decode` (symbols) -> `output` (decoded to a buffer, copied to next_out and added to the check
//! value) -> next_out; what later matches may need is kept in the `window`.
//!
//! A gz file: gzread -> `gz::read` -> `gz::member`, which gets input from the descriptor through
//! `gz::source`, and inflates it -> the caller's buffer; gzwrite -> `gz::write` -> `gz::compress`,
//! which deflates, and writes to the descriptor.
//!
//! # What may import what
//!
//! Each of these imports only what stands after an arrow, and what that may import:
//!
//! - The crate: ffi -> gz -> {deflate, inflate} -> io -> {checksum, buf, error}; deflate and
//!   inflate also use format, pool, and annex, which uses alloc, and not each other; they and
//!   checksum use cpu.
//!   Nothing imports ffi; format, pool, buf, alloc, error and cpu import nothing of this crate.
//! - deflate: control, oneshot -> stream -> wrapper, bound -> state -> engines -> classic -> engine
//!   -> block -> output -> config.
//! - deflate/classic: engine -> parse -> window -> choose -> state -> search, block -> levels;
//!   method calls keep to this order, too.
//! - inflate: control, oneshot, back -> stream -> wrapper -> state -> output -> decode -> codes.
//! - gz: seek -> file -> read, write -> member, compress -> source -> common -> codec,
//!   buffer, error -> os -> mode.
//!
//! `tests/structure/law.rs` has all of it as a table, down to the files; a test holds the sources
//! to it, and to the list that follows.
//!
//! # Where unsafe may stand
//!
//! The crate denies unsafe code; these files allow it, and say why at their head:
//! - `alloc.rs`, memory from C allocators; `annex.rs`, states in it;
//! - `pool/pages.rs`, memory from the system; `pool/slot.rs`, tables that a state word guards;
//! - `deflate/classic/search/chains.rs`, `longest_match.rs`, `query.rs`, `anchor_index.rs`,
//!   `anchors.rs`, `buckets.rs`, table lookups and loads of the search without bounds checks;
//!   `tables.rs`, `index.rs`, tables in memory of the pool; `deflate/classic/parse/slow_bulk.rs`,
//!   `fast_bulk.rs`, loads without bounds checks;
//!   `deflate/classic/search/cpu/avx2.rs`, vector instructions after a check of the CPU;
//! - `inflate/decode/fast.rs`, `branchless.rs`, `branchy.rs`, `loops.rs`, `tail.rs`, `copy.rs`,
//!   `chunk.rs` and `inflate/decode/cpu/*.rs`, lookups, loads and stores of the fast loops;
//!   `inflate/output/buffered.rs`, `lined.rs`, `staged.rs`, `short.rs`, `history.rs` and `ring.rs`,
//!   which decode to memory that is not initialised yet, or beyond the output;
//! - `checksum/adler32/ssse3.rs`, `avx2.rs` and `avx512vnni.rs`, vector instructions after a check
//!   of the CPU; `checksum/copying.rs`, a copy to memory that is not initialised yet;
//! - `gz/os.rs`, system calls; `gz/codec.rs` and `gz/buffer.rs`, memory from malloc;
//! - `ffi/gz/*.rs` and `ffi/*.rs`, C pointers, except `ffi/types.rs`.
//!
//! Every other file forbids it.
//!
//! # Where to begin reading
//!
//! README.md, then `format/deflate.rs`, `deflate/stream.rs`, `deflate/engine.rs`,
//! `deflate/classic/mod.rs`, and one parse: `deflate/classic/parse/slow.rs`. For inflate:
//! `inflate/mod.rs`, `stream.rs`, `decode/careful.rs`, `codes/table.rs`, `decode/fast.rs`,
//! `decode/branchless.rs`. For files: `gz/mod.rs`, `read.rs`, `member.rs`, `write.rs`,
//! `compress.rs`.

// Only ffi and what tests need is public, so that the compiler finds what nothing uses.
#![warn(unreachable_pub)]

mod alloc;
mod annex;
mod buf;
mod checksum;
#[cfg(target_arch = "x86_64")]
mod cpu;
mod deflate;
mod error;
pub mod ffi;
mod format;
mod gz;
mod inflate;
mod io;
mod pool;
#[doc(hidden)]
pub mod testing;
