//! The index of levels 6 to 9 against a list of strings.

use super::*;
use crate::deflate::unit::{Random, Strings, UsedMemory, chains};

const WINDOW_BITS: u8 = 9;
const W_SIZE: usize = 1 << WINDOW_BITS;

fn hash_of<const N: usize>(string: &[u8]) -> usize {
    let mut bytes = [0; EIGHT];
    bytes[..N].copy_from_slice(&string[..N]);
    Links::<N>::hash(&bytes, u64::BITS - head_bits(WINDOW_BITS))
}

/// Compares all links of strings that are in reach with those of the list.
fn check_links<const N: usize>(links: &Links<N>, strings: &Strings) {
    let frontier = links.frontier + strings.base;
    for at in frontier.saturating_sub(W_SIZE).max(strings.base)..frontier {
        let same = |a: &[u8], b: &[u8]| hash_of::<N>(a) == hash_of::<N>(b);
        let expected = strings.before(at, same).next().unwrap_or(0);
        let position = at - strings.base;
        assert_eq!(links.before(position), strings.position(expected), "{at}");
        for (i, &link) in links.before_each(position).iter().enumerate() {
            if position + i < links.frontier {
                assert_eq!(usize::from(link), links.before(position + i), "{at} + {i}");
            }
        }
    }
}

fn check(index: &AnchorIndex, strings: &Strings) {
    check_links(&index.four, strings);
    check_links(&index.eight, strings);
    let frontier = index.frontier + strings.base;
    for at in frontier.saturating_sub(W_SIZE).max(strings.base)..frontier {
        let node = index.node(at - strings.base);
        let before = strings.in_chain(at).next();
        let position = strings.position(before.unwrap_or(0));
        assert_eq!(usize::from(node.before()), position, "{at}");
        if position + W_SIZE >= index.frontier && position != 0 {
            let steps = index.steps(at - strings.base, position);
            assert_eq!(steps, 1, "from {at} to the string before it");
        }
        assert_eq!(usize::from(node.number()), strings.in_chain(at).count());
    }
}

#[test]
fn links_and_numbers_are_those_of_a_list_over_slides() {
    Set::all().for_each(check_slides);
}

fn check_slides(set: Set) {
    for (seed, letters) in [(1, 2), (2, 5), (3, 200)] {
        let mut random = Random(seed);
        let mut strings = Strings {
            data: random.data(5 * W_SIZE, letters),
            base: 0,
            inserted: Vec::new(),
        };
        let hash = chains(WINDOW_BITS).hash();
        let mut memory = UsedMemory::new();
        let mut index = AnchorIndex::new(WINDOW_BITS, hash, &mut memory.carver(), set).unwrap();
        let mut end = 0;
        while end < strings.data.len() - 2 * EIGHT {
            end += 1 + random.below(MOST_AHEAD);
            // What is read ends soon after, or much later.
            let data_end = (end + random.below(2) * 50).min(strings.data.len());
            if data_end - strings.base > 2 * W_SIZE {
                index.slide();
                strings.base += W_SIZE;
            }
            let before = index.frontier + strings.base;
            index.insert_until(&strings.data[strings.base..data_end], end - strings.base);
            for at in before..index.frontier + strings.base {
                strings.inserted.insert(0, at);
            }
            check(&index, &strings);
        }
    }
}
