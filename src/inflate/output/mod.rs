//! Where decoded bytes go: the outputs that the decoder writes to, and the history.
//!
//! `lined` is the output of most calls, which decode to a line that the library lends, and copy
//! from there to next_out; `staged` that of calls without a line, and `short` of calls with little
//! input or room; `ring` is inflateBack's window. `window` keeps the output of earlier calls,
//! `line` is the line and how streams borrow one, `history` finds a match in several places,
//! `delivery` and `bulk` copy.

pub(crate) mod bulk;
pub(crate) mod delivery;
pub(crate) mod history;
pub(crate) mod line;
pub(crate) mod lined;
pub(crate) mod ring;
pub(crate) mod short;
pub(crate) mod staged;
pub(crate) mod window;
