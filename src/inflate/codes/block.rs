//! Reads the header of a dynamic block, that is, its code lengths, and has the tables built.
//!
//! Code lengths are themselves coded (RFC 1951 3.2.7). They are read in two ways: while there
//! is plenty of input several for one refill of a 64-bit buffer, because a small block has as
//! many of them as it has symbols; else one by one, as far as the input goes. Whatever is
//! wrong is left to the second way, so that it shows where zlib shows it.
#![forbid(unsafe_code)]

use crate::buf::InBuf;
use crate::error::Halt;
use crate::format::deflate::{
    CODE_LENGTH_CODES, CODE_LENGTH_ORDER, DIST_CODES, END_OF_BLOCK, LITLEN_CODES,
    MAX_CODE_LENGTH_BITS, REPEAT_PREVIOUS, REPEAT_ZERO_SHORT,
};
use crate::inflate::codes::bits::Bits;
use crate::inflate::codes::table::{BadCode, DecodeTables, code_length};

/// Smallest number of literal/length codes, distance codes and code-length codes.
const MIN_LITLEN: u32 = 257;
const MIN_DIST: u32 = 1;
const MIN_CODE_LENGTHS: u32 = 4;

/// How many code lengths a block has, and how many are read.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sizes {
    litlen: u16,
    dist: u16,
    code_lengths: u16,
    read: u16,
}

impl Sizes {
    fn total(&self) -> usize {
        usize::from(self.litlen + self.dist)
    }
}

/// The parts of the decoder that the header of a block is read with.
pub(crate) struct HeaderParts<'a> {
    /// Bits read and not used.
    pub bits: &'a mut Bits,
    /// How many code lengths there are and are read.
    pub sizes: &'a mut Sizes,
    /// What is built.
    pub tables: &'a mut DecodeTables,
}

/// HLIT, HDIST and HCLEN.
pub(crate) fn sizes(header: &mut HeaderParts, input: &mut InBuf) -> Result<(), Halt> {
    let bits = &mut *header.bits;
    bits.need(14, input)?;
    let sizes = Sizes {
        litlen: (bits.take(5) + MIN_LITLEN) as u16,
        dist: (bits.take(5) + MIN_DIST) as u16,
        code_lengths: (bits.take(4) + MIN_CODE_LENGTHS) as u16,
        read: 0,
    };
    *header.sizes = sizes;
    if usize::from(sizes.litlen) > LITLEN_CODES || usize::from(sizes.dist) > DIST_CODES {
        return Err(Halt::Damaged(&c"too many length or distance symbols"));
    }
    Ok(())
}

/// The lengths of the code-length code, and its table.
pub(crate) fn code_length_code(header: &mut HeaderParts, input: &mut InBuf) -> Result<(), Halt> {
    let count = usize::from(header.sizes.code_lengths);
    let (_, lengths) = header.tables.header_parts();
    if header.sizes.read == 0 {
        lengths[..CODE_LENGTH_CODES].fill(0);
    }
    while usize::from(header.sizes.read) < count {
        header.bits.need(3, input)?;
        let symbol = CODE_LENGTH_ORDER[usize::from(header.sizes.read)];
        lengths[usize::from(symbol)] = header.bits.take(3);
        header.sizes.read += 1;
    }
    if header.tables.build_code_lengths().is_err() {
        return Err(Halt::Damaged(&c"invalid code lengths set"));
    }
    header.sizes.read = 0;
    Ok(())
}

/// The code lengths, and the block's tables.
pub(crate) fn code_lengths(header: &mut HeaderParts, input: &mut InBuf) -> Result<(), Halt> {
    read_fast(header, input);
    read_careful(header, input)?;
    let (_, lengths) = header.tables.header_parts();
    if lengths[END_OF_BLOCK] == 0 {
        return Err(Halt::Damaged(&c"invalid code -- missing end-of-block"));
    }
    let (litlen, dist) = (header.sizes.litlen.into(), header.sizes.dist.into());
    header.tables.build(litlen, dist).map_err(|bad| match bad {
        BadCode::Litlen => Halt::Damaged(&c"invalid literal/lengths set"),
        BadCode::Dist => Halt::Damaged(&c"invalid distances set"),
    })
}

