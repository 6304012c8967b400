//! The classic engine: the bytes of zlib 1.3.2, whatever the parameters and calls.
//!
//! - `state` is what the engine remembers, `window` its history and lookahead, `levels` the
//!   parameters of the levels; `run` chooses the parse for a call, `choose` what it searches in.
//! - [`parse`] makes literals and matches of the input, one file a parse.
//! - [`search`] finds matches: in zlib's hash chains, or on an index that holds the same strings
//!   in another form and takes the same decisions in fewer steps.
//! - [`block`] collects the symbols of a block, and writes it.
//!
//! What identity rests on, each told where it is done:
//! - which strings are in the hash chains, in which order, and how many are visited
//!   (`search/chains.rs`, `search/longest_match.rs`, the parses): collisions of zlib's hash count
//!   too;
//! - when the window slides and how much is read at once (`window.rs`): the string at
//!   position 0 is never matched, and a slide moves that position;
//! - when a block ends: after a fixed number of symbols (`block/symbols.rs`), which memLevel sets;
//! - how ties are broken when a Huffman tree is built (`block/huffman.rs`);
//! - which of the three block types is taken (`block/trees.rs`), and at level 0 how next_out's
//!   size cuts the stored blocks (`parse/stored.rs`);
//! - match lengths that outlive a block or a change of parse: see `state.rs`.

pub mod block;
pub mod choose;
pub mod levels;
pub mod parse;
pub mod run;
pub mod search;
pub mod state;
pub mod window;
