//! A block: its symbols, their codes, and how it is written.

pub mod huffman;
pub mod symbols;
pub mod trees;
