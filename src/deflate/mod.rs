//! Compression: the state machine of a stream, and the engine that it drives.
//!
//! `stream` is one deflate() call; `state` is what lives between calls; `control` is the other
//! calls of the family; `wrapper` writes headers and trailers; `output` holds bits and pending
//! bytes; `block` writes blocks without symbols; `bound` limits sizes; `oneshot` is compress().
//! `engine` says what an engine must do, `engines` which there are: `classic`.

pub(crate) mod block;
pub(crate) mod bound;
pub(crate) mod classic;
pub(crate) mod config;
pub(crate) mod control;
pub(crate) mod engine;
pub(crate) mod engines;
pub(crate) mod oneshot;
pub(crate) mod output;
pub(crate) mod state;
pub(crate) mod stream;
pub(crate) mod wrapper;

#[cfg(test)]
#[path = "../../tests/unit/deflate_common.rs"]
mod unit;
