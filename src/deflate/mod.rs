//! Compression: the state machine of a stream, and the engine that it drives.
//!
//! `stream` is one deflate() call; `state` is what lives between calls; `control` is the other
//! calls of the family; `wrapper` writes headers and trailers; `output` holds bits and pending
//! bytes; `block` writes blocks without symbols; `bound` limits sizes; `oneshot` is compress().
//! `engine` says what an engine must do, `engines` which there are: `classic`.

pub mod block;
pub mod bound;
pub mod classic;
pub mod config;
pub mod control;
pub mod engine;
pub mod engines;
pub mod oneshot;
pub mod output;
pub mod state;
pub mod stream;
pub mod wrapper;

#[cfg(test)]
#[path = "../../tests/unit/deflate_common.rs"]
mod unit;
