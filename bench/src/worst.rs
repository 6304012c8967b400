//! Inputs that are hard for a search for matches, made on the spot.
//!
//! A compressor with zlib's chains can be made slow by chains that are long and lead nowhere.
//! An index of longer strings has its own such inputs: those whose strings of 4 or 8 bytes come
//! again and again while their 3-byte chains are no longer. Each input here aims at one of them.

/// Bytes of each.
const LEN: usize = 4 << 20;

/// Numbers that look random (xorshift, Marsaglia 2003), the same in each run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit
    }
}

/// Pieces from `piece`, until there are enough bytes.
fn fill(mut piece: impl FnMut(&mut Random, &mut Vec<u8>)) -> Vec<u8> {
    let mut data = Vec::with_capacity(LEN + 1024);
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    while data.len() < LEN {
        piece(&mut random, &mut data);
    }
    data.truncate(LEN);
    data
}

fn any_bytes() -> Vec<u8> {
    fill(|random, data| data.extend(random.next().to_le_bytes()))
}

fn zeros() -> Vec<u8> {
    vec![0; LEN]
}

/// Runs of one byte, of 1 to 1000 bytes.
fn runs() -> Vec<u8> {
    fill(|random, data| {
        let (byte, len) = (random.next() as u8, 1 + random.below(1000) as usize);
        data.resize(data.len() + len, byte);
    })
}

/// Many short repeats: words of 3 to 6 bytes from a few hundred.
fn short_repeats() -> Vec<u8> {
    fill(|random, data| {
        let mut word = Random(1 + random.below(300));
        let len = 3 + word.below(4) as usize;
        data.extend(&word.next().to_le_bytes()[..len]);
    })
}

/// a a a b: runs of one byte, of 3 to 40 bytes, each ended by another.
fn aaab() -> Vec<u8> {
    fill(|random, data| {
        let len = 3 + random.below(38) as usize;
        data.resize(data.len() + len, b'a');
        data.push(b'b' + random.below(4) as u8);
    })
}

fn dna() -> Vec<u8> {
    fill(|random, data| data.push(b"ACGT"[random.below(4) as usize]))
}

fn two_letters() -> Vec<u8> {
    fill(|random, data| data.push(b'0' + random.below(2) as u8))
}

/// The same 3 bytes before every random one: chains of 3-byte strings without matches of 4.
fn three_and_one() -> Vec<u8> {
    fill(|random, data| {
        data.extend(b"xyz");
        data.push(random.next() as u8);
    })
}

/// The same for 4 bytes and for 8: the longer strings' chains are as long as zlib's.
fn four_and_one() -> Vec<u8> {
    fill(|random, data| {
        data.extend(b"wxyz");
        data.push(random.next() as u8);
    })
}

fn eight_and_two() -> Vec<u8> {
    fill(|random, data| {
        data.extend(b"stuvwxyz");
        data.extend(&random.next().to_le_bytes()[..2]);
    })
}

/// A long period, with one byte changed in each: long matches that end somewhere.
fn nearly_periodic() -> Vec<u8> {
    let mut period = Random(7);
    let mut text: Vec<u8> = (0..300).map(|_| period.next() as u8).collect();
    fill(move |random, data| {
        let at = random.below(300) as usize;
        text[at] = random.next() as u8;
        data.extend(&text);
    })
}

/// One page of random bytes, again and again: the longest matches only, each found at once.
fn page() -> Vec<u8> {
    let mut bytes = Random(11);
    let page: Vec<u8> = (0..1000).map(|_| bytes.next() as u8).collect();
    fill(|_, data| data.extend(&page))
}

/// Zeros with another byte here and there.
fn sparse_zeros() -> Vec<u8> {
    fill(|random, data| {
        data.resize(data.len() + random.below(200) as usize, 0);
        data.push(random.next() as u8);
    })
}

/// The factors with which rzlib's index hashes strings of 4 and of 8 bytes: a hash is a product's
/// high bits (`src/deflate/classic/search/tables.rs`).
const FACTORS: [u64; 2] = [0x9e37_79b1, 0x9e37_79b9_7f4a_7c15];

/// What a number must be multiplied with to be 1 again, by Newton's iteration.
fn inverse(factor: u64) -> u64 {
    (0..6).fold(factor, |inverse, _| {
        inverse.wrapping_mul(2u64.wrapping_sub(factor.wrapping_mul(inverse)))
    })
}

/// Strings of 4 bytes that all have the same hash of 16 bits, but not zlib's.
fn four_collide() -> Vec<u8> {
    let inverse = inverse(FACTORS[0]) as u32;
    fill(|random, data| {
        let product = 7 << 16 | random.next() as u32 & 0xffff;
        data.extend(product.wrapping_mul(inverse).to_le_bytes());
    })
}

/// The same for strings of 8 bytes.
fn eight_collide() -> Vec<u8> {
    let inverse = inverse(FACTORS[1]);
    fill(|random, data| {
        let product = 7 << 48 | random.next() >> 16;
        data.extend(product.wrapping_mul(inverse).to_le_bytes());
    })
}

/// Makes an input.
pub type Maker = fn() -> Vec<u8>;

/// All inputs with their names.
pub const INPUTS: [(&str, Maker); 15] = [
    ("random", any_bytes),
    ("zeros", zeros),
    ("runs", runs),
    ("short repeats", short_repeats),
    ("aaab", aaab),
    ("dna", dna),
    ("two letters", two_letters),
    ("three and one", three_and_one),
    ("four and one", four_and_one),
    ("eight and two", eight_and_two),
    ("nearly periodic", nearly_periodic),
    ("page", page),
    ("sparse zeros", sparse_zeros),
    ("four collide", four_collide),
    ("eight collide", eight_collide),
];
