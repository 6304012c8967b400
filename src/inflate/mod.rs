//! Decompression: the state machine of a stream, and the decoder that it drives.
//!
//! `stream` is one inflate() call; `state` is what lives between calls; `control` is the other
//! calls of the family; `wrapper` reads headers and trailers; `back` and `oneshot` are the two
//! other ways to decode. The decoder has three parts, each on those before it:
//! - [`codes`]: from the bits of a block's header to decode tables;
//! - [`decode`]: from bits to symbols, in a fast loop and in a careful decoder;
//! - [`output`]: where the bytes of symbols go, and where matches find earlier ones.

pub(crate) mod back;
pub(crate) mod codes;
pub(crate) mod control;
pub(crate) mod decode;
pub(crate) mod oneshot;
pub(crate) mod output;
pub(crate) mod state;
pub(crate) mod stream;
pub(crate) mod wrapper;

#[cfg(test)]
#[path = "../../tests/unit/inflate_support.rs"]
mod support;
