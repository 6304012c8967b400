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
            for hash in 0..chains.hash().count() {
                let head = chains.head(hash);
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
fn the_heads_are_found_again_from_window_and_links() {
    let mut random = Random(3);
    let data = random.data(2 * W_SIZE, 5);
    let mut expected = chains(WINDOW_BITS);
    expected.make_ready(data.len());
    let end = data.len() - 20;
    let mut at = 0;
    while at < end {
        let skipped = [1, 3, 16, 40][random.below(4)].min(end - at - 1);
        let bytes = [data[at], data[at + 1], data[at + 2]];
        expected.insert(at, bytes);
        expected.prev().skip(at + 1, at + 1 + skipped);
        at += 1 + skipped;
    }
    // Only so far back does `prev` tell.
    let first = end + 16 - W_SIZE;
    let walk = |chains: &mut super::Chains, hash| {
        let mut found = Vec::new();
        let mut at = chains.head(hash);
        while at >= first {
            found.push(at);
            at = chains.prev().before(at);
        }
        found
    };
    let mut all = Vec::new();
    for hash in 0..expected.hash().count() {
        all.push(walk(&mut expected, hash));
    }
    assert!(all.iter().flatten().count() > 20);
    expected.restore(&data, first, end, false);
    for (hash, before) in all.iter().enumerate() {
        assert_eq!(&walk(&mut expected, hash), before, "hash {hash}");
    }
    // And when all of them are inserted.
    expected.restore(&data, first, end, true);
    for hash in 0..expected.hash().count() {
        let with_hash = |at: &usize| zlib_hash(&data, *at) == hash;
        let all: Vec<usize> = (first..end).rev().filter(with_hash).collect();
        assert_eq!(walk(&mut expected, hash), all, "hash {hash}");
    }
    expected.restore(&data, 0, 0, true);
    expected.insert_each(0, &data[..W_SIZE]);
    expected.clear_strings(&data[..W_SIZE]);
    assert!((0..expected.hash().count()).all(|hash| expected.head(hash) == 0));
}
