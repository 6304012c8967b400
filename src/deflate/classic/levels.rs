//! zlib's table of compression levels: the parse, the index and the search limits of each.
#![forbid(unsafe_code)]

use crate::deflate::config::{Strategy, Tunables};

/// A parse: how data becomes symbols. A level names one of Stored, Fast and Slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parse {
    /// No compression.
    Stored,
    /// Takes each match as it is found.
    Fast,
    /// Takes a match only if the next position has no longer one.
    Slow,
    /// Literals only, whatever the level but 0.
    Huff,
    /// Matches of distance 1 only, whatever the level but 0.
    Rle,
}

impl Parse {
    /// The parse that this level and strategy use.
    pub(crate) fn of(level: u8, strategy: Strategy) -> Parse {
        match (CLASSIC[usize::from(level)].parse, strategy) {
            (Parse::Stored, _) => Parse::Stored,
            (_, Strategy::HuffmanOnly) => Parse::Huff,
            (_, Strategy::Rle) => Parse::Rle,
            (parse, _) => parse,
        }
    }
}

/// The index that a search uses where it can, in place of zlib's chains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IndexKind {
    /// Four candidates at once, and no more (`buckets.rs`).
    HeadBuckets,
    /// Four candidates at once, and the next four (`buckets.rs`).
    Buckets,
    /// Chains of longer strings (`anchor_index.rs`).
    Anchors,
}

/// A level of the classic engine.
pub(crate) struct Level {
    /// The parse, where the strategy leaves the choice to the level.
    pub parse: Parse,
    /// The index of its searches.
    pub index: IndexKind,
    /// Input, in KiB, which repays that an index is filled with the strings of a whole window of 32
    /// KiB (`index_slot.rs`).
    pub repays_filling: usize,
    /// Input of one call, in KiB, which repays that tables are taken for it which another stream has
    /// just used, and will want again.
    pub repays_theft: usize,
    /// The search.
    pub tunables: Tunables,
}

/// No input repays it.
const NEVER: usize = usize::MAX;

const fn row(parse: Parse, index: IndexKind, repays: [usize; 2], tunables: [u32; 4]) -> Level {
    let [repays_filling, repays_theft] = repays;
    let [good_length, max_lazy, nice_length, max_chain] = tunables;
    Level {
        parse,
        index,
        repays_filling,
        repays_theft,
        tunables: Tunables {
            good_length,
            max_lazy,
            nice_length: nice_length as i32,
            max_chain,
        },
    }
}

/// zlib's levels. The bytes depend on every number.
/// Source: zlib 1.3.2 deflate.c, configuration_table.
pub(crate) static CLASSIC: [Level; 10] = [
    //                                     fill theft  good lazy nice chain
    row(
        Parse::Stored,
        IndexKind::Buckets,
        [NEVER, NEVER],
        [0, 0, 0, 0],
    ),
    row(
        Parse::Fast,
        IndexKind::HeadBuckets,
        [64, NEVER],
        [4, 4, 8, 4],
    ),
    row(Parse::Fast, IndexKind::Buckets, [64, NEVER], [4, 5, 16, 8]),
    row(Parse::Fast, IndexKind::Buckets, [64, NEVER], [4, 6, 32, 32]),
    row(Parse::Slow, IndexKind::Buckets, [32, 32], [4, 4, 16, 16]),
    row(Parse::Slow, IndexKind::Buckets, [32, 32], [8, 16, 32, 32]),
    row(Parse::Slow, IndexKind::Anchors, [8, 16], [8, 16, 128, 128]),
    row(Parse::Slow, IndexKind::Anchors, [4, 16], [8, 32, 128, 256]),
    row(
        Parse::Slow,
        IndexKind::Anchors,
        [2, 8],
        [32, 128, 258, 1024],
    ),
    row(
        Parse::Slow,
        IndexKind::Anchors,
        [2, 8],
        [32, 258, 258, 4096],
    ),
];

#[cfg(test)]
#[path = "../../../tests/unit/deflate_levels.rs"]
mod tests;
