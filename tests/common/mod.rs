//! What the differential tests share: the two libraries, data, and calls made on both at once.
//!
//! zlib 1.3.2 (the oracle, see `tests/oracle`) and rzlib get the same calls with the same
//! arguments; after every call everything a program can see must be equal. `pair` does that,
//! `api` holds the functions, the other files supply data, memory and the report.
// Every test program compiles this module and none of them needs all of it.
#![allow(dead_code)]

pub mod api;
pub mod crash;
pub mod data;
pub mod deflate_pair;
pub mod drive;
pub mod gz_call;
pub mod header;
pub mod inflate_pair;
pub mod log;
pub mod memory;
pub mod naive;
pub mod pair;
pub mod read_header;
pub mod rng;
pub mod sequence;
pub mod side;
pub mod streams;
pub mod synth;
