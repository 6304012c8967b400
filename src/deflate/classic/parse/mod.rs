//! The parses: how input becomes literals and matches.
//!
//! `stored` is level 0, `fast` levels 1 to 3, `slow` levels 4 to 9; `rle` and `huff` belong to
//! strategies. `fast_bulk` and `slow_bulk` are the fast and the slow parse on an index.

pub(crate) mod bulk;
pub(crate) mod common;
pub(crate) mod fast;
pub(crate) mod fast_bulk;
pub(crate) mod huff;
pub(crate) mod rle;
pub(crate) mod slow;
pub(crate) mod slow_bulk;
pub(crate) mod stored;
