//! The parses: how input becomes literals and matches.
//!
//! `stored` is level 0, `fast` levels 1 to 3, `slow` levels 4 to 9; `rle` and `huff` belong to
//! strategies. `fast_bulk` and `slow_bulk` are the fast and the slow parse on an index.

pub mod bulk;
pub mod common;
pub mod fast;
pub mod fast_bulk;
pub mod huff;
pub mod rle;
pub mod slow;
pub mod slow_bulk;
pub mod stored;
