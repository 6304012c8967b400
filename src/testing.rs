//! Switches for the project's own tests: which deflate search and which inflate loop is used, and
//! how often a stream loses its table.
//! Programs have no use for them.
#![forbid(unsafe_code)]

pub use crate::deflate::classic::search::index_slot::{Use, use_index};
pub use crate::inflate::decode::fast::{Choice, choose};
pub use crate::pool::slot::rob_every;
