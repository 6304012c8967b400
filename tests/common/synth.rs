//! Deflate streams written bit by bit: valid ones that no compressor makes, and ones with one
//! chosen mistake.
//!
//! Codes are random but complete, up to 15 bits long; code lengths are written with random
//! repeats; blocks may be empty, matches as long and as far as the format allows.
#![forbid(unsafe_code)]

use super::naive::{DISTANCES, LENGTHS, MAX_BITS, ORDER};
use super::rng::Rng;

/// A mistake to make in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    BlockType,
    StoredLength,
    LiteralCount,
    DistanceCount,
    LengthsOversubscribed,
    LengthsIncomplete,
    RepeatFirst,
    RepeatBeyond,
    NoEndOfBlock,
    LiteralsOversubscribed,
    LiteralsIncomplete,
    DistancesOversubscribed,
    DistancesIncomplete,
    FixedLength,
    FixedDistance,
    TooFar,
    /// The half of the codes that a single code leaves unused.
    LoneDistance,
    NoDistance,
    LoneLiteral,
}

/// All mistakes.
pub const FAULTS: [Fault; 19] = [
    Fault::BlockType,
    Fault::StoredLength,
    Fault::LiteralCount,
    Fault::DistanceCount,
    Fault::LengthsOversubscribed,
    Fault::LengthsIncomplete,
    Fault::RepeatFirst,
    Fault::RepeatBeyond,
    Fault::NoEndOfBlock,
    Fault::LiteralsOversubscribed,
    Fault::LiteralsIncomplete,
    Fault::DistancesOversubscribed,
    Fault::DistancesIncomplete,
    Fault::FixedLength,
    Fault::FixedDistance,
    Fault::TooFar,
    Fault::LoneDistance,
    Fault::NoDistance,
    Fault::LoneLiteral,
];

/// Writes bits, the lowest first.
#[derive(Default)]
pub struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn put(&mut self, value: usize, count: u32) {
        for bit in 0..count {
            if self.used == 0 {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((value >> bit & 1) as u8) << self.used;
            }
            self.used = (self.used + 1) % 8;
        }
    }

    fn align(&mut self) {
        self.used = 0;
    }
}

/// Lengths of a set of codes and the codes themselves, by symbol.
struct Code {
    lengths: Vec<usize>,
    codes: Vec<usize>,
}

impl Code {
    /// The canonical code of these lengths. Source: RFC 1951 3.2.2.
    fn new(lengths: Vec<usize>) -> Code {
        let mut codes = vec![0; lengths.len()];
        let mut next = 0;
        for len in 1..=MAX_BITS {
            for symbol in 0..lengths.len() {
                if lengths[symbol] == len {
                    codes[symbol] = next;
                    next += 1;
                }
            }
            next <<= 1;
        }
        Code { lengths, codes }
    }

    /// The fixed code of literals and lengths.
    fn fixed() -> Code {
        let mut lengths = vec![8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        Code::new(lengths)
    }

    fn put(&self, symbol: usize, bits: &mut Bits) {
        for bit in (0..self.lengths[symbol]).rev() {
            bits.put(self.codes[symbol] >> bit & 1, 1);
        }
    }

    fn symbols(&self) -> Vec<usize> {
        (0..self.lengths.len())
            .filter(|&symbol| self.lengths[symbol] > 0)
            .collect()
    }
}

/// Lengths of a complete code for `count` symbols: leaves of a tree are split at random. A
/// single symbol gets length 1, which is not complete.
fn complete(count: usize, most: usize, rng: &mut Rng) -> Vec<usize> {
    let mut leaves = vec![if count == 1 { 1 } else { 0 }; count.min(1)];
    let deep = rng.pick(&[0, 0, 50, 95]);
    while leaves.len() < count {
        let index = if rng.percent(deep) {
            // The deepest that can be split.
            let open = (0..leaves.len()).filter(|&index| leaves[index] < most);
            open.max_by_key(|&index| leaves[index]).unwrap_or(0)
        } else {
            rng.below(leaves.len())
        };
        if leaves[index] < most {
            leaves[index] += 1;
            leaves.push(leaves[index]);
        }
    }
    for index in (1..count).rev() {
        leaves.swap(index, rng.below(index + 1));
    }
    leaves
}

/// A complete code over some of the symbols below `end`, `needed` among them.
fn random_lengths(chosen: &[usize], end: usize, most: usize, rng: &mut Rng) -> Vec<usize> {
    let mut lengths = vec![0; end];
    for (&symbol, len) in chosen.iter().zip(complete(chosen.len(), most, rng)) {
        lengths[symbol] = len;
    }
    lengths
}

/// Some of the symbols of a range.
fn some(range: std::ops::Range<usize>, rng: &mut Rng) -> Vec<usize> {
    let percent = rng.pick(&[0, 2, 20, 100, 100]);
    range.filter(|_| rng.percent(percent)).collect()
}

/// A stream under construction.
struct Writer<'a> {
    bits: Bits,
    /// Bytes that matches can reach.
    made: usize,
    window: usize,
    rng: &'a mut Rng,
}

