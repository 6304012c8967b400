//! The C API: zlib's functions under zlib's names.
//!
//! `types` is what C programs see; `border` turns pointers into values, once per call; `handle` is
//! what `strm.state` points to. The other files hold the functions, which check their arguments,
//! call the Rust side, and write the results back. They never call an exported symbol, which
//! could be that of another zlib in the process.
//!
//! The functions that take streams are "C-unwind", and so are zalloc, zfree, in() and out(), which
//! they call: a program may leave these by an exception or by longjmp. So no frame between may have
//! anything to drop while they run (`tests/dropin/frames.py`), and a stream must be in order
//! whenever one is called: `state` points to what can be ended, or is refused.
#![allow(non_snake_case)]

pub mod back;
mod border;
pub mod checksum;
pub mod deflate;
pub mod gz;
mod handle;
pub mod inflate;
pub mod oneshot;
pub mod tables;
pub mod types;
mod unfinished;
pub mod version;
