//! The careful decoder: symbol by symbol, able to stop after any bit of input or byte of output.
//!
//! It takes just the input that the next step needs, and remembers how far it has come when the
//! input ends. Where no program can see the difference, it takes more: with input for a whole
//! symbol, it looks at all the symbol's bits together; and it reads the last few bytes all at once,
//! and gives back what is left of them when a symbol waits for room or the block ends. The fast
//! loop (`fast.rs`) does most of the work; this file decides what programs see: where a stream
//! stops, which error a damaged one gets, and how much input was read by then.
//!
//! The split into modes is zlib's (inflate.h), because programs see it: by data_type, by
//! inflateMark, and by how much input a call that ends between two of them has read.
#![forbid(unsafe_code)]

use crate::annex::Annex;
use crate::buf::InBuf;
use crate::error::Halt;
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

/// How far a block has come: what each mode waits for, and where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockMode {
    /// Between blocks: a call without Z_BLOCK and Z_TREES; to TypeDo.
    Type,
    /// 3 bits; to Stored, LenStart (fixed codes), Table. Ends after the last block.
    TypeDo,
    /// LEN and NLEN; to CopyStart.
    Stored,
    /// Before a stored block's data (Z_TREES stops here); to Copy.
    CopyStart,
    /// In a stored block's data: input and room; to Type.
    Copy,
    /// HLIT, HDIST, HCLEN; to LenLens.
    Table,
    /// The lengths of the code-length code; to CodeLens.
    LenLens,
    /// Code lengths; to LenStart.
    CodeLens,
    /// Before a block's first symbol (Z_TREES stops here); to Len.
    LenStart,
    /// A literal/length code; to Lit, LenExt, Type.
    Len,
    /// A length's extra bits; to Dist.
    LenExt,
    /// A distance code; to DistExt.
    Dist,
    /// A distance's extra bits; to Match.
    DistExt,
    /// In a match: room; to Len.
    Match,
    /// Room for a literal; to Len.
    Lit,
}

/// The flush value, any number as in zlib: where the caller wants to stop besides at the end of
/// input or room. (As an enum, made of the number, input in pieces of 1 byte takes 7 % more
/// instructions.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stop(pub i32);

impl Stop {
    /// Nowhere (Z_NO_FLUSH).
    pub(crate) const NOWHERE: Stop = Stop(0);
    /// At the end of the stream, where decoding stops anyway (Z_FINISH).
    pub(crate) const AT_END: Stop = Stop(4);
    /// Between blocks (Z_BLOCK).
    pub(crate) const BLOCK: Stop = Stop(5);
    /// Between blocks, and before a block's data (Z_TREES).
    pub(crate) const TREES: Stop = Stop(6);
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

    /// Decodes up to the end of the last block, as far as input and room go, or to where `stop`
    /// says.
    #[inline(always)]
    pub(crate) fn run<S: Sink>(
        &mut self,
        input: &mut InBuf,
        sink: &mut S,
        stop: Stop,
    ) -> Result<(), Halt> {
        loop {
            match self.mode {
                BlockMode::Type | BlockMode::TypeDo if self.last && !self.is_before_block(stop) => {
                    self.bits.align();
                    return Ok(());
                }
                BlockMode::Copy => self.copy_stored(input, sink)?,
                BlockMode::Len if self.lacks_code(input) => {
                    self.back = 0;
                    return Err(Halt::Wait);
                }
                BlockMode::Len if input.avail() < FEW_INPUT => self.symbol(input, sink)?,
                BlockMode::Len => self.symbols(input, sink)?,
                BlockMode::LenExt | BlockMode::Dist | BlockMode::DistExt => {
                    self.rest_of_match(input, sink)?;
                }
                BlockMode::Match => self.put_match(sink)?,
                BlockMode::Lit => self.put_literal(sink)?,
                _ => self.read_header(input, stop)?,
            }
        }
    }

    /// One step of a block's header, up to the beginning of its data, where `stop` may say to stop.
    #[inline(never)] // it is the same for all sinks
    fn read_header(&mut self, input: &mut InBuf, stop: Stop) -> Result<(), Halt> {
        match self.mode {
            _ if self.is_before_block(stop) => return Err(Halt::Wait),
            BlockMode::Type | BlockMode::TypeDo => self.begin_block(input)?,
            BlockMode::Stored => {
                self.bits.align();
                self.stored_lengths(input)?;
            }
            BlockMode::Table => {
                block::sizes(&mut self.header(), input)?;
                self.mode = BlockMode::LenLens;
            }
            BlockMode::LenLens => {
                block::code_length_code(&mut self.header(), input)?;
                self.mode = BlockMode::CodeLens;
            }
            BlockMode::CodeLens => {
                block::code_lengths(&mut self.header(), input)?;
                self.mode = BlockMode::LenStart;
            }
            BlockMode::CopyStart => {
                self.mode = BlockMode::Copy;
                return Ok(());
            }
            BlockMode::LenStart => {
                self.mode = BlockMode::Len;
                return Ok(());
            }
            _ => {}
        }
        self.before_data(stop)
    }

