//! The careful decoder: symbol by symbol, able to stop after any bit of input or byte of output.
//!
//! It takes just the input that the next step needs, and remembers how far it has come when the
//! input ends. Where no program can see the difference, it takes more: with input for a whole
//! symbol, it looks at all the symbol's bits together; and it reads the last few bytes all at once,
//! and gives back what is left of them when a symbol waits for room or the block ends. The fast
//! loop (`fast.rs`) does most of the work; this file decides what programs see: where a stream
//! stops, which error a damaged one gets, and how much input was read by then.
//!
//! # Modes
//!
//! | mode | waits for | goes to |
//! | --- | --- | --- |
//! | Type | a call without Z_BLOCK and Z_TREES | TypeDo |
//! | TypeDo | 3 bits | Stored, LenStart (fixed codes), Table; ends after the last block |
//! | Stored | LEN and NLEN | CopyStart |
//! | CopyStart | (Z_TREES stops here) | Copy |
//! | Copy | input and room | Type |
//! | Table | HLIT, HDIST, HCLEN | LenLens |
//! | LenLens | 3 bits, again and again | CodeLens |
//! | CodeLens | code lengths | LenStart |
//! | LenStart | (Z_TREES stops here) | Len |
//! | Len | a literal/length code | Lit, LenExt, Type |
//! | LenExt | a length's extra bits | Dist |
//! | Dist | a distance code | DistExt |
//! | DistExt | a distance's extra bits | Match |
//! | Match | room | Len |
//! | Lit | room | Len |
//!
//! The split into modes is zlib's (inflate.h), because programs see it: by data_type, by
//! inflateMark, and by how much input a call that ends between two of them has read.
#![forbid(unsafe_code)]

use crate::annex::Annex;
use crate::buf::InBuf;
use crate::error::Damaged;
use crate::format::deflate::{DYNAMIC_BLOCK, FIXED_BLOCK, MAX_MATCH, STORED_BLOCK};
use crate::inflate::codes::bits::Bits;
use crate::inflate::codes::block;
use crate::inflate::codes::entry::{
    BYTE_SHIFT, LITERAL, SPECIAL, code_bits, dist_base, dropped_bits, extra_bits, is_end,
    length_base,
};
use crate::inflate::codes::table::{DecodeTables, Words};
use crate::inflate::decode::position::Exit;
use crate::inflate::decode::sink::Sink;
use crate::inflate::decode::tail::LEAST_INPUT;

/// How far a block has come; see the table above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockMode {
    /// Between blocks.
    Type,
    /// Between blocks, where a call that stopped in Type goes on.
    TypeDo,
    /// At the lengths of a stored block.
    Stored,
    /// Before a stored block's data.
    CopyStart,
    /// In a stored block's data.
    Copy,
    /// At the sizes of a dynamic block's codes.
    Table,
    /// In the lengths of the code-length code.
    LenLens,
    /// In the code lengths.
    CodeLens,
    /// Before a block's first symbol.
    LenStart,
    /// At a literal/length code.
    Len,
    /// At a length's extra bits.
    LenExt,
    /// At a distance code.
    Dist,
    /// At a distance's extra bits.
    DistExt,
    /// In a match.
    Match,
    /// At a literal that has no room yet.
    Lit,
}

/// Where the caller wants to stop besides at the end of input or room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Nowhere.
    Nowhere,
    /// Between blocks (Z_BLOCK).
    Block,
    /// Between blocks, and before a block's data (Z_TREES).
    Trees,
}

/// How a run of the decoder ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// It needs input or room, or stopped as asked.
    Wait,
    /// The last block has ended.
    LastBlockDone,
}

/// inflateMark's count of bits when no code is being decoded.
const NO_CODE: i32 = -1;
/// Input and room from which on zlib decodes with its own fast loop, which does not count
/// bits for inflateMark. Source: zlib inflate.c, LEN.
const ZLIB_FAST_INPUT: usize = 6;
const ZLIB_FAST_ROOM: usize = MAX_MATCH;

/// With less input than this, symbols are taken one by one, without what many need: calls with 2
/// and 3 bytes of input are 4 to 6 % faster.
const FEW_INPUT: usize = 4;
const _: () = assert!(FEW_INPUT <= ZLIB_FAST_INPUT && FEW_INPUT <= LEAST_INPUT);

