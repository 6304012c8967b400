//! The three formats as their RFCs define them: numbers and byte layouts, no behaviour.
#![forbid(unsafe_code)]

pub mod deflate;
pub mod gzip;
pub mod zlib;