    /// What the header of a dynamic block is read with.
    fn header(&mut self) -> block::HeaderParts<'_> {
        block::HeaderParts {
            bits: &mut self.bits,
            sizes: &mut self.sizes,
            tables: &mut self.tables,
        }
    }

    /// Whether the caller wants to stop here, before a block.
    fn is_before_block(&self, stop: Stop) -> bool {
        self.mode == BlockMode::Type && (stop == Stop::BLOCK || stop == Stop::TREES)
    }

    /// Stops before a block's data, if the caller wants that.
    fn before_data(&self, stop: Stop) -> Result<(), Halt> {
        match self.mode {
            BlockMode::LenStart | BlockMode::CopyStart if stop == Stop::TREES => Err(Halt::Wait),
            _ => Ok(()),
        }
    }

    /// BFINAL and BTYPE. Source: RFC 1951 3.2.3.
    fn begin_block(&mut self, input: &mut InBuf) -> Result<(), Halt> {
        self.bits.need(3, input)?;
        self.last = self.bits.take(1) != 0;
        self.mode = match self.bits.take(2) {
            STORED_BLOCK => BlockMode::Stored,
            FIXED_BLOCK => {
                self.tables.use_fixed();
                BlockMode::LenStart
            }
            DYNAMIC_BLOCK => BlockMode::Table,
            _ => return Err(Halt::Damaged(&c"invalid block type")),
        };
        Ok(())
    }

    /// LEN and NLEN. Source: RFC 1951 3.2.4.
    fn stored_lengths(&mut self, input: &mut InBuf) -> Result<(), Halt> {
        self.bits.need(32, input)?;
        let len = self.bits.hold & 0xffff;
        // zlib compares with all the bits held, which inflatePrime can have made more.
        if len != (self.bits.hold >> 16) ^ 0xffff {
            return Err(Halt::Damaged(&c"invalid stored block lengths"));
        }
        self.length = len as u32;
        self.bits.clear();
        self.mode = BlockMode::CopyStart;
        Ok(())
    }

    fn copy_stored<S: Sink>(&mut self, input: &mut InBuf, sink: &mut S) -> Result<(), Halt> {
        if self.length == 0 {
            self.mode = BlockMode::Type;
            return Ok(());
        }
        let data = input.take((self.length as usize).min(sink.room()));
        sink.write(data);
        self.length -= data.len() as u32;
        if data.is_empty() {
            return Err(Halt::Wait);
        }
        Ok(())
    }

    /// Symbols with the fast loop as long as it can, and those that it cannot one by one.
    #[inline(never)]
    fn symbols<S: Sink>(&mut self, input: &mut InBuf, sink: &mut S) -> Result<(), Halt> {
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
                        return Ok(());
                    }
                    Exit::CutShort => {
                        self.length = last.missing;
                        self.was = last.len;
                        self.offset = last.dist;
                        self.back = last.bits as i32;
                        self.mode = BlockMode::Match;
                        return Err(Halt::Wait);
                    }
                }
                let back = self.back;
                let uncounted = zlib_is_fast(input.avail(), sink.room());
                if self.whole_symbol(input) {
                    let done = match self.mode {
                        BlockMode::Lit => self.put_literal(sink),
                        _ => self.check_at_once(sink).and_then(|()| self.put_match(sink)),
                    };
                    if uncounted {
                        self.back = back;
                    }
                    if done.is_err() {
                        break done;
                    }
                    continue;
                }
            } else if (2..WORD).contains(&input.avail()) {
                read_ahead += self.bits.pull_all(input);
            }
            if self.lacks_code(input) {
                self.back = 0;
                break Err(Halt::Wait);
            }
            let back = self.back;
            let avail = input.avail() + self.bits.whole_bytes(read_ahead);
            let uncounted = zlib_is_fast(avail, sink.room());
            let done = self.symbol(input, sink);
            if uncounted && self.mode != BlockMode::Type {
                self.back = back;
            }
            if done.is_err() || self.mode != BlockMode::Len {
                break done;
            }
        };
        let waits_for_input = matches!(result, Err(Halt::Wait))
            && !matches!(self.mode, BlockMode::Lit | BlockMode::Match);
        if read_ahead != 0 && !waits_for_input {
            input.give_back(self.bits.drop_bytes(read_ahead));
        }
        result
    }

    /// One symbol; the mode says what is done of it.
    #[inline(never)]
    fn symbol<S: Sink>(&mut self, input: &mut InBuf, sink: &mut S) -> Result<(), Halt> {
        self.literal_or_length(input)?;
        match self.mode {
            BlockMode::Lit => self.put_literal(sink),
            BlockMode::LenExt => self.rest_of_match(input, sink),
            _ => Ok(()),
        }
    }

    /// A match from its length's extra bits on, or what comes after them.
    #[inline(always)]
    fn rest_of_match<S: Sink>(&mut self, input: &mut InBuf, sink: &mut S) -> Result<(), Halt> {
        if self.mode == BlockMode::LenExt {
            self.length += self.take_extra(input)?;
            self.was = self.length;
            self.mode = BlockMode::Dist;
        }
        if self.mode == BlockMode::Dist {
            let entry = self.code(input, DecodeTables::dist)?;
            if entry & SPECIAL != 0 {
                return Err(Halt::Damaged(&c"invalid distance code"));
            }
            self.extra = extra_bits(entry) as u8;
            self.offset = dist_base(entry);
            self.mode = BlockMode::DistExt;
        }
        self.offset += self.take_extra(input)?;
        self.check_at_once(sink)?;
        self.mode = BlockMode::Match;
        self.put_match(sink)
    }

    /// Reads a literal, or a length and its distance, if there is so much input that all their
    /// bits can be looked at together. False, and nothing is read, if not or if it is anything
    /// else. (With [`symbol`](Self::symbol) in its place, output in pieces of 16 bytes takes 2 %
    /// more instructions. Compiled into [`symbols`](Self::symbols), it finds the tables anew for
    /// each symbol, also for those that it cannot read: 4 % more for runs in pieces of 8 bytes.)
    #[inline(never)]
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

    /// Uses up the next code, reading bytes until it is known: its entry.
    #[inline(always)]
    fn code(
        &mut self,
        input: &mut InBuf,
        lookup: fn(&DecodeTables, u64) -> u32,
    ) -> Result<u32, Halt> {
        loop {
            let entry = lookup(&self.tables, self.bits.hold);
            let code_bits = code_bits(entry);
            if code_bits <= self.bits.count {
                self.bits.consume(code_bits);
                self.back += code_bits as i32;
                return Ok(entry);
            }
            self.bits.pull(input)?;
        }
    }

    #[inline(always)]
    fn literal_or_length(&mut self, input: &mut InBuf) -> Result<(), Halt> {
        self.back = 0;
        let entry = self.code(input, DecodeTables::litlen)?;
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
            return Err(Halt::Damaged(&c"invalid literal/length code"));
        }
        Ok(())
    }

    #[inline(always)]
    fn take_extra(&mut self, input: &mut InBuf) -> Result<u32, Halt> {
        let extra = self.extra.into();
        self.bits.need(extra, input)?;
        self.back += extra as i32;
        Ok(self.bits.take(extra))
    }

    /// Checks a distance that was just read, if that is when it is checked.
    #[inline(always)]
    fn check_at_once<S: Sink>(&self, sink: &S) -> Result<(), Halt> {
        if S::CHECKS_DISTANCE_AT_ONCE {
            self.check_distance(sink)?;
        }
        Ok(())
    }

    fn check_distance<S: Sink>(&self, sink: &S) -> Result<(), Halt> {
        if sink.reaches(self.offset as usize) {
            Ok(())
        } else {
            Err(Halt::Damaged(&c"invalid distance too far back"))
        }
    }

    #[inline(always)]
    fn put_match<S: Sink>(&mut self, sink: &mut S) -> Result<(), Halt> {
        if sink.room() == 0 {
            return Err(Halt::Wait);
        }
        self.check_distance(sink)?;
        loop {
            let copied = sink.write_match(self.offset as usize, self.length as usize);
            self.length -= copied as u32;
            if self.length == 0 {
                self.mode = BlockMode::Len;
                return Ok(());
            }
            if copied == 0 || sink.room() == 0 {
                return Err(Halt::Wait);
            }
        }
    }

    fn put_literal<S: Sink>(&mut self, sink: &mut S) -> Result<(), Halt> {
        if sink.room() == 0 {
            return Err(Halt::Wait);
        }
        sink.put(self.length as u8);
        self.mode = BlockMode::Len;
        Ok(())
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
