//! The classic engine: the bytes of zlib 1.3.2, whatever the parameters and calls.
//!
//! What identity rests on, each told where it is done:
//! - which strings are in the hash chains, in which order, and how many are visited
//!   (`chains`, `longest_match`, the parses): collisions of zlib's hash count too;
//! - when the window slides and how much is read at once (`window`): the string at
//!   position 0 is never matched, and a slide moves that position;
//! - when a block ends: after a fixed number of symbols (`symbols`), which memLevel sets;
//! - how ties are broken when a Huffman tree is built (`huffman`);
//! - which of the three block types is taken (`trees`), and at level 0 how next_out's size
//!   cuts the stored blocks (`stored`);
//! - match lengths that outlive a block or a change of parse: see `state`.
//!
//! `run` chooses the parse; `stored`, `fast`, `slow`, `rle` and `huff` are the parses.
//!
//! There is a second way to the same decisions: `index` (levels 6 to 9) and `quads` (1 to 5)
//! hold the strings of `chains` in another form, `anchors` searches the former, `slow_bulk` is
//! the slow parse on both, `fast_bulk` the fast one on quads; `choose` decides what is in use.

mod anchors;
mod chains;
mod choose;
mod fast;
mod fast_bulk;
mod huff;
mod huffman;
mod hunt;
mod index;
mod lanes;
mod longest_match;
mod quads;
mod rle;
mod run;
mod sample;
mod slow;
mod slow_bulk;
pub mod state;
mod stored;
mod symbols;
pub mod tables;
mod trees;
mod window;
