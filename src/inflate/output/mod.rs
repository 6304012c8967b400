//! Where decoded bytes go: the three outputs that the decoder writes to, and the window.
//!
//! `buffered` is the output of most calls, which goes to next_out by way of a buffer; `short` that
//! of calls with little input or room; `ring` is inflateBack's window. `window` keeps the output
//! of earlier calls, `history` finds a match in the parts of it, `bulk` copies.

pub(crate) mod buffered;
pub(crate) mod bulk;
pub(crate) mod history;
pub(crate) mod ring;
pub(crate) mod short;
pub(crate) mod window;