/// A random deflate stream without wrapper, of about `size` bytes of data. Matches reach back
/// at most `window` bytes, and `history` bytes beyond the beginning. With a fault, random
/// bytes follow it.
pub fn deflate_stream(
    size: usize,
    window: usize,
    history: usize,
    fault: Option<Fault>,
    rng: &mut Rng,
) -> Vec<u8> {
    let mut writer = Writer {
        bits: Bits::default(),
        made: history,
        window,
        rng,
    };
    let end = history + size;
    loop {
        let rest = end.saturating_sub(writer.made);
        let last = rest == 0 || writer.rng.percent(20);
        if last && let Some(fault) = fault {
            writer.fault(fault);
            let noise = writer.rng.below(40);
            let noise: Vec<u8> = (0..noise).map(|_| writer.rng.byte()).collect();
            writer.bits.bytes.extend(noise);
            break;
        }
        let size = if last { rest } else { writer.rng.size(rest) };
        writer.block(last, size);
        if last {
            break;
        }
    }
    writer.bits.bytes
}

/// A deflate stream without wrapper whose symbols take as many bits as they can: how many bytes of
/// it come before them, and all.
pub fn widest_stream(size: usize, rng: &mut Rng) -> (usize, Vec<u8>) {
    let window = 1 << 15;
    let mut writer = Writer {
        bits: Bits::default(),
        made: 0,
        window,
        rng,
    };
    writer.stored(false, window);
    let before = writer.bits.bytes.len();
    writer.widest(true, size);
    (before, writer.bits.bytes)
}