/// Bytes of input in which any symbol ends, beside those bits that are held.
const WORD: usize = 8;
const _: () = assert!(LEAST_INPUT <= WORD);

/// What the decoder knows between calls.
pub(crate) struct Decoder {
    /// Bits read and not used.
    pub bits: Bits,
    /// How far the block has come.
    pub mode: BlockMode,
    /// The present block is the last one.
    pub last: bool,
    /// Extra bits of the present length or distance.
    extra: u8,
    /// Bytes left of a stored block or a match; or the literal that waits.
    length: u32,
    /// The match's distance.
    offset: u32,
    /// The match's length when it began.
    was: u32,
    /// Bits of the code being decoded, as inflateMark says it.
    back: i32,
    /// How many code lengths there are of each kind, and how many are read.
    pub sizes: block::Sizes,
    /// The block's codes.
    pub tables: DecodeTables,
}

impl Decoder {
    /// At the beginning of a stream.
    pub(crate) fn at_start(words: Annex<Words>) -> Self {
        Decoder {
            bits: Bits::default(),
            mode: BlockMode::TypeDo,
            last: false,
            extra: 0,
            length: 0,
            offset: 0,
            was: 0,
            back: NO_CODE,
            sizes: block::Sizes::default(),
            tables: DecodeTables::empty(words),
        }
    }

    /// A decoder that goes on as this one.
    pub(crate) fn copy(&self, words: Annex<Words>) -> Self {
        Decoder {
            tables: self.tables.copy(words),
            ..*self
        }
    }

    /// Back to the beginning of a stream.
    pub(crate) fn reset(&mut self) {
        self.bits.clear();
        self.mode = BlockMode::TypeDo;
        self.last = false;
        self.back = NO_CODE;
        self.tables.reset();
    }

    /// inflateMark's two numbers: bits of the code being decoded, -1 if there is none, and
    /// bytes of a stored block or a match, that are left or done.
    pub(crate) fn mark(&self) -> (i32, u32) {
        let bytes = match self.mode {
            BlockMode::Copy => self.length,
            BlockMode::Match => self.was - self.length,
            _ => 0,
        };
        (self.back, bytes)
    }

    /// Bytes left of the stored block whose data comes next; 0 if none does.
    pub(crate) fn stored_left(&self) -> usize {
        match self.mode {
            BlockMode::Copy => self.length as usize,
            _ => 0,
        }
    }

    /// So many bytes of them were copied.
    pub(crate) fn count_stored(&mut self, count: usize) {
        self.length -= count as u32;
    }

    /// Decodes as far as input and room go, or to where `stop` says.
    #[inline(always)]
    pub(crate) fn run<S: Sink>(
        &mut self,
        input: &mut InBuf,
        sink: &mut S,
        stop: Stop,
    ) -> Result<Flow, Damaged> {
        loop {
            let wait = match self.mode {
                BlockMode::Type if stop != Stop::Nowhere => true,
                BlockMode::Type | BlockMode::TypeDo => {
                    if self.last {
                        self.bits.align();
                        return Ok(Flow::LastBlockDone);
                    }
                    !self.begin_block(input)?
                        || (self.mode == BlockMode::LenStart && stop == Stop::Trees)
                }
                BlockMode::Stored => {
                    self.bits.align();
                    !self.stored_lengths(input)? || stop == Stop::Trees
                }
                BlockMode::CopyStart => {
                    self.mode = BlockMode::Copy;
                    false
                }
                BlockMode::Copy => !self.copy_stored(input, sink),
                BlockMode::Table => {
                    let done = block::sizes(&mut self.head(), input)?;
                    !self.goes_to(BlockMode::LenLens, done)
                }
                BlockMode::LenLens => {
                    let done = block::code_length_code(&mut self.head(), input)?;
                    !self.goes_to(BlockMode::CodeLens, done)
                }
                BlockMode::CodeLens => {
                    let done = block::code_lengths(&mut self.head(), input)?;
                    !self.goes_to(BlockMode::LenStart, done) || stop == Stop::Trees
                }
                BlockMode::LenStart => {
                    self.mode = BlockMode::Len;
                    false
                }
                BlockMode::Len if self.lacks_code(input) => {
                    self.back = 0;
                    true
                }
                BlockMode::Len if input.avail() < FEW_INPUT => !self.symbol(input, sink)?,
                BlockMode::Len => !self.symbols(input, sink)?,
                BlockMode::LenExt | BlockMode::Dist | BlockMode::DistExt => {
                    !self.rest_of_match(input, sink)?
                }
                BlockMode::Match => !self.put_match(sink)?,
                BlockMode::Lit => !self.put_literal(sink),
            };
            if wait {
                return Ok(Flow::Wait);
            }
        }
    }

