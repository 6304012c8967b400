//! Types that the stream machine and the engines share: flush, strategy, parameters, block state.
//!
//! *Classic* is rzlib's own word, for the engine that writes zlib's bytes.
#![forbid(unsafe_code)]

use core::ffi::c_int;

/// What a call of deflate asks for besides compression (Z_* flush values), in the order of how much
/// it does: repeating one of the same or lower rank without new input is no progress.
/// Source: zlib deflate.c, the order that its RANK macro gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Flush {
    /// Collect as much as is good for compression.
    No,
    /// End the block; up to 7 bits stay in the bit buffer.
    Block,
    /// End the block and send enough bits for it to be decoded.
    Partial,
    /// End the block and align the output to a byte with an empty stored block.
    Sync,
    /// As Sync, and forget the history.
    Full,
    /// End the stream.
    Finish,
}

impl Flush {
    /// The flush that zlib.h's number names; None for a number that deflate refuses.
    pub(crate) fn from_c(flush: c_int) -> Option<Flush> {
        use Flush::*;
        let in_zlibs_order = [No, Partial, Sync, Full, Finish, Block];
        in_zlibs_order.get(usize::try_from(flush).ok()?).copied()
    }
}

/// How matches are looked for and coded (Z_* strategies).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strategy {
    /// For most data.
    Default,
    /// For data of a filter or predictor: short matches are not worth it.
    Filtered,
    /// Literals only.
    HuffmanOnly,
    /// Matches of distance 1 only.
    Rle,
    /// As Default, with the fixed codes only.
    Fixed,
}

impl Strategy {
    /// The strategy that zlib.h's number names; None for a number that deflate refuses.
    pub(crate) fn from_c(strategy: c_int) -> Option<Strategy> {
        use Strategy::*;
        let in_zlibs_order = [Default, Filtered, HuffmanOnly, Rle, Fixed];
        in_zlibs_order.get(usize::try_from(strategy).ok()?).copied()
    }

    /// HuffmanOnly, Rle and Fixed count as fast in the wrappers' level fields.
    pub(crate) fn is_simple(self) -> bool {
        matches!(
            self,
            Strategy::HuffmanOnly | Strategy::Rle | Strategy::Fixed
        )
    }
}

/// The four numbers that steer a search; deflateTune sets them one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tunables {
    /// Slow: with a match of at least this length in hand, search a quarter as far.
    pub good_length: u32,
    /// Slow: with a match of at least this length in hand, do not search at all.
    /// Fast: insert the strings inside a match only up to this length.
    pub max_lazy: u32,
    /// Stop the search at a match of at least this length. zlib takes it as signed in the
    /// comparison and as unsigned when it limits it to the lookahead.
    pub nice_length: i32,
    /// Candidates looked at in one search; 0 means without limit.
    pub max_chain: u32,
}

/// The last block of a stream, or one that others follow (BFINAL).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    /// Others follow.
    No,
    /// The last one.
    Yes,
}

impl Last {
    /// Last if `condition` holds.
    pub(crate) fn when(condition: bool) -> Last {
        if condition { Last::Yes } else { Last::No }
    }

    /// True for the last block.
    pub(crate) fn is_yes(self) -> bool {
        self == Last::Yes
    }
}

/// The level that Z_DEFAULT_COMPRESSION stands for.
const DEFAULT_LEVEL: u8 = 6;
/// Z_DEFAULT_COMPRESSION.
pub(crate) const Z_DEFAULT_COMPRESSION: c_int = -1;
/// The highest level.
const MAX_LEVEL: c_int = 9;

/// The level 0..=9 that the C number names; None if refused.
pub(crate) fn level_from_c(level: c_int) -> Option<u8> {
    match level {
        Z_DEFAULT_COMPRESSION => Some(DEFAULT_LEVEL),
        0..=MAX_LEVEL => Some(level as u8),
        _ => None,
    }
}

/// How an engine's turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockState {
    /// More input or more output room is needed.
    NeedMore,
    /// The flush is done: all input is in blocks that are written.
    BlockDone,
    /// The last block is made but not all of it is written.
    FinishStarted,
    /// The last block is made and written.
    FinishDone,
}

