//! The functions on gz files: thin, on the files of `crate::gz`.
//!
//! `handle` is what a `gzFile` points to; the other files hold the functions.

mod handle;
pub mod open;
pub mod printf;
pub mod read;
pub mod seek;
pub mod write;
