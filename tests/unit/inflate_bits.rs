//! The careful decoder's bit buffer against a list of bits.
//!
//! A module of `src/inflate/codes/bits.rs`, because through the C functions only what comes of the
//! bits can be seen.
#![forbid(unsafe_code)]

use super::*;

/// The bits of `data`, the lowest of a byte first.
fn bits_of(data: &[u8]) -> Vec<u64> {
    let bits = data
        .iter()
        .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
    bits.map(u64::from).collect()
}

/// The number that these bits are, the lowest first.
fn number(bits: &[u64]) -> u64 {
    bits.iter().rev().fold(0, |value, bit| value << 1 | bit)
}

#[test]
fn bits_come_in_the_order_of_the_input() {
    let data: Vec<u8> = (0..200u32).map(|i| (i * i * 7 + i / 3) as u8).collect();
    let all = bits_of(&data);
    let mut random = 0x2545_f491u32;
    let mut below = |limit| {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        (random >> 8) % limit
    };
    for sequence in 0..500 {
        let (mut bits, mut input, mut used) = (Bits::default(), InBuf::new(&data), 0);
        for round in 0..500 {
            let (choice, count) = (below(7), below(17));
            match choice {
                0 | 1 => {
                    let missing = count.saturating_sub(bits.count).div_ceil(8) as usize;
                    let there = missing <= input.avail();
                    let taken = input.consumed() + missing.min(input.avail());
                    assert_eq!(bits.need(count, &mut input).is_ok(), there);
                    assert_eq!(input.consumed(), taken, "no more than was asked for");
                    if !there {
                        break;
                    }
                }
                2 => {
                    let room = (64 - bits.count) / 8;
                    let expected = input.avail().min(room as usize);
                    let pulled = bits.pull_all(&mut input);
                    assert_eq!(pulled, expected);
                    let whole = pulled.min(bits.count as usize / 8);
                    assert_eq!(bits.whole_bytes(pulled), whole);
                    if round % 2 == 0 && pulled != 0 {
                        assert_eq!(bits.drop_bytes(pulled), whole);
                        input.give_back(whole);
                    }
                }
                3 if bits.count <= 56 => {
                    let there = input.avail() != 0;
                    assert_eq!(bits.pull(&mut input).is_ok(), there);
                }
                4 => {
                    used += (bits.count % 8) as usize;
                    bits.align();
                    assert_eq!(bits.count % 8, 0);
                }
                _ if count <= bits.count => {
                    let expected = number(&all[used..used + count as usize]);
                    assert_eq!(u64::from(bits.peek(count)), expected);
                    assert_eq!(u64::from(bits.take(count)), expected);
                    used += count as usize;
                }
                _ => {}
            }
            assert_eq!(
                bits.count as usize,
                input.consumed() * 8 - used,
                "{sequence} {round}"
            );
            let held = number(&all[used..used + bits.count as usize]);
            assert_eq!(bits.hold, held, "and zeros above them: {sequence} {round}");
        }
        bits.clear();
        assert_eq!((bits.hold, bits.count), (0, 0));
    }
}