/// data_type before the first block is made.
pub(crate) const Z_UNKNOWN: c_int = 2;
/// data_type: the first block has a byte that text does not have, or none that text has.
pub(crate) const Z_BINARY: c_int = 0;
/// data_type: the first block has only bytes that text has.
pub(crate) const Z_TEXT: c_int = 1;

/// The wrapper around the deflate data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrap {
    /// None.
    Raw,
    /// RFC 1950.
    Zlib,
    /// RFC 1952.
    Gzip,
}

/// hash_bits less memLevel.
const HASH_BITS_OVER_MEM_LEVEL: u8 = 7;

/// Parameters of deflateInit2, checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Params {
    /// 0..=9.
    pub level: u8,
    /// The wrapper.
    pub wrap: Wrap,
    /// Base-2 logarithm of the window's size in bytes, 9..=15.
    pub window_bits: u8,
    /// How much memory to use, 1..=9.
    pub mem_level: u8,
    /// The strategy.
    pub strategy: Strategy,
}

/// Z_DEFLATED, the only method.
pub(crate) const Z_DEFLATED: c_int = 8;
/// What deflateInit2 adds to windowBits for a gzip wrapper.
const GZIP_WINDOW_BITS: c_int = 16;
/// Largest windowBits: 32 KiB, the reach of a deflate distance. Also the default.
pub(crate) const MAX_WINDOW_BITS: c_int = 15;
/// The memLevel of deflateInit and compress.
pub(crate) const DEFAULT_MEM_LEVEL: c_int = 8;
/// Smallest memLevel.
const MIN_MEM_LEVEL: c_int = 1;
/// Largest memLevel.
const MAX_MEM_LEVEL: c_int = 9;
/// Base-2 logarithm of the hash heads at most.
pub(crate) const MAX_HASH_BITS: u8 = MAX_MEM_LEVEL as u8 + HASH_BITS_OVER_MEM_LEVEL;

impl Params {
    /// What compress() and deflateInit() use at this level.
    pub(crate) fn default_at(level: u8) -> Params {
        Params {
            level,
            wrap: Wrap::Zlib,
            window_bits: MAX_WINDOW_BITS as u8,
            mem_level: DEFAULT_MEM_LEVEL as u8,
            strategy: Strategy::Default,
        }
    }

    /// Base-2 logarithm of the number of hash heads. A window of no more bytes than there are
    /// symbols in a block (half as many as heads) may slide out of a block.
    pub(crate) fn hash_bits(&self) -> u8 {
        self.mem_level + HASH_BITS_OVER_MEM_LEVEL
    }

    /// Checks deflateInit2's arguments and gives windowBits its two meanings apart.
    ///
    /// None where zlib answers Z_STREAM_ERROR. A window of 256 bytes exists in zlib's header only:
    /// deflate uses 512 bytes there, and refuses it without that header.
    pub(crate) fn from_c(
        level: c_int,
        method: c_int,
        window_bits: c_int,
        mem_level: c_int,
        strategy: c_int,
    ) -> Option<Params> {
        let (wrap, bits) = match window_bits {
            i32::MIN..0 => (Wrap::Raw, window_bits.checked_neg()?),
            0..=MAX_WINDOW_BITS => (Wrap::Zlib, window_bits),
            _ => (Wrap::Gzip, window_bits - GZIP_WINDOW_BITS),
        };
        let window_bits = match bits {
            8 if wrap == Wrap::Zlib => 9,
            9..=MAX_WINDOW_BITS => bits as u8,
            _ => return None,
        };
        if method != Z_DEFLATED || !(MIN_MEM_LEVEL..=MAX_MEM_LEVEL).contains(&mem_level) {
            return None;
        }
        Some(Params {
            level: level_from_c(level)?,
            wrap,
            window_bits,
            mem_level: mem_level as u8,
            strategy: Strategy::from_c(strategy)?,
        })
    }
}
