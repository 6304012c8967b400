//! Switches for the project's own tests: they force one of the forms in which a thing is done.
//! Programs have no use for them.
#![forbid(unsafe_code)]

pub use crate::deflate::classic::search::index_slot::{Use, use_index};
pub use crate::inflate::decode::fast::{Choice, choose};
