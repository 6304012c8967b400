//! The output: the three that the decoder writes to, and the window.
//!
//! `buffered` is the output of most calls, which goes to next_out by way of a buffer; `short` that
//! of calls with little input or room; `ring` is inflateBack's window. `window` keeps the output
//! of earlier calls, `history` finds a match in the parts of it, `bulk` copies.

pub mod buffered;
pub mod bulk;
pub mod history;
pub mod ring;
pub mod short;
pub mod window;
