//! gz files: gzip files read and written as if they were not compressed.
//!
//! A file is either read or written, never both. From the API down to the system:
//! - `seek` is the position in a file, `line` reads a line, and `file` is the open file itself:
//!   a `Reader` or a `Writer`;
//! - `read` delivers what `member` decodes, from what `source` has loaded;
//! - `write` takes the caller's bytes, and `compress` compresses and writes them;
//! - `common` is what both kinds of file have, `codec` the inflate or deflate stream, `buffer` a
//!   block of bytes on their way, `error` what gzerror tells;
//! - `os` makes the system calls, and `mode` parses the mode string.
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
pub mod file;
pub mod line;
pub mod member;
pub mod mode;
pub mod os;
pub mod read;
pub mod seek;
pub mod source;
pub mod write;
