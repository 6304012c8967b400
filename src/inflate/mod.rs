//! inflate: from input to output.
//!
//! `stream` is one call; `wrapper` reads header and trailer, `decode` the deflate data with
//! `block` for the heads of dynamic blocks, whose `code`s fill a `table` with `entry`s; and `fast`
//! most of the symbols, in `steps` or with `branches` (`loops` is what these share). `output`,
//! `brief` and `ring` are what they write to (`sink`): next_out, by way of a buffer in long calls
//! and at once in short ones, or inflateBack's window. `state` is what a stream remembers,
//! `window` the output of earlier calls, `history` all that matches may reach, `control` what
//! programs ask besides decoding, `oneshot` and `back` the two other ways to decode.

pub mod back;
pub mod bits;
pub mod block;
pub mod branches;
pub mod brief;
pub mod bulk;
pub mod code;
pub mod control;
pub mod copy;
pub mod decode;
pub mod entry;
pub mod fast;
pub mod feed;
pub mod history;
pub mod loops;
pub mod oneshot;
pub mod output;
pub mod ring;
pub mod sink;
pub mod state;
pub mod steps;
pub mod stream;
pub mod table;
pub mod window;
pub mod wrapper;
