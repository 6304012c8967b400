//! The deflate, zlib and gzip formats as their RFCs define them: constants and byte layouts.
#![forbid(unsafe_code)]

pub(crate) mod deflate;
pub(crate) mod gzip;
pub(crate) mod zlib;