/// What a code-length symbol of 16 or more asks for.
struct Repeat {
    /// Extra bits.
    extra: u32,
    /// Repetitions besides those that the extra bits say.
    least: u32,
}

/// Source: RFC 1951 3.2.7.
fn repeat(symbol: u8) -> Repeat {
    let (extra, least) = match symbol {
        REPEAT_PREVIOUS => (2, 3),
        REPEAT_ZERO_SHORT => (3, 3),
        _ => (7, 11),
    };
    Repeat { extra, least }
}

/// Bits of a code length at most, with its extra bits.
const MAX_LENGTH_SYMBOL: u32 = MAX_CODE_LENGTH_BITS as u32 + 7;
/// Bytes that a refill looks at.
const REFILL_LEN: usize = 8;

/// Reads code lengths while there are 8 bytes of input and nothing is wrong.
fn read_fast(header: &mut HeaderParts, input: &mut InBuf) {
    let total = header.sizes.total();
    let (table, lengths) = header.tables.header_parts();
    let mut read = usize::from(header.sizes.read);
    let (mut hold, mut count) = (header.bits.hold, header.bits.count);
    // Bits that inflatePrime added cannot be given back to the input.
    if count >= u8::BITS {
        return;
    }
    'refill: while let Some(word) = input.rest().first_chunk::<REFILL_LEN>() {
        hold |= u64::from_le_bytes(*word) << count;
        let bytes = (u64::BITS - 1 - count) / u8::BITS;
        input.take(bytes as usize);
        count += bytes * u8::BITS;
        while count >= MAX_LENGTH_SYMBOL {
            if read == total {
                break 'refill;
            }
            let (symbol, bits) = code_length(table, hold);
            if symbol < REPEAT_PREVIOUS {
                lengths[read] = symbol.into();
                read += 1;
                hold >>= bits;
                count -= bits;
                continue;
            }
            let Repeat { extra, least } = repeat(symbol);
            let times = least + ((hold >> bits) as u32 & ((1 << extra) - 1));
            let end = read + times as usize;
            if end > total || (symbol == REPEAT_PREVIOUS && read == 0) {
                break 'refill;
            }
            let value = match symbol {
                REPEAT_PREVIOUS => lengths[read - 1],
                _ => 0,
            };
            lengths[read..end].fill(value);
            read = end;
            hold >>= bits + extra;
            count -= bits + extra;
        }
        // The refill may have or-ed in more than it counted.
        hold &= (1 << count) - 1;
    }
    input.give_back((count / u8::BITS) as usize);
    header.bits.count = count % u8::BITS;
    header.bits.hold = hold & ((1 << header.bits.count) - 1);
    header.sizes.read = read as u16;
}

/// Reads the rest of the code lengths as far as the input goes.
fn read_careful(header: &mut HeaderParts, input: &mut InBuf) -> Result<(), Halt> {
    let total = header.sizes.total();
    let (table, lengths) = header.tables.header_parts();
    while usize::from(header.sizes.read) < total {
        let read = usize::from(header.sizes.read);
        let (symbol, bits) = loop {
            let (symbol, bits) = code_length(table, header.bits.hold);
            if bits <= header.bits.count {
                break (symbol, bits);
            }
            header.bits.pull(input)?;
        };
        if symbol < REPEAT_PREVIOUS {
            header.bits.consume(bits);
            lengths[read] = symbol.into();
            header.sizes.read += 1;
            continue;
        }
        let Repeat { extra, least } = repeat(symbol);
        header.bits.need(bits + extra, input)?;
        header.bits.consume(bits);
        let value = match (symbol, read) {
            (REPEAT_PREVIOUS, 0) => return Err(Halt::Damaged(&c"invalid bit length repeat")),
            (REPEAT_PREVIOUS, _) => lengths[read - 1],
            _ => 0,
        };
        let end = read + (least + header.bits.take(extra)) as usize;
        if end > total {
            return Err(Halt::Damaged(&c"invalid bit length repeat"));
        }
        lengths[read..end].fill(value);
        header.sizes.read = end as u16;
    }
    Ok(())
}
