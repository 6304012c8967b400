//! The three kinds of index as one type, which stands in for zlib's hash chains.
//!
//! Whoever knows the kind at compile time, as the bulk parses do, matches it once and calls the
//! kind's own methods.
#![forbid(unsafe_code)]

use crate::deflate::classic::levels::IndexKind;
use crate::deflate::classic::search::anchor_index::AnchorIndex;
use crate::deflate::classic::search::buckets::{Bucket, Buckets};
use crate::deflate::classic::search::chains::{Chains, Hash};
use crate::deflate::classic::search::cpu::set::Set;
use crate::deflate::classic::search::tables::TableSize;

/// Tables that stand in for zlib's chains.
pub(crate) enum Index {
    /// [`IndexKind::HeadBuckets`].
    HeadBuckets(Buckets<u16>),
    /// [`IndexKind::Buckets`].
    Buckets(Buckets<Bucket>),
    /// [`IndexKind::Anchors`].
    Anchors(AnchorIndex),
}

impl Index {
    /// Empty tables, or None if there is no memory.
    pub(crate) fn new(kind: IndexKind, window_bits: u8, hash: Hash, set: Set) -> Option<Index> {
        Some(match kind {
            IndexKind::HeadBuckets => Index::HeadBuckets(Buckets::new(window_bits, hash, set)?),
            IndexKind::Buckets => Index::Buckets(Buckets::new(window_bits, hash, set)?),
            IndexKind::Anchors => Index::Anchors(AnchorIndex::new(window_bits, hash, set)?),
        })
    }

    /// Bytes of such tables.
    pub(crate) fn size(kind: IndexKind, window_bits: u8, hash: Hash) -> TableSize {
        match kind {
            IndexKind::HeadBuckets => Buckets::<u16>::size(window_bits, hash),
            IndexKind::Buckets => Buckets::<Bucket>::size(window_bits, hash),
            IndexKind::Anchors => AnchorIndex::size(window_bits, hash),
        }
    }

    /// The kind.
    pub(crate) fn kind(&self) -> IndexKind {
        match self {
            Index::HeadBuckets(_) => IndexKind::HeadBuckets,
            Index::Buckets(_) => IndexKind::Buckets,
            Index::Anchors(_) => IndexKind::Anchors,
        }
    }

    /// The window has moved down by its size.
    pub(crate) fn slide(&mut self) {
        match self {
            Index::HeadBuckets(buckets) => buckets.slide(),
            Index::Buckets(buckets) => buckets.slide(),
            Index::Anchors(anchors) => anchors.slide(),
        }
    }

    /// Inserts the strings from `first` on that are whole in `bytes`, which begin there; those of
    /// the slow parse, which inserts all strings, wait for its next search.
    #[inline(always)]
    pub(crate) fn insert_each(&mut self, first: usize, bytes: &[u8]) {
        match self {
            Index::HeadBuckets(buckets) => buckets.insert_each(first, bytes),
            Index::Buckets(buckets) => buckets.insert_each(first, bytes),
            Index::Anchors(_) => {}
        }
    }

    /// Makes `chains` what zlib's are when the strings before `end` are inserted.
    pub(crate) fn give_to(&self, chains: &mut Chains, data: &[u8], end: usize) {
        match self {
            Index::HeadBuckets(buckets) => buckets.give_to(chains, data, end),
            Index::Buckets(buckets) => buckets.give_to(chains, data, end),
            Index::Anchors(anchors) => anchors.give_to(chains, data, end),
        }
    }
}
