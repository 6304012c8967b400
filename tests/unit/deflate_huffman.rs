//! Code lengths against a plain construction of zlib's tree and against the best code that there
//! is; codes against RFC 1951's rule.

use super::*;
use crate::deflate::unit::Random;
use crate::format::deflate::MAX_CODE_LENGTH_BITS;

/// zlib's way told plainly: a heap whose nodes stop where they can, and lengths by walks to the
/// root.
fn zlib_lengths(freq: &[u16], max_bits: usize) -> Vec<u8> {
    let mut used: Vec<usize> = (0..freq.len()).filter(|&i| freq[i] != 0).collect();
    let mut weights: Vec<(u32, u32)> = freq.iter().map(|&f| (u32::from(f), 0)).collect();
    // zlib adds what is missing: 0 or 1, or the number after the one that occurs if that is 0 or 1.
    let mut max_symbol = used.last().copied();
    while used.len() < 2 {
        let symbol = match max_symbol {
            None => 0,
            Some(max) if max < 2 => max + 1,
            Some(_) => 0,
        };
        if max_symbol.is_none_or(|max| max < 2) {
            max_symbol = Some(symbol);
        }
        weights[symbol].0 = 1;
        used.push(symbol);
    }
    // A heap from 1 on; "less" is by frequency, then by depth, and equal counts as less.
    let mut heap = vec![0];
    heap.extend(&used);
    fn sift(heap: &mut [usize], weights: &[(u32, u32)], len: usize, mut at: usize) {
        let node = heap[at];
        while 2 * at <= len {
            let mut child = 2 * at;
            if child < len && weights[heap[child + 1]] <= weights[heap[child]] {
                child += 1;
            }
            if weights[node] <= weights[heap[child]] {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = node;
    }
    let mut len = used.len();
    for at in (1..=len / 2).rev() {
        sift(&mut heap, &weights, len, at);
    }
    let mut parent = vec![None; weights.len()];
    let mut taken = Vec::new();
    while len > 1 {
        let first = heap[1];
        heap[1] = heap[len];
        len -= 1;
        sift(&mut heap, &weights, len, 1);
        let second = heap[1];
        let (a, b) = (weights[first], weights[second]);
        let joined = weights.len();
        weights.push((a.0 + b.0, a.1.max(b.1) + 1));
        parent.push(None);
        parent[first] = Some(joined);
        parent[second] = Some(joined);
        taken.extend([first, second]);
        heap[1] = joined;
        sift(&mut heap, &weights, len, 1);
    }
    // Depths from the root on, cut at the limit; a child of a cut node is at the limit, too.
    let mut depth = vec![0usize; weights.len()];
    let mut counts = vec![0usize; max_bits + 1];
    let mut excess = 0;
    for node in (0..weights.len()).rev().filter(|&n| n >= freq.len()) {
        if let Some(up) = parent[node] {
            excess += usize::from(depth[up] == max_bits);
            depth[node] = (depth[up] + 1).min(max_bits);
        }
    }
    for &leaf in &used {
        let up = parent[leaf].unwrap();
        excess += usize::from(depth[up] == max_bits);
        depth[leaf] = (depth[up] + 1).min(max_bits);
        counts[depth[leaf]] += 1;
    }
    if excess > 0 {
        let mut left = excess as isize;
        while left > 0 {
            let bits = (1..max_bits).rev().find(|&bits| counts[bits] != 0).unwrap();
            counts[bits] -= 1;
            counts[bits + 1] += 2;
            counts[max_bits] -= 1;
            left -= 2;
        }
        let mut leaves = taken.iter().filter(|&&node| node < freq.len());
        for bits in (1..=max_bits).rev() {
            for _ in 0..counts[bits] {
                depth[*leaves.next().unwrap()] = bits;
            }
        }
    }
    (0..freq.len())
        .map(|i| if used.contains(&i) { depth[i] as u8 } else { 0 })
        .collect()
}

/// What the best code of at most `max_bits` takes, by merging packages.
fn best_cost(freq: &[u16], max_bits: usize) -> u64 {
    let mut leaves: Vec<u64> = freq.iter().map(|&f| f.into()).filter(|&f| f != 0).collect();
    leaves.sort_unstable();
    let mut packages: Vec<u64> = Vec::new();
    for _ in 0..max_bits {
        let mut row = leaves.clone();
        row.extend(packages.chunks_exact(2).map(|two| two[0] + two[1]));
        row.sort_unstable();
        packages = row;
    }
    packages.iter().take(2 * leaves.len() - 2).sum()
}

/// Lengths and cost from the module, in an alphabet without extra bits.
fn build<const N: usize, const PAIRS: usize, const NODES: usize, const PLACES: usize>(
    freq: &[u16; N],
    max_bits: usize,
    pairs: &mut Pairs<PAIRS>,
) -> (Lengths<NODES>, Cost) {
    let alphabet = Alphabet {
        extra_bits: [0; N],
        fixed_bits: [9; N],
        max_bits,
    };
    let mut lengths = Lengths::NONE;
    let mut cost = Cost::default();
    Heap::new(&mut [7; PLACES]).build(freq, &alphabet, pairs, &mut lengths, &mut cost);
    (lengths, cost)
}

/// Compares all that can be said of the lengths of a code.
fn check_lengths(freq: &[u16], of: &[u8], cost: Cost, max_bits: usize) {
    assert_eq!(of[..freq.len()], zlib_lengths(freq, max_bits), "{freq:?}");
    let lengths = || of[..freq.len()].iter().filter(|&&length| length != 0);
    let space: u32 = lengths()
        .map(|&length| 1 << (max_bits - usize::from(length)))
        .sum();
    assert_eq!(space, 1 << max_bits, "a complete code");
    let bits = |(&f, &length): (&u16, &u8)| u32::from(f) * u32::from(length);
    assert_eq!(cost.dynamic, freq.iter().zip(of).map(bits).sum::<u32>());
    assert_eq!(
        cost.fixed,
        freq.iter().map(|&f| 9 * u32::from(f)).sum::<u32>()
    );
    if freq.iter().filter(|&&f| f != 0).count() < 2 {
        return;
    }
    let best = best_cost(freq, max_bits);
    assert!(u64::from(cost.dynamic) >= best);
    // Where the limit cuts nothing, zlib's code is the best one.
    if best == best_cost(freq, 40) && zlib_lengths(freq, 40) == of[..freq.len()] {
        assert_eq!(u64::from(cost.dynamic), best, "{freq:?}");
    }
}

/// Frequencies of a kind: few symbols, many that are equal, deep trees.
fn frequencies<const N: usize>(random: &mut Random, kind: usize) -> [u16; N] {
    let (mut a, mut b) = (1u32, 1);
    core::array::from_fn(|_| match kind % 5 {
        0 => random.below(60) as u16,
        1 => u16::from(random.below(3) == 0),
        2 => (1 << random.below(7)) * u16::from(random.below(2) == 0),
        3 => {
            // Fibonacci's numbers make the deepest trees.
            (a, b) = if a + b < 30_000 / 3 {
                (b, a + b)
            } else {
                (1, 1)
            };
            a as u16 * u16::from(random.below(6) != 0)
        }
        _ => (random.below(N) < 2) as u16 * (1 + random.below(9) as u16),
    })
}

#[test]
fn lengths_of_large_alphabets_are_zlibs() {
    let mut random = Random(1);
    for kind in 0..400 {
        let freq = frequencies::<LITLEN_CODES>(&mut random, kind);
        if freq.iter().map(|&f| u32::from(f)).sum::<u32>() > u16::MAX.into() {
            continue;
        }
        let mut pairs = [0; LARGE];
        let (lengths, cost) =
            build::<_, LARGE, LARGE_NODES, LARGE_HEAP>(&freq, MAX_CODE_BITS, &mut pairs);
        check_lengths(&freq, &lengths.of, cost, MAX_CODE_BITS);
        let last = lengths.of[..LITLEN_CODES].iter().rposition(|&l| l != 0);
        assert_eq!(Some(lengths.max_symbol), last);
    }
}

/// Small alphabets, with the limit of 7 bits of the code-length alphabet and with 15.
#[test]
fn lengths_and_codes_of_small_alphabets_are_zlibs() {
    let mut random = Random(2);
    for kind in 0..4000 {
        let mut freq = frequencies::<SMALL>(&mut random, kind);
        for unused in &mut freq[30..] {
            *unused = 0;
        }
        if kind == 0 {
            freq = [0; SMALL];
        }
        for max_bits in [MAX_CODE_LENGTH_BITS, MAX_CODE_BITS] {
            let mut pairs = [0; SMALL];
            let (lengths, cost) =
                build::<_, SMALL, SMALL_NODES, SMALL_HEAP>(&freq, max_bits, &mut pairs);
            check_lengths(&freq, &lengths.of, cost, max_bits);
            check_codes(&lengths, &pairs);
        }
    }
}

/// RFC 1951 3.2.2: codes of a length are counted up by symbol, and shorter ones come first.
fn check_codes(lengths: &Lengths<SMALL_NODES>, pairs: &Pairs<SMALL>) {
    let mut alphabet = Alphabet {
        extra_bits: [0; SMALL],
        fixed_bits: [0; SMALL],
        max_bits: MAX_CODE_BITS,
    };
    alphabet.extra_bits[3] = 5;
    let codes = SmallCode::new(lengths, pairs, &alphabet);
    let mut next = 0u32;
    for length in 1..=MAX_CODE_BITS {
        next <<= 1;
        for symbol in (0..SMALL).filter(|&symbol| usize::from(lengths.of[symbol]) == length) {
            let reversed = (next as u16).reverse_bits() >> (16 - length);
            assert_eq!(codes.bits[symbol], reversed, "symbol {symbol}");
            assert_eq!(codes.scale[symbol], 1 << length);
            let extra_bits = alphabet.extra_bits[symbol];
            assert_eq!(codes.sent_bits[symbol], length as u8 + extra_bits);
            next += 1;
        }
    }
    assert_eq!(next, 1 << MAX_CODE_BITS);
}
