//! Where decoded bytes go: the outputs that the decoder writes to, and the history.
//!
//! `buffered` is the output of most calls, which decode to a buffer and copy from there to next_out:
//! a line that the library lends (`lined`), or a small one on the stack (`staged`). `short` is that
//! of calls with little input or room, and `ring` is inflateBack's window. `window` keeps the output of earlier calls,
//! `line` is the line and how streams borrow one, `history` finds a match in several places, `bulk`
//! copies.

pub(crate) mod buffered;
pub(crate) mod bulk;
pub(crate) mod history;
pub(crate) mod line;
pub(crate) mod lined;
pub(crate) mod ring;
pub(crate) mod short;
pub(crate) mod staged;
pub(crate) mod window;
