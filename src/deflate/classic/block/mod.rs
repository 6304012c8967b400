//! A block: collecting its symbols, building its codes, and writing it.

pub mod huffman;
pub mod symbols;
pub mod trees;