impl Writer<'_> {
    fn start(&mut self, last: bool, kind: usize) {
        self.bits.put(last.into(), 1);
        self.bits.put(kind, 2);
    }

    fn stored(&mut self, last: bool, size: usize) {
        self.start(last, 0);
        self.bits.align();
        self.bits.put(size, 16);
        self.bits.put(size ^ 0xffff, 16);
        for _ in 0..size {
            let byte = self.rng.byte();
            self.bits.put(byte.into(), 8);
        }
        self.made += size;
    }

    fn block(&mut self, last: bool, size: usize) {
        match self.rng.below(10) {
            0 | 1 => self.stored(last, size.min(65_535)),
            2 | 3 => {
                self.start(last, 1);
                let (literals, distances) = (Code::fixed(), Code::new(vec![5; 30]));
                self.symbols(&literals, &distances, size);
                literals.put(256, &mut self.bits);
            }
            _ => {
                self.start(last, 2);
                let (literals, distances) = self.random_codes();
                self.codes(&literals.lengths, &distances.lengths, None);
                self.symbols(&literals, &distances, size);
                literals.put(256, &mut self.bits);
            }
        }
    }

    fn random_codes(&mut self) -> (Code, Code) {
        let rng = &mut *self.rng;
        let mut chosen = some(0..256, rng);
        chosen.push(256);
        chosen.extend(some(257..286, rng));
        let least = chosen.iter().max().map_or(257, |most| most + 1);
        let end = least + rng.below(287 - least);
        let most = if chosen.len() > 200 {
            rng.pick(&[9, 12, 15])
        } else {
            15
        };
        let literals = random_lengths(&chosen, end, most, rng);
        let chosen = match rng.below(6) {
            0 => Vec::new(),
            1 => vec![rng.below(30)],
            _ => some(0..30, rng),
        };
        let least = chosen.iter().max().map_or(1, |most| most + 1);
        let end = least + rng.below(31 - least);
        let distances = random_lengths(&chosen, end, 15, rng);
        (Code::new(literals), Code::new(distances))
    }

    /// The head of a dynamic block.
    fn codes(&mut self, literals: &[usize], distances: &[usize], fault: Option<Fault>) {
        let all = [literals, distances].concat();
        let mut symbols = self.repeats(&all);
        match fault {
            Some(Fault::RepeatFirst) => symbols.insert(0, (16, 0)),
            Some(Fault::RepeatBeyond) => {
                symbols.pop();
                symbols.push((18, 127));
            }
            _ => {}
        }
        let mut chosen: Vec<usize> = symbols.iter().map(|&(symbol, _)| symbol).collect();
        chosen.extend(some(0..19, self.rng));
        chosen.sort_unstable();
        chosen.dedup();
        if chosen.len() == 1 {
            chosen.push((chosen[0] + 1) % 19);
        }
        let mut lengths = random_lengths(&chosen, 19, 7, self.rng);
        if let Some(longest) = lengths.iter().copied().max()
            && let Some(index) = lengths.iter().position(|&len| len == longest)
        {
            match fault {
                Some(Fault::LengthsOversubscribed) => lengths[index] -= 1,
                Some(Fault::LengthsIncomplete) => lengths[index] = 0,
                _ => {}
            }
        }
        let used = ORDER.iter().rposition(|&symbol| lengths[symbol] > 0);
        let least = used.map_or(4, |last| last + 1).max(4);
        let count = least + self.rng.below(20 - least);
        let literal_count = match fault {
            Some(Fault::LiteralCount) => 287 + self.rng.below(2),
            _ => literals.len(),
        };
        let distance_count = match fault {
            Some(Fault::DistanceCount) => 31 + self.rng.below(2),
            _ => distances.len(),
        };
        self.bits.put(literal_count - 257, 5);
        self.bits.put(distance_count - 1, 5);
        self.bits.put(count - 4, 4);
        for &symbol in &ORDER[..count] {
            self.bits.put(lengths[symbol], 3);
        }
        let code = Code::new(lengths);
        for (symbol, extra) in symbols {
            if code.lengths[symbol] == 0 {
                break;
            }
            code.put(symbol, &mut self.bits);
            let extra_bits = match symbol {
                16 => 2,
                17 => 3,
                18 => 7,
                _ => 0,
            };
            self.bits.put(extra, extra_bits);
        }
    }

    /// Code lengths as symbols of the code-length code with extra bits, with repeats where
    /// they are possible and chance wants them.
    fn repeats(&mut self, lengths: &[usize]) -> Vec<(usize, usize)> {
        let percent = self.rng.pick(&[0, 50, 100]);
        let mut symbols = Vec::new();
        let mut at = 0;
        while at < lengths.len() {
            let len = lengths[at];
            let run = lengths[at..]
                .iter()
                .take_while(|&&next| next == len)
                .count();
            let repeat = self.rng.percent(percent);
            let (symbol, extra, count) = if len == 0 && run >= 11 && repeat {
                let count = run.min(138);
                (18, count - 11, count)
            } else if len == 0 && run >= 3 && repeat {
                let count = run.min(3 + self.rng.below(8));
                (17, count - 3, count)
            } else if at > 0 && lengths[at - 1] == len && run >= 3 && repeat {
                let count = run.min(3 + self.rng.below(4));
                (16, count - 3, count)
            } else {
                (len, 0, 1)
            };
            symbols.push((symbol, extra));
            at += count;
        }
        symbols
    }

    /// About `size` bytes of literals and matches.
    fn symbols(&mut self, literals: &Code, distances: &Code, size: usize) {
        let symbols = literals.symbols();
        let end = self.made + size;
        let bytes: Vec<usize> = symbols.iter().copied().filter(|&it| it < 256).collect();
        let lengths: Vec<usize> = symbols
            .into_iter()
            .filter(|&it| (257..286).contains(&it))
            .collect();
        let matches = if lengths.is_empty() {
            0
        } else {
            self.rng.pick(&[0, 10, 50, 100])
        };
        while self.made < end {
            let reach = self.made.min(self.window);
            let near: Vec<usize> = distances
                .symbols()
                .into_iter()
                .filter(|&symbol| symbol < 30 && DISTANCES[symbol].0 <= reach)
                .collect();
            if !near.is_empty()
                && !lengths.is_empty()
                && (bytes.is_empty() || self.rng.percent(matches))
            {
                let length = self.rng.pick(&lengths);
                let distance = self.rng.pick(&near);
                self.put_match((literals, length), (distances, distance), reach);
            } else if bytes.is_empty() {
                return;
            } else {
                literals.put(self.rng.pick(&bytes), &mut self.bits);
                self.made += 1;
            }
        }
    }

    /// A match of these two symbols, that reaches back `reach` bytes at most.
    fn put_match(
        &mut self,
        (literals, length): (&Code, usize),
        (distances, distance): (&Code, usize),
        reach: usize,
    ) {
        literals.put(length, &mut self.bits);
        let (base, extra) = LENGTHS[length - 257];
        let more = self.extra(extra, usize::MAX);
        self.bits.put(more, extra);
        self.made += base + more;
        distances.put(distance, &mut self.bits);
        let (base, extra) = DISTANCES[distance];
        let more = self.extra(extra, reach - base);
        self.bits.put(more, extra);
    }

    /// A block whose symbols take as many bits as they can: in a decoder's first tables, of 10 and
    /// 8 bits, and in all. There must be 32768 bytes before it.
    fn widest(&mut self, last: bool, size: usize) {
        self.start(last, 2);
        let mut lengths = vec![0; 285];
        for (index, literal) in (b'a'..=b'f').enumerate() {
            lengths[usize::from(literal)] = index + 1;
        }
        lengths[usize::from(b'A')..=usize::from(b'G')].fill(10);
        lengths[265..273].fill(10);
        lengths[128..147].fill(15);
        lengths[256] = 15;
        lengths[273..].fill(15);
        let literals = Code::new(lengths);
        // The two distances with 13 extra bits.
        let [first, second] = self.rng.pick(&[[28, 29], [29, 28]]);
        let mut lengths: Vec<usize> = (1..=15).filter(|&bits| bits != 8).collect();
        lengths.resize(30, 0);
        (lengths[first], lengths[second]) = (8, 15);
        let distances = Code::new(lengths);
        self.codes(&literals.lengths, &distances.lengths, None);

        let end = self.made + size;
        while self.made < end {
            let (length, distance) = match self.rng.below(10) {
                0 | 1 => {
                    let literal = self.rng.pick(b"abcdefABCDEFG\x80\x92");
                    literals.put(literal.into(), &mut self.bits);
                    self.made += 1;
                    continue;
                }
                2 => (265 + self.rng.below(20), self.rng.below(14)),
                3..7 => (269 + self.rng.below(4), first),
                _ => (281 + self.rng.below(4), second),
            };
            self.put_match((&literals, length), (&distances, distance), 1 << 15);
        }
        literals.put(256, &mut self.bits);
    }

    /// A value of extra bits, at most `most`, often the largest.
    fn extra(&mut self, bits: u32, most: usize) -> usize {
        let most = most.min((1 << bits) - 1);
        if self.rng.percent(20) {
            most
        } else {
            self.rng.below(most + 1)
        }
    }

    /// A block with a mistake.
    fn fault(&mut self, fault: Fault) {
        let fixed = Code::fixed();
        match fault {
            Fault::BlockType => self.start(false, 3),
            Fault::StoredLength => {
                self.start(false, 0);
                self.bits.align();
                let len = self.rng.below(65_536);
                self.bits.put(len, 16);
                self.bits.put(len ^ 0xffff ^ (1 << self.rng.below(16)), 16);
            }
            Fault::FixedLength => {
                self.start(false, 1);
                fixed.put(286 + self.rng.below(2), &mut self.bits);
            }
            Fault::FixedDistance | Fault::TooFar => {
                self.start(false, 1);
                let literals = self.rng.below(300);
                for _ in 0..literals {
                    fixed.put(usize::from(self.rng.byte()), &mut self.bits);
                }
                self.made += literals;
                fixed.put(257 + self.rng.below(8), &mut self.bits);
                let reach = self.made.min(self.window);
                let far = (0..30).find(|&symbol| DISTANCES[symbol].0 > reach);
                let distances = Code::new(vec![5; 32]);
                match far {
                    Some(symbol) if fault == Fault::TooFar => {
                        distances.put(symbol, &mut self.bits);
                        self.bits.put(0, DISTANCES[symbol].1);
                    }
                    _ => distances.put(30 + self.rng.below(2), &mut self.bits),
                }
            }
            _ => self.faulty_codes(fault),
        }
    }

    /// A dynamic block whose codes are wrong, or one that uses what they leave out.
    fn faulty_codes(&mut self, fault: Fault) {
        self.start(false, 2);
        let chosen: Vec<usize> = match fault {
            Fault::LoneLiteral => vec![256],
            Fault::NoEndOfBlock => (0..40).collect(),
            _ => vec![1, 7, 80, 200, 256, 257, 270],
        };
        let mut literals = random_lengths(&chosen, 286, 15, self.rng);
        let chosen = match fault {
            Fault::LoneDistance => vec![self.rng.below(30)],
            Fault::NoDistance => Vec::new(),
            _ => vec![0, 3, 9, 29],
        };
        let mut distances = random_lengths(&chosen, 30, 15, self.rng);
        let change = |lengths: &mut [usize], fewer: bool| {
            let longest = lengths.iter().copied().max().unwrap_or(0);
            if let Some(index) = lengths.iter().position(|&len| len == longest) {
                lengths[index] = if fewer { longest + 1 } else { longest - 1 };
            }
        };
        match fault {
            Fault::LiteralsOversubscribed => change(&mut literals, false),
            Fault::LiteralsIncomplete => change(&mut literals, true),
            Fault::DistancesOversubscribed => change(&mut distances, false),
            Fault::DistancesIncomplete => change(&mut distances, true),
            _ => {}
        }
        self.codes(&literals, &distances, Some(fault));
        match fault {
            Fault::LoneLiteral => self.bits.put(1, 1),
            Fault::LoneDistance | Fault::NoDistance => {
                let code = Code::new(literals);
                for _ in 0..self.rng.below(300) {
                    code.put(7, &mut self.bits);
                }
                code.put(257, &mut self.bits);
                self.bits.put(1, 1);
            }
            _ => {}
        }
    }
}
