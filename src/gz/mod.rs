//! gz files: gzip files read and written as if they were not compressed.
//!
//! A file is read or written, never both. `state` is either, `common` what both have in common,
//! and `mode` the mode string that chooses. `read` and `line` are a file for reading, on what
//! `source` loads and `member` decodes, of which `place` says where it is; `write` and `compress`
//! are a file for writing. `seek` is the position in both.
//! `codec` holds the inflate or deflate stream, `buffer` the bytes on their way, `error` what
//! gzerror tells, `os` the system calls.
//!
//! # Bytes and errors
//!
//! Two rules hold in all of it:
//! - Reading: what was decoded before an error comes first. The error waits until a call finds
//!   nothing else to return.
//! - Writing: what a call said it took is written, or a later call (gzclose is the last one)
//!   says that it could not be. What a call did not take is forgotten when it returns: no
//!   file remembers a pointer to the caller's memory.
//!
//! A file that would block ("stalled") is an error that only this call has: nothing is lost,
//! and the next call begins where this one stopped.

pub mod buffer;
pub mod codec;
pub mod common;
pub mod compress;
pub mod error;
pub mod line;
pub mod member;
pub mod mode;
pub mod os;
pub mod read;
pub mod seek;
pub mod source;
pub mod state;
pub mod write;
