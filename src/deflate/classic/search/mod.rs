//! The search for matches: zlib's hash chains, and faster indexes that give the same answers.
//!
//! zlib's hash `chains` are walked by `longest_match`. An index is faster: `buckets` at levels 1 to
//! 5, `anchor_index` with its search, `anchors`, at levels 6 to 9. Both have `tables` of positions;
//! `index` is either. Their loops are compiled for several sets of instructions (`cpu`).
//! `index_slot` holds the index of a stream and knows what it costs, `sample` tells whether the
//! data is worth one. `query` is what a search is asked.

pub(crate) mod anchor_index;
pub(crate) mod anchors;
pub(crate) mod buckets;
pub(crate) mod chains;
pub(crate) mod cpu;
pub(crate) mod index;
pub(crate) mod index_slot;
pub(crate) mod longest_match;
pub(crate) mod query;
pub(crate) mod sample;
pub(crate) mod tables;
