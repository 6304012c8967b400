//! gz files: gzip files read and written as streams of uncompressed data.
//!
//! A file is open either for reading or for writing. From the API down to the system:
//! - `seek` is the position in a file, and `file` the open file itself: a `Reader` or a `Writer`;
//! - `read` delivers what `member` decodes from what `source` has loaded;
//! - `write` accepts data, which `compress` compresses and writes;
//! - `common` is what readers and writers share, `codec` the inflate or deflate stream, `buffer`
//!   a block of memory for data, `error` what gzerror reports;
//! - `os` makes the system calls, and `mode` parses the mode string.
//!
//! # Data and errors
//!
//! Two rules hold throughout:
//! - Reading: data decoded before an error is delivered first. The error waits for a call that
//!   finds nothing else to return.
//! - Writing: data that a call has accepted is written, or a later call (at the latest gzclose)
//!   reports that it could not be. Data that a call has not accepted is forgotten when the call
//!   returns: no file keeps a pointer to the caller's memory.
//!
//! When a non-blocking file would block (a "stall"), only the current call fails: nothing is
//! lost, and the next call continues where this one stopped.

pub(crate) mod buffer;
pub(crate) mod codec;
pub(crate) mod common;
pub(crate) mod compress;
pub(crate) mod error;
pub(crate) mod file;
pub(crate) mod member;
pub(crate) mod mode;
pub(crate) mod os;
pub(crate) mod read;
pub(crate) mod seek;
pub(crate) mod source;
pub(crate) mod write;

#[cfg(test)]
#[path = "../../tests/unit/gz_scratch.rs"]
mod scratch;
