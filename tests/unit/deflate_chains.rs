//! zlib's chains against a list of strings.

use crate::deflate::unit::{HASH_BITS, Random, Strings, chains, zlib_hash};

const WINDOW_BITS: u8 = 9;
const W_SIZE: usize = 1 << WINDOW_BITS;

#[test]
fn hashes_are_zlibs_in_both_widths() {
    let data = Random(1).data(3000, 256);
    let hash = chains(WINDOW_BITS).hash();
    assert_eq!(hash.count(), 1 << HASH_BITS);
    for at in 0..data.len() - 2 {
        let bytes = [data[at], data[at + 1], data[at + 2]];
        assert_eq!(hash.of(bytes), zlib_hash(&data, at));
        assert_eq!(usize::from(hash.of_in_16(bytes)), zlib_hash(&data, at));
    }
}

#[test]
fn links_lead_to_the_strings_of_a_hash_over_slides() {
    let mut random = Random(2);
    let mut strings = Strings {
        data: random.data(6 * W_SIZE, 7),
        base: 0,
        inserted: Vec::new(),
    };
    let mut chains = chains(WINDOW_BITS);
    for at in 0..strings.data.len() - 2 {
        if at - strings.base == 2 * W_SIZE - 3 {
            chains.slide();
            strings.base += W_SIZE;
            for (hash, head) in chains.heads().enumerate() {
                let with_hash = |at: &&usize| zlib_hash(&strings.data, **at) == hash;
                let last = strings.inserted.iter().find(with_hash).map_or(0, |&at| at);
                assert_eq!(head, strings.position(last), "hash {hash}");
            }
        }
        // Some are left out, as the fast parse does.
        if random.below(5) == 0 {
            continue;
        }
        let bytes = [0, 1, 2].map(|i| strings.data[at + i]);
        let position = at - strings.base;
        let mut link = chains.insert(position, bytes);
        let oldest = at.saturating_sub(W_SIZE - 1).max(strings.base + 1);
        for expected in strings.in_chain(at).take_while(|&before| before >= oldest) {
            assert_eq!(link.position(), strings.position(expected), "at {at}");
            link = chains.before(link);
        }
        strings.inserted.insert(0, at);
    }
}

#[test]
fn chains_are_handed_on_in_falling_order_and_cleared() {
    let data = Random(3).data(W_SIZE, 5);
    let mut chains = chains(WINDOW_BITS);
    assert!(chains.is_clear());
    chains.insert_each(0, &data);
    assert!(!chains.is_clear());
    for (hash, head) in chains.heads().enumerate() {
        let with_hash = |at: &usize| zlib_hash(&data, *at) == hash;
        let expected: Vec<usize> = (101..data.len() - 2).rev().filter(with_hash).collect();
        let found: Vec<usize> = chains.chain(head, 100).collect();
        assert_eq!(found, expected, "hash {hash}");
    }
    chains.clear_strings(&data);
    assert!(chains.is_clear() && chains.heads().all(|head| head == 0));
}
