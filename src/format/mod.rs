//! The deflate, zlib and gzip formats as their RFCs define them: constants and byte layouts.
#![forbid(unsafe_code)]

pub mod deflate;
pub mod gzip;
pub mod zlib;
