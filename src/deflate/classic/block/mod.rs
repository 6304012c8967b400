//! A block: collecting its symbols, building its codes, and writing it.

pub(crate) mod huffman;
pub(crate) mod symbols;
pub(crate) mod trees;
