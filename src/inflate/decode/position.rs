//! Where a fast loop is in input and output, and how it ends.
#![forbid(unsafe_code)]

/// Where output goes.
#[derive(Clone, Copy)]
pub(crate) struct Space {
    /// Where the next byte goes.
    pub out: *mut u8,
    /// Nothing begins at or after this byte.
    pub out_end: *mut u8,
    /// At or after `out_end`: only the last symbol may pass this byte. It is compared, and never
    /// looked at.
    pub room_end: *mut u8,
}

/// A loop's position in input and output, and how far it may go.
pub(crate) struct Position {
    /// Next byte of input.
    pub input: *const u8,
    /// An iteration, and the first of three steps, begins only at or before this byte.
    pub input_last: *const u8,
    /// The bits held; see `loops.rs` for what lies above `count`.
    pub bits: u64,
    /// How many there are, in the low byte.
    pub count: u32,
    /// Where output goes.
    pub space: Space,
    /// The last match, if the loop ended with one that passed `room_end`.
    pub last: FoundMatch,
}

impl Position {
    /// Whether anything may begin here.
    #[inline(always)]
    pub(crate) fn has_room(&self) -> bool {
        self.space.out < self.space.out_end
    }
}

/// A match, as far as it matters to whoever cuts it short.
#[derive(Clone, Copy, Default)]
pub(crate) struct FoundMatch {
    /// Length in bytes.
    pub len: u32,
    /// Distance in bytes.
    pub dist: u32,
    /// Bits of input it took.
    pub bits: u32,
    /// Bytes that the room lacks for it.
    pub missing: u32,
}

/// How the fast loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Input or room is too short to go on.
    Limit,
    /// The block's end was decoded.
    EndOfBlock,
    /// The next symbol is not for this loop, nor is it worth coming back to.
    Symbol,
    /// The room ended in the last match. Of a loop this is a Limit, out of which `tail.rs` makes
    /// this. (With the match in it, an exit does not fit a register, and the loops take 3 % more
    /// instructions.)
    CutShort,
}
