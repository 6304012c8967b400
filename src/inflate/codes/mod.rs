//! The codes of a block: reads its header, and makes decode tables of it.
//!
//! `block` reads the header of a dynamic block with `bits`; `code` assigns the codes that its
//! lengths say; `table` is filled with them, with one `entry` for each value of the next bits.

pub(crate) mod bits;
pub(crate) mod block;
pub(crate) mod code;
pub(crate) mod entry;
pub(crate) mod table;
