//! The three kinds of index as one type, which stands in for zlib's hash chains, and its memory.
//!
//! Whoever knows the kind at compile time, as the bulk parses do, matches it once and calls the
//! kind's own methods.
//!
//! The pool lends a [`Tables`]: memory that is large enough for an index of any kind, and the index
//! that was made of it last. Whoever acquires it makes one of its own ([`Tables::renew`]).
//!
//! Unsafe because an index lies in memory that is kept beside it.
#![allow(unsafe_code)]

use core::ptr::NonNull;

use crate::deflate::classic::levels::IndexKind;
use crate::deflate::classic::search::anchor_index::AnchorIndex;
use crate::deflate::classic::search::buckets::{Bucket, Buckets};
use crate::deflate::classic::search::chains::{Hash, Prev};
use crate::deflate::classic::search::cpu::set::Set;
use crate::deflate::classic::search::tables::{Carver, memory_for};
use crate::deflate::config::{MAX_HASH_BITS, MAX_WINDOW_BITS};
use crate::pool::pages::Pages;
use crate::pool::slot::Pooled;

/// Tables that stand in for zlib's chains.
pub(crate) enum Index {
    /// [`IndexKind::HeadBuckets`].
    HeadBuckets(Buckets<()>),
    /// [`IndexKind::Buckets`].
    Buckets(Buckets<Bucket>),
    /// [`IndexKind::Anchors`].
    Anchors(AnchorIndex),
}

impl Index {
    /// Empty tables.
    fn new(
        kind: IndexKind,
        window_bits: u8,
        hash: Hash,
        memory: &mut Carver,
        set: Set,
    ) -> Option<Index> {
        Some(match kind {
            IndexKind::HeadBuckets => {
                Index::HeadBuckets(Buckets::new(window_bits, hash, memory, set)?)
            }
            IndexKind::Buckets => Index::Buckets(Buckets::new(window_bits, hash, memory, set)?),
            IndexKind::Anchors => Index::Anchors(AnchorIndex::new(window_bits, hash, memory, set)?),
        })
    }

    /// Bytes of its heads, which are cleared before each use.
    pub(crate) const fn cleared(kind: IndexKind, window_bits: u8, hash_bits: u8) -> usize {
        match kind {
            IndexKind::HeadBuckets => Buckets::<()>::cleared(hash_bits),
            IndexKind::Buckets => Buckets::<Bucket>::cleared(hash_bits),
            IndexKind::Anchors => AnchorIndex::cleared(window_bits, hash_bits),
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

    /// Inserts the strings from `first` on that are whole in `bytes`, which begin there, and notes
    /// them in `prev`; those of the slow parse, which inserts all strings, wait for its next
    /// search.
    #[inline(always)]
    pub(crate) fn insert_each(&mut self, prev: &mut Prev, first: usize, bytes: &[u8]) {
        match self {
            Index::HeadBuckets(buckets) => buckets.insert_each(prev, first, bytes),
            Index::Buckets(buckets) => buckets.insert_each(prev, first, bytes),
            Index::Anchors(_) => {}
        }
    }
}

/// Bytes of memory for an index of any kind and size.
const MEMORY: usize = {
    let anchors = AnchorIndex::size(MAX_WINDOW_BITS as u8, MAX_HASH_BITS);
    let buckets = Buckets::<Bucket>::size(MAX_WINDOW_BITS as u8, MAX_HASH_BITS);
    memory_for(
        ANCHOR_TABLES,
        if anchors < buckets { buckets } else { anchors },
    )
};
/// Tables of the kind that has most, and the index itself.
const ANCHOR_TABLES: usize = 7;

/// What the pool lends: memory, and the index that lies in it.
pub(crate) struct Tables {
    /// In the memory, tables and all.
    index: Option<NonNull<Index>>,
    memory: Option<Pages>,
}

// SAFETY: the index is this value's own, as its memory is.
unsafe impl Send for Tables {}

impl Pooled for Tables {
    const EMPTY: Self = Tables {
        index: None,
        memory: None,
    };
    const BYTES: usize = MEMORY;

    fn is_empty(&self) -> bool {
        self.memory.is_none()
    }
}

impl Tables {
    /// The index.
    #[inline(always)]
    pub(crate) fn index(&mut self) -> Option<&mut Index> {
        // SAFETY: `renew` has put it there, and it is borrowed as this value is, which has its
        // memory.
        self.index.map(|mut index| unsafe { index.as_mut() })
    }

    /// An index of this kind, with empty tables, instead of the one that is there. None if the
    /// system has no memory.
    pub(crate) fn renew(
        &mut self,
        kind: IndexKind,
        window_bits: u8,
        hash: Hash,
        set: Set,
    ) -> Option<&mut Index> {
        self.index = None;
        let is_new = self.memory.is_none();
        if is_new {
            self.memory = Pages::new(MEMORY);
        }
        // SAFETY: the last index is gone, and this one goes when its memory does: there is no way
        // to it but `index`.
        let mut memory = unsafe { Carver::new(self.memory.as_mut()?, is_new) };
        let index = Index::new(kind, window_bits, hash, &mut memory, set)?;
        self.index = memory.place(index);
        self.index()
    }
}
