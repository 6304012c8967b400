//! The C API: zlib's functions under zlib's names.
//!
//! `types` is what C programs see; `border` turns pointers into values, once a call;
//! `handle` is what `strm.state` points to. The other files hold the functions, thin:
//! check, call, write back. They call Rust only, never an exported symbol, so that another
//! zlib in the process is never called by accident.
#![allow(non_snake_case)]

pub mod back;
mod border;
pub mod checksum;
pub mod deflate;
mod gz_handle;
pub mod gz_open;
pub mod gz_read;
pub mod gz_seek;
pub mod gz_write;
pub mod gzprintf;
mod handle;
pub mod inflate;
pub mod oneshot;
pub mod types;
pub mod version;
