//! A second opinion on deflate streams: an inflate decoder that is small and slow.
//!
//! Written from RFC 1951 alone, bit by bit, with codes found by counting instead of tables.
//! Where the RFC leaves a case open it decides as zlib documents: a set of code lengths must
//! be complete, but for a single code of length 1 or no distance code at all; 286 and 287 are
//! not literal/length symbols to be given lengths, and neither are distance symbols 30 and 31.
#![forbid(unsafe_code)]

/// How a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The last block's end was reached.
    Complete,
    /// More input is needed.
    Truncated,
    /// A match reaches back further than the output or the window.
    TooFar,
    /// Anything else that is not allowed.
    Invalid,
    /// There is more output than the caller wanted.
    TooLong,
}

/// What was decoded, up to the end or the first mistake.
pub struct Decoded {
    /// The output, without the history.
    pub output: Vec<u8>,
    /// Bytes of input used, the last one maybe in part.
    pub used: usize,
    pub end: End,
}

/// Base value and number of extra bits of a symbol. Source: RFC 1951 3.2.5.
pub const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
/// The same of distance symbols.
pub const DISTANCES: [(usize, u32); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];
/// The order in which code lengths of the code-length code come. Source: RFC 1951 3.2.7.
pub const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];
/// The longest code, in bits.
pub const MAX_BITS: usize = 15;

/// Decodes a deflate stream without wrapper. `history` is the dictionary; matches reach back
/// at most `window` bytes; decoding stops beyond `most` bytes of output.
pub fn decode(data: &[u8], history: &[u8], window: usize, most: usize) -> Decoded {
    let mut decoder = Decoder {
        data,
        at: 0,
        out: history.to_vec(),
        window,
        most: history.len() + most,
    };
    let end = loop {
        match decoder.block() {
            Ok(false) => {}
            Ok(true) => break End::Complete,
            Err(end) => break end,
        }
    };
    Decoded {
        output: decoder.out.split_off(history.len()),
        used: decoder.at.div_ceil(8),
        end,
    }
}

struct Decoder<'a> {
    data: &'a [u8],
    /// Bits read so far.
    at: usize,
    out: Vec<u8>,
    window: usize,
    most: usize,
}

/// A Huffman code: how many codes there are of each length, and the symbols in code order.
struct Code {
    counts: [usize; MAX_BITS + 1],
    symbols: Vec<usize>,
}

impl Code {
    /// The canonical code of these lengths; 0 for a symbol that is not used. `lone` allows a
    /// single code of length 1 and no code at all.
    fn new(lengths: &[usize], lone: bool) -> Result<Code, End> {
        let mut counts = [0; MAX_BITS + 1];
        let mut symbols = Vec::new();
        for len in 1..=MAX_BITS {
            let of_len = (0..lengths.len()).filter(|&symbol| lengths[symbol] == len);
            symbols.extend(of_len);
            counts[len] = symbols.len() - counts[..len].iter().sum::<usize>();
        }
        // Codes of the longest length that are left.
        let mut left = 1i64;
        for &count in &counts[1..] {
            left = 2 * left - count as i64;
            if left < 0 {
                return Err(End::Invalid);
            }
        }
        let is_lone = symbols.is_empty() || (symbols.len() == 1 && counts[1] == 1);
        if left > 0 && !(lone && is_lone) {
            return Err(End::Invalid);
        }
        Ok(Code { counts, symbols })
    }
}

impl Decoder<'_> {
    fn bits(&mut self, count: u32) -> Result<usize, End> {
        let mut value = 0;
        for bit in 0..count {
            let byte = *self.data.get(self.at / 8).ok_or(End::Truncated)?;
            value |= usize::from(byte >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        Ok(value)
    }

    /// The next symbol: codes of a length follow each other, and begin at twice the end of
    /// those of the length before.
    fn symbol(&mut self, code: &Code) -> Result<usize, End> {
        let (mut value, mut first, mut index) = (0, 0, 0);
        for &count in &code.counts[1..] {
            value |= self.bits(1)?;
            if value < first + count {
                return Ok(code.symbols[index + value - first]);
            }
            if code.symbols.len() <= 1 {
                return Err(End::Invalid);
            }
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        Err(End::Invalid)
    }

    /// Decodes a block; true if it was the last one.
    fn block(&mut self) -> Result<bool, End> {
        let last = self.bits(1)? == 1;
        match self.bits(2)? {
            0 => self.stored()?,
            1 => {
                let mut lengths = [8; 288];
                lengths[144..256].fill(9);
                lengths[256..280].fill(7);
                let literals = Code::new(&lengths, false)?;
                self.symbols(&literals, &Code::new(&[5; 32], false)?)?;
            }
            2 => {
                let (literals, distances) = self.codes()?;
                self.symbols(&literals, &distances)?;
            }
            _ => return Err(End::Invalid),
        }
        Ok(last)
    }

    fn stored(&mut self) -> Result<(), End> {
        self.at = self.at.next_multiple_of(8);
        let len = self.bits(16)?;
        if self.bits(16)? != len ^ 0xffff {
            return Err(End::Invalid);
        }
        for _ in 0..len {
            let byte = self.bits(8)?;
            self.put(byte as u8)?;
        }
        Ok(())
    }

    fn put(&mut self, byte: u8) -> Result<(), End> {
        if self.out.len() == self.most {
            return Err(End::TooLong);
        }
        self.out.push(byte);
        Ok(())
    }

    /// The codes of a dynamic block.
    fn codes(&mut self) -> Result<(Code, Code), End> {
        let literal_count = self.bits(5)? + 257;
        let distance_count = self.bits(5)? + 1;
        let length_count = self.bits(4)? + 4;
        if literal_count > 286 || distance_count > 30 {
            return Err(End::Invalid);
        }
        let mut lengths = [0; 19];
        for &symbol in &ORDER[..length_count] {
            lengths[symbol] = self.bits(3)?;
        }
        let code = Code::new(&lengths, false)?;
        let mut lengths = Vec::new();
        while lengths.len() < literal_count + distance_count {
            let (len, count) = match self.symbol(&code)? {
                16 => {
                    let count = 3 + self.bits(2)?;
                    (*lengths.last().ok_or(End::Invalid)?, count)
                }
                17 => (0, 3 + self.bits(3)?),
                18 => (0, 11 + self.bits(7)?),
                len => (len, 1),
            };
            lengths.resize(lengths.len() + count, len);
        }
        if lengths.len() > literal_count + distance_count || lengths[256] == 0 {
            return Err(End::Invalid);
        }
        let (literals, distances) = lengths.split_at(literal_count);
        Ok((Code::new(literals, true)?, Code::new(distances, true)?))
    }

    /// The symbols of a block up to its end.
    fn symbols(&mut self, literals: &Code, distances: &Code) -> Result<(), End> {
        loop {
            let symbol = match self.symbol(literals)? {
                literal @ ..256 => {
                    self.put(literal as u8)?;
                    continue;
                }
                256 => return Ok(()),
                symbol => symbol - 257,
            };
            let &(base, extra) = LENGTHS.get(symbol).ok_or(End::Invalid)?;
            let len = base + self.bits(extra)?;
            let symbol = self.symbol(distances)?;
            let &(base, extra) = DISTANCES.get(symbol).ok_or(End::Invalid)?;
            let distance = base + self.bits(extra)?;
            if distance > self.out.len().min(self.window) {
                return Err(End::TooFar);
            }
            for _ in 0..len {
                self.put(self.out[self.out.len() - distance])?;
            }
        }
    }
}
