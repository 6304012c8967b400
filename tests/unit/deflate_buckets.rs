//! The buckets of levels 1 to 5 against a list of strings.

use super::*;
use crate::deflate::unit::{Random, Strings, UsedMemory, chains};

const WINDOW_BITS: u8 = 9;
const W_SIZE: usize = 1 << WINDOW_BITS;

/// The four strings before the one at `at`, as positions.
fn four_before(strings: &Strings, at: usize) -> [usize; BUCKET_LEN] {
    let mut before = strings.in_chain(at).map(|i| strings.position(i));
    [(); BUCKET_LEN].map(|()| before.next().unwrap_or(0))
}

fn positions(bucket: Bucket) -> [usize; BUCKET_LEN] {
    [0, 1, 2, 3].map(|i| bucket.at(i))
}

fn buckets<K: Kept>(memory: &mut UsedMemory, set: Set) -> Buckets<K> {
    Buckets::new(
        WINDOW_BITS,
        chains(WINDOW_BITS).hash(),
        &mut memory.carver(),
        set,
    )
    .unwrap()
}

/// Inserts with gaps, or ahead without, and compares each bucket.
fn check<K: Kept>(set: Set, seed: u64, ahead: bool) {
    let mut random = Random(seed);
    let mut strings = Strings {
        data: random.data(5 * W_SIZE, 6),
        base: 0,
        inserted: Vec::new(),
    };
    let mut memory = UsedMemory::new();
    let mut buckets = buckets::<K>(&mut memory, set);
    if ahead {
        buckets.frontier = 0;
    }
    let mut at = 0;
    while at < strings.data.len() - 100 {
        if at - strings.base > 2 * W_SIZE - 100 {
            buckets.slide();
            strings.base += W_SIZE;
        }
        let end = at + 1 + random.below(60);
        if ahead {
            let data = &strings.data[strings.base..end + 2];
            buckets.insert_until(data, end + 7 - strings.base);
            assert_eq!(buckets.frontier + strings.base, end);
        }
        for i in at..end {
            let position = i - strings.base;
            if !ahead && random.below(4) == 0 {
                continue;
            }
            if !ahead {
                let bytes = [0, 1, 2].map(|j| strings.data[i + j]);
                let bucket = buckets.insert(position, bytes);
                assert_eq!(positions(bucket), four_before(&strings, i), "at {i}");
            }
            let expected = four_before(&strings, i);
            if K::IS_ALL {
                assert_eq!(positions(buckets.kept(position)), expected, "at {i}");
            }
            strings.inserted.insert(0, i);
        }
        at = end;
    }
}

#[test]
fn buckets_have_the_four_strings_before_over_slides() {
    for set in Set::all() {
        check::<Bucket>(set, 1, false);
        check::<()>(set, 2, false);
        check::<Bucket>(set, 3, true);
    }
}

#[test]
fn they_are_filled_with_what_is_inserted() {
    Set::all().for_each(check_fill);
}

fn check_fill(set: Set) {
    let mut random = Random(4);
    let data = random.data(W_SIZE, 6);
    let mut strings = Strings {
        data: data.clone(),
        base: 0,
        inserted: Vec::new(),
    };
    let mut noted = chains(WINDOW_BITS);
    noted.make_ready(W_SIZE);
    for at in 0..300 {
        if random.below(3) == 0 {
            noted.skip(at, at + 1, W_SIZE);
        } else {
            noted.insert(at, *whole(&data[at..]));
            strings.inserted.insert(0, at);
        }
    }
    let inserted = Inserted {
        first: 0,
        end: 300,
        all: false,
    };
    // The second time what was there before must go.
    let mut memory = UsedMemory::new();
    for _ in 0..2 {
        let mut buckets = buckets::<Bucket>(&mut memory, set);
        buckets.fill(&data, &inserted, &noted.prev());
        for at in (1..300).filter(|at| strings.inserted.contains(at)) {
            assert_eq!(
                positions(buckets.kept(at)),
                four_before(&strings, at),
                "at {at}"
            );
        }
        let bucket = buckets.insert(300, *whole(&data[300..]));
        assert_eq!(positions(bucket), four_before(&strings, 300));
    }
}

#[test]
fn the_greatest_key_is_the_longest_then_the_nearest() {
    let mut window = vec![0u8; 64];
    window[40..48].copy_from_slice(b"abcdefgh");
    window[30..38].copy_from_slice(b"abcdXfgh");
    window[20..28].copy_from_slice(b"abcdYfgh");
    window[10..18].copy_from_slice(b"abcXefgh");
    let word = u64::from_le_bytes(*b"abcdefgh");
    let bucket = Bucket::default().pushed(10).pushed(20).pushed(30);
    // SAFETY: 8 bytes lie at 30, 20, 10 and 0.
    let (all, above) = unsafe {
        let bytes = Bytes(&window);
        (bucket.best(bytes, word), bucket.best_above(bytes, word, 0))
    };
    assert!(all == above && all.length() == 4 && bucket.at(all.rank()) == 30);
    let bucket = Bucket::default().pushed(10).pushed(20).pushed(40);
    // SAFETY: as above.
    let key = unsafe { bucket.best_above(Bytes(&window), word, 20) };
    assert!(key.length() == 8 && bucket.at(key.rank()) == 40);
}
