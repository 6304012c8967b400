//! The classic engine: the bytes of zlib 1.3.2, whatever the parameters and calls.
//!
//! - `engine` is what the stream machine calls; it chooses the parse.
//! - [`parse`] turns input into literals and matches; each parse has a file.
//! - `window` reads input and slides; `choose` decides whether the chains or an index are searched;
//!   `state` is what the engine remembers, `levels` the parameters of the levels.
//! - [`search`] finds matches: in zlib's hash chains, or on an index that holds the same strings in
//!   another form and takes the same decisions in fewer steps.
//! - [`block`] collects the symbols of a block, and writes it.
//!
//! Methods of [`Classic`](state::Classic) are spread over files, so calls between these need no
//! import. They keep to the order that `lib.rs` has for imports all the same.
//!
//! What makes the bytes zlib's, and where it is explained:
//! - which strings are in the hash chains, in which order, and how many are visited
//!   (`search/chains.rs`, `search/longest_match.rs`, the parses): collisions of zlib's hash count
//!   too;
//! - when the window slides and how much is read at once (`window.rs`): the string at position 0 is
//!   never matched, and a slide moves that position;
//! - when a block ends: after a fixed number of symbols (`block/symbols.rs`), which memLevel sets;
//! - how ties are broken when a Huffman tree is built (`block/huffman.rs`);
//! - which of the three block types is taken (`block/trees.rs`), and at level 0 how next_out's size
//!   cuts the stored blocks (`parse/stored.rs`);
//! - match lengths that outlive a block or a change of parse: see `state.rs`.

pub(crate) mod block;
pub(crate) mod choose;
pub(crate) mod engine;
pub(crate) mod levels;
pub(crate) mod parse;
pub(crate) mod search;
pub(crate) mod state;
pub(crate) mod window;
