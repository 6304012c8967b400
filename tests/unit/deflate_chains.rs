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

/// Chains as the fast parse leaves them: strings, and stretches of others between.
struct Noted {
    chains: super::Chains,
    data: Vec<u8>,
    /// The data's first bytes that have left the window.
    base: usize,
    /// What is inserted.
    inserted: Vec<usize>,
}

impl Noted {
    /// So many bytes, with slides of the window as zlib has them.
    fn new(len: usize, seed: u64) -> Noted {
        let mut random = Random(seed);
        let mut noted = Noted {
            chains: chains(WINDOW_BITS),
            data: random.data(len + 300, 5),
            base: 0,
            inserted: Vec::new(),
        };
        let mut at = 0;
        while at < len {
            if at - noted.base >= 2 * W_SIZE - 262 {
                noted.chains.slide();
                noted.base += W_SIZE;
            }
            let bytes = [0, 1, 2].map(|i| noted.data[at + i]);
            noted.chains.insert(at - noted.base, bytes);
            noted.inserted.push(at);
            let end = at + [1, 1, 2, 2, 4, 17, 258][random.below(7)];
            let last = noted.data.len() - noted.base;
            noted
                .chains
                .skip(at + 1 - noted.base, end - noted.base, last);
            at = end;
        }
        noted.data.truncate(at);
        noted
    }

    /// The strings that `prev` says, from as far back as the ring goes.
    fn said(&mut self) -> Vec<usize> {
        let end = self.data.len() - self.base;
        let first = end as isize - W_SIZE as isize;
        let first = first.max(-(self.base as isize));
        let prev = self.chains.prev();
        prev.inserted(first, end).map(|at| at + self.base).collect()
    }
}

#[test]
fn prev_says_which_strings_are_inserted_over_slides() {
    for len in (1..40).map(|i| i * 97) {
        let mut noted = Noted::new(len, len as u64);
        let reach = (noted.data.len() + 262)
            .saturating_sub(W_SIZE)
            .max(noted.base + 1);
        let in_reach = |list: &[usize]| -> Vec<usize> {
            list.iter().copied().filter(|&at| at >= reach).collect()
        };
        let (said, inserted) = (noted.said(), noted.inserted.clone());
        assert_eq!(in_reach(&said), in_reach(&inserted), "{len} bytes");
    }
}

#[test]
fn the_last_two_strings_can_be_inserted_later() {
    let data = Random(5).data(60, 5);
    let mut chains = chains(WINDOW_BITS);
    chains.skip(10, 40, 40);
    let said =
        |chains: &mut super::Chains| -> Vec<usize> { chains.prev().inserted(10, 40).collect() };
    assert!(said(&mut chains).is_empty());
    for at in [38, 39] {
        chains.insert(at, [data[at], data[at + 1], data[at + 2]]);
    }
    assert_eq!(said(&mut chains), [38, 39]);
}

#[test]
fn the_heads_are_found_again_from_window_and_links() {
    assert!((1..12).map(check_heads).sum::<usize>() > 20);
}

/// Says how many strings there were.
fn check_heads(seed: u64) -> usize {
    let noted = Noted::new(5 * W_SIZE, seed);
    let (mut chains, data) = (noted.chains, &noted.data[noted.base..]);
    let end = data.len();
    let reach = end + 262 - W_SIZE;
    let walk = |chains: &mut super::Chains, hash| {
        let mut found = Vec::new();
        let mut at = chains.head(hash);
        while at >= reach {
            found.push(at);
            at = chains.prev().before(at);
        }
        found
    };
    let before: Vec<_> = (0..chains.hash().count())
        .map(|hash| walk(&mut chains, hash))
        .collect();
    let mut inserted = super::Inserted {
        first: end as isize - W_SIZE as isize,
        end: end - 2,
        all: false,
    };
    chains.restore(data, &inserted);
    for (hash, before) in before.iter().enumerate() {
        let before: Vec<_> = before.iter().copied().filter(|&at| at < end - 2).collect();
        assert_eq!(walk(&mut chains, hash), before, "hash {hash}");
    }
    // And when all of them are inserted.
    (inserted.first, inserted.all) = (reach as isize, true);
    chains.restore(data, &inserted);
    for hash in 0..chains.hash().count() {
        let with_hash = |at: &usize| zlib_hash(data, *at) == hash;
        let all: Vec<usize> = (reach..end - 2).rev().filter(with_hash).collect();
        assert_eq!(walk(&mut chains, hash), all, "hash {hash}");
    }
    // What older slots said may not have followed the slides.
    assert!((end - W_SIZE..reach).all(|at| chains.prev().before(at) == 0));
    chains.clear();
    chains.insert_each(0, &data[..W_SIZE]);
    chains.clear_strings(&data[..W_SIZE]);
    assert!((0..chains.hash().count()).all(|hash| chains.head(hash) == 0));
    before.iter().flatten().count()
}