    /// What the head of a dynamic block is read with.
    fn head(&mut self) -> block::Head<'_> {
        block::Head {
            bits: &mut self.bits,
            sizes: &mut self.sizes,
            tables: &mut self.tables,
        }
    }

    /// Sets the mode if what led to it is done; whether it is.
    fn goes_to(&mut self, mode: BlockMode, done: bool) -> bool {
        if done {
            self.mode = mode;
        }
        done
    }

    /// BFINAL and BTYPE. Source: RFC 1951 3.2.3.
    fn begin_block(&mut self, input: &mut InBuf) -> Result<bool, Damaged> {
        if !self.bits.need(3, input) {
            return Ok(false);
        }
        self.last = self.bits.take(1) != 0;
        self.mode = match self.bits.take(2) {
            STORED_BLOCK => BlockMode::Stored,
            FIXED_BLOCK => {
                self.tables.use_fixed();
                BlockMode::LenStart
            }
            DYNAMIC_BLOCK => BlockMode::Table,
            _ => return Err(c"invalid block type"),
        };
        Ok(true)
    }

    /// LEN and NLEN. Source: RFC 1951 3.2.4.
    fn stored_lengths(&mut self, input: &mut InBuf) -> Result<bool, Damaged> {
        if !self.bits.need(32, input) {
            return Ok(false);
        }
        let len = self.bits.hold & 0xffff;
        // zlib compares with all the bits held, which inflatePrime can have made more.
        if len != (self.bits.hold >> 16) ^ 0xffff {
            return Err(c"invalid stored block lengths");
        }
        self.length = len as u32;
        self.bits.clear();
        self.mode = BlockMode::CopyStart;
        Ok(true)
    }

    fn copy_stored<S: Sink>(&mut self, input: &mut InBuf, sink: &mut S) -> bool {
        if self.length == 0 {
            self.mode = BlockMode::Type;
            return true;
        }
        let data = input.take((self.length as usize).min(sink.room()));
        sink.write(data);
        self.length -= data.len() as u32;
        !data.is_empty()
    }

    /// Symbols with the fast loop as long as it can, and those that it cannot one by one.
    /// False if input or room is missing.
    fn symbols<S: Sink>(&mut self, input: &mut InBuf, sink: &mut S) -> Result<bool, Damaged> {
        // Bytes of input that were read before they were needed. Taking the last ones byte by
        // byte costs time.
        let mut read_ahead = 0;
        let result = loop {
            if self.bits.count < u8::BITS && input.avail() >= LEAST_INPUT {
                let (exit, last) = sink.fast(&self.tables, &mut self.bits, input);
                match exit {
                    Exit::Limit | Exit::Symbol => {}
                    Exit::EndOfBlock => {
                        self.back = NO_CODE;
                        self.mode = BlockMode::Type;
                        return Ok(true);
                    }
                    Exit::CutShort => {
                        self.length = last.missing;
                        self.was = last.len;
                        self.offset = last.dist;
                        self.back = last.bits as i32;
                        self.mode = BlockMode::Match;
                        return Ok(false);
                    }
                }
                let back = self.back;
                let uncounted = zlib_is_fast(input.avail(), sink.room());
                if self.whole_symbol(input) {
                    let done = match self.mode {
                        BlockMode::Lit => Ok(self.put_literal(sink)),
                        _ => self.check_at_once(sink).and_then(|()| self.put_match(sink)),
                    };
                    if uncounted {
                        self.back = back;
                    }
                    if done != Ok(true) {
                        break done;
                    }
                    continue;
                }
            } else if (2..WORD).contains(&input.avail()) {
                read_ahead += self.bits.pull_all(input);
            }
            if self.lacks_code(input) {
                self.back = 0;
                break Ok(false);
            }
            let back = self.back;
            let avail = input.avail() + self.bits.whole_bytes(read_ahead);
            let uncounted = zlib_is_fast(avail, sink.room());
            let done = self.symbol(input, sink);
            if uncounted && self.mode != BlockMode::Type {
                self.back = back;
            }
            if done != Ok(true) || self.mode != BlockMode::Len {
                break done;
            }
        };
        let waits_for_input =
            result == Ok(false) && !matches!(self.mode, BlockMode::Lit | BlockMode::Match);
        if read_ahead != 0 && !waits_for_input {
            input.give_back(self.bits.drop_bytes(read_ahead));
        }
        result
    }

    /// One symbol. False if input or room for it is missing; the mode says what is done.
    #[inline(never)]
    fn symbol<S: Sink>(&mut self, input: &mut InBuf, sink: &mut S) -> Result<bool, Damaged> {
        if !self.literal_or_length(input)? {
            return Ok(false);
        }
        match self.mode {
            BlockMode::Lit => Ok(self.put_literal(sink)),
            BlockMode::LenExt => self.rest_of_match(input, sink),
            _ => Ok(true),
        }
    }

    /// A match from its length's extra bits on, or what comes after them.
    #[inline(always)]
    fn rest_of_match<S: Sink>(&mut self, input: &mut InBuf, sink: &mut S) -> Result<bool, Damaged> {
        if self.mode == BlockMode::LenExt && !self.length_extra(input) {
            return Ok(false);
        }
        if self.mode == BlockMode::Dist && !self.distance(input)? {
            return Ok(false);
        }
        Ok(self.distance_extra(input, sink)? && self.put_match(sink)?)
    }

    /// Reads a literal, or a length and its distance, if there is so much input that all their
    /// bits can be looked at together. False, and nothing is read, if not or if it is anything
    /// else. (With [`symbol`](Self::symbol) in its place, output in pieces of 16 bytes takes 2 %
    /// more instructions.)
    #[inline(always)]
    fn whole_symbol(&mut self, input: &mut InBuf) -> bool {
        let held = self.bits.count;
        let Some(next) = input.rest().first_chunk::<WORD>() else {
            return false;
        };
        if held >= u8::BITS {
            return false;
        }
        let all = self.bits.hold | u64::from_le_bytes(*next) << held;
        let entry = self.tables.litlen(all);
        let mut used = dropped_bits(entry);
        if entry & LITERAL != 0 {
            self.length = entry >> BYTE_SHIFT;
            self.mode = BlockMode::Lit;
        } else if entry & SPECIAL == 0 {
            let length = length_base(entry) + extra(entry, all);
            let bits = all >> used;
            let entry = self.tables.dist(bits);
            if entry & SPECIAL != 0 {
                return false;
            }
            self.offset = dist_base(entry) + extra(entry, bits);
            self.length = length;
            self.was = length;
            used += dropped_bits(entry);
            self.mode = BlockMode::Match;
        } else {
            return false;
        }
        self.back = used as i32;
        // The last byte that is used in part remains.
        let bytes = (used + u8::BITS - 1 - held) / u8::BITS;
        input.take(bytes as usize);
        self.bits.count = held + bytes * u8::BITS - used;
        self.bits.hold = (all >> used) & ((1 << self.bits.count) - 1);
        true
    }

    /// Whether the input ends within the next literal/length code, which is where most calls with
    /// little input end: to find that out in [`symbol`](Self::symbol) takes them a tenth longer.
    #[inline(always)]
    fn lacks_code(&self, input: &InBuf) -> bool {
        input.avail() == 0 && code_bits(self.tables.litlen(self.bits.hold)) > self.bits.count
    }

    /// Finds the entry of the next code, reading bytes until it is known; None if the input
    /// ends before.
    #[inline(always)]
    fn code(&mut self, input: &mut InBuf, lookup: fn(&DecodeTables, u64) -> u32) -> Option<u32> {
        loop {
            let entry = lookup(&self.tables, self.bits.hold);
            if code_bits(entry) <= self.bits.count {
                return Some(entry);
            }
            if !self.bits.pull(input) {
                return None;
            }
        }
    }

    #[inline(always)]
    fn literal_or_length(&mut self, input: &mut InBuf) -> Result<bool, Damaged> {
        self.back = 0;
        let Some(entry) = self.code(input, DecodeTables::litlen) else {
            return Ok(false);
        };
        self.use_code(code_bits(entry));
        if entry & LITERAL != 0 {
            self.length = entry >> BYTE_SHIFT;
            self.mode = BlockMode::Lit;
        } else if entry & SPECIAL == 0 {
            self.length = length_base(entry);
            self.extra = extra_bits(entry) as u8;
            self.mode = BlockMode::LenExt;
        } else if is_end(entry) {
            self.back = NO_CODE;
            self.mode = BlockMode::Type;
        } else {
            return Err(c"invalid literal/length code");
        }
        Ok(true)
    }

    fn use_code(&mut self, code_bits: u32) {
        self.bits.consume(code_bits);
        self.back += code_bits as i32;
    }

    #[inline(always)]
    fn length_extra(&mut self, input: &mut InBuf) -> bool {
        let Some(extra) = self.take_extra(input) else {
            return false;
        };
        self.length += extra;
        self.was = self.length;
        self.mode = BlockMode::Dist;
        true
    }

    #[inline(always)]
    fn take_extra(&mut self, input: &mut InBuf) -> Option<u32> {
        let extra = self.extra.into();
        if !self.bits.need(extra, input) {
            return None;
        }
        self.back += extra as i32;
        Some(self.bits.take(extra))
    }

    #[inline(always)]
    fn distance(&mut self, input: &mut InBuf) -> Result<bool, Damaged> {
        let Some(entry) = self.code(input, DecodeTables::dist) else {
            return Ok(false);
        };
        self.use_code(code_bits(entry));
        if entry & SPECIAL != 0 {
            return Err(c"invalid distance code");
        }
        self.extra = extra_bits(entry) as u8;
        self.offset = dist_base(entry);
        self.mode = BlockMode::DistExt;
        Ok(true)
    }

    #[inline(always)]
    fn distance_extra<S: Sink>(&mut self, input: &mut InBuf, sink: &S) -> Result<bool, Damaged> {
        let Some(extra) = self.take_extra(input) else {
            return Ok(false);
        };
        self.offset += extra;
        self.check_at_once(sink)?;
        self.mode = BlockMode::Match;
        Ok(true)
    }

    /// Checks a distance that was just read, if that is when it is checked.
    #[inline(always)]
    fn check_at_once<S: Sink>(&self, sink: &S) -> Result<(), Damaged> {
        if S::CHECKS_DISTANCE_AT_ONCE {
            self.check_distance(sink)?;
        }
        Ok(())
    }

    fn check_distance<S: Sink>(&self, sink: &S) -> Result<(), Damaged> {
        if sink.reaches(self.offset as usize) {
            Ok(())
        } else {
            Err(c"invalid distance too far back")
        }
    }

    #[inline(always)]
    fn put_match<S: Sink>(&mut self, sink: &mut S) -> Result<bool, Damaged> {
        if sink.room() == 0 {
            return Ok(false);
        }
        self.check_distance(sink)?;
        loop {
            let copied = sink.write_match(self.offset as usize, self.length as usize);
            self.length -= copied as u32;
            if self.length == 0 {
                self.mode = BlockMode::Len;
                return Ok(true);
            }
            if copied == 0 || sink.room() == 0 {
                return Ok(false);
            }
        }
    }

    fn put_literal<S: Sink>(&mut self, sink: &mut S) -> bool {
        if sink.room() == 0 {
            return false;
        }
        sink.put(self.length as u8);
        self.mode = BlockMode::Len;
        true
    }
}

/// What the extra bits of a length or a distance say, of the bits that begin with its code.
fn extra(entry: u32, bits: u64) -> u32 {
    let both = bits as u32 & ((1 << dropped_bits(entry)) - 1);
    both >> code_bits(entry)
}

/// Whether zlib decodes the next symbol with its own fast loop, which leaves the count of bits for
/// inflateMark as it was. None of such a symbol has to wait.
fn zlib_is_fast(input: usize, room: usize) -> bool {
    input >= ZLIB_FAST_INPUT && room >= ZLIB_FAST_ROOM
}
