//! The codes of a block: its head is read, and becomes decode tables.
//!
//! `block` reads the head of a dynamic block with `bits`; `code` assigns the codes that its lengths
//! say; `table` is filled with them, with one `entry` for each value of the next bits.

pub(crate) mod bits;
pub(crate) mod block;
pub(crate) mod code;
pub(crate) mod entry;
pub(crate) mod table;
