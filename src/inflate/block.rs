//! The head of a dynamic block: from the sizes of its codes to their tables.
//!
//! Code lengths are themselves coded (RFC 1951 3.2.7). They are read in two ways: while there
//! is plenty of input several for one refill of a 64-bit buffer, because a small block has as
//! many of them as it has symbols; else one by one, as far as the input goes. Whatever is
//! wrong is left to the second way, so that it shows where zlib shows it.
#![forbid(unsafe_code)]

use super::decode::{Damaged, Decoder, Mode};
use super::table::{BadCode, MAX_LENGTHS};
use crate::buf::InBuf;
use crate::format::deflate::{
    CODE_LENGTH_CODES, CODE_LENGTH_ORDER, DIST_CODES, END_OF_BLOCK, LITLEN_CODES,
    MAX_CODE_LENGTH_BITS, REPEAT_PREVIOUS, REPEAT_ZERO_SHORT,
};

/// Smallest number of literal/length codes, distance codes and code-length codes.
const MIN_LITLEN: u32 = 257;
const MIN_DIST: u32 = 1;
const MIN_CODE_LENGTHS: u32 = 4;

/// How many code lengths a block has, and how many are read.
#[derive(Clone, Copy, Default)]
pub struct Sizes {
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

/// HLIT, HDIST and HCLEN.
pub fn sizes(decoder: &mut Decoder, input: &mut InBuf) -> Result<bool, Damaged> {
    let bits = &mut decoder.bits;
    if !bits.need(14, input) {
        return Ok(false);
    }
    let sizes = Sizes {
        litlen: (bits.take(5) + MIN_LITLEN) as u16,
        dist: (bits.take(5) + MIN_DIST) as u16,
        code_lengths: (bits.take(4) + MIN_CODE_LENGTHS) as u16,
        read: 0,
    };
    decoder.sizes = sizes;
    if usize::from(sizes.litlen) > LITLEN_CODES || usize::from(sizes.dist) > DIST_CODES {
        return Err(c"too many length or distance symbols");
    }
    decoder.mode = Mode::LenLens;
    Ok(true)
}

/// The lengths of the code-length code, and its table.
pub fn code_length_code(decoder: &mut Decoder, input: &mut InBuf) -> Result<bool, Damaged> {
    let count = usize::from(decoder.sizes.code_lengths);
    let mut lengths = decoder.tables.load_lengths();
    if decoder.sizes.read == 0 {
        lengths[..CODE_LENGTH_CODES].fill(0);
    }
    while usize::from(decoder.sizes.read) < count {
        if !decoder.bits.need(3, input) {
            decoder.tables.store_lengths(&lengths);
            return Ok(false);
        }
        let symbol = CODE_LENGTH_ORDER[usize::from(decoder.sizes.read)];
        lengths[usize::from(symbol)] = decoder.bits.take(3) as u8;
        decoder.sizes.read += 1;
    }
    let mut own = [0; CODE_LENGTH_CODES];
    own.copy_from_slice(&lengths[..CODE_LENGTH_CODES]);
    if decoder.tables.build_code_lengths(&own).is_err() {
        return Err(c"invalid code lengths set");
    }
    decoder.sizes.read = 0;
    decoder.mode = Mode::CodeLens;
    Ok(true)
}

/// The code lengths, and the block's tables.
pub fn code_lengths(decoder: &mut Decoder, input: &mut InBuf) -> Result<bool, Damaged> {
    let mut lengths = decoder.tables.load_lengths();
    read_fast(decoder, input, &mut lengths);
    if !read_careful(decoder, input, &mut lengths)? {
        decoder.tables.store_lengths(&lengths);
        return Ok(false);
    }
    if lengths[END_OF_BLOCK] == 0 {
        return Err(c"invalid code -- missing end-of-block");
    }
    let litlen = usize::from(decoder.sizes.litlen);
    let (litlen, dist) = lengths[..decoder.sizes.total()].split_at(litlen);
    decoder
        .tables
        .build(litlen, dist)
        .map_err(|bad| match bad {
            BadCode::Litlen => c"invalid literal/lengths set",
            BadCode::Dist => c"invalid distances set",
        })?;
    decoder.mode = Mode::LenStart;
    Ok(true)
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
fn read_fast(decoder: &mut Decoder, input: &mut InBuf, lengths: &mut [u8; MAX_LENGTHS]) {
    let total = decoder.sizes.total();
    let mut read = usize::from(decoder.sizes.read);
    let (mut hold, mut count) = (decoder.bits.hold, decoder.bits.count);
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
            let (symbol, bits) = decoder.tables.code_length(hold);
            if symbol < REPEAT_PREVIOUS {
                lengths[read] = symbol;
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
    decoder.bits.count = count % u8::BITS;
    decoder.bits.hold = hold & ((1 << decoder.bits.count) - 1);
    decoder.sizes.read = read as u16;
}

/// Reads the rest of the code lengths as far as the input goes; true if that is all.
fn read_careful(
    decoder: &mut Decoder,
    input: &mut InBuf,
    lengths: &mut [u8; MAX_LENGTHS],
) -> Result<bool, Damaged> {
    let total = decoder.sizes.total();
    while usize::from(decoder.sizes.read) < total {
        let read = usize::from(decoder.sizes.read);
        let (symbol, bits) = loop {
            let (symbol, bits) = decoder.tables.code_length(decoder.bits.hold);
            if bits <= decoder.bits.count {
                break (symbol, bits);
            }
            if !decoder.bits.pull(input) {
                return Ok(false);
            }
        };
        if symbol < REPEAT_PREVIOUS {
            decoder.bits.consume(bits);
            lengths[read] = symbol;
            decoder.sizes.read += 1;
            continue;
        }
        let Repeat { extra, least } = repeat(symbol);
        if !decoder.bits.need(bits + extra, input) {
            return Ok(false);
        }
        decoder.bits.consume(bits);
        let value = match (symbol, read) {
            (REPEAT_PREVIOUS, 0) => return Err(c"invalid bit length repeat"),
            (REPEAT_PREVIOUS, _) => lengths[read - 1],
            _ => 0,
        };
        let end = read + (least + decoder.bits.take(extra)) as usize;
        if end > total {
            return Err(c"invalid bit length repeat");
        }
        lengths[read..end].fill(value);
        decoder.sizes.read = end as u16;
    }
    Ok(true)
}
