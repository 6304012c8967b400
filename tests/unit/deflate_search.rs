//! The searches against each other, and against a search that looks at all of a chain.

use super::*;
use crate::deflate::classic::search::anchor_index::AnchorIndex;
use crate::deflate::classic::search::buckets::{Bucket, Buckets};
use crate::deflate::classic::search::chains::Inserted;
use crate::deflate::classic::search::cpu::kernel::{Cpu, Kernel};
use crate::deflate::classic::search::cpu::set::Set;
use crate::deflate::classic::search::query::Query;
use crate::deflate::unit::{Random, UsedMemory, chains, zlib_hash};

const WINDOW_BITS: u8 = 12;
/// Bytes of each input; it has 300 more to load.
const LEN: usize = 4096;
const MAX_DIST: usize = (1 << WINDOW_BITS) - 262;

/// zlib's rules: up to `budget` strings of the chain, nearest first; a longer one counts, and one
/// that is long enough ends the search.
fn naive(data: &[u8], p: usize, best: Match, budget: usize, nice: usize) -> Match {
    let hash = zlib_hash(data, p);
    let chain = (1..p).rev().filter(|&c| zlib_hash(data, c) == hash);
    // The first may be max_dist away, the others only less.
    let near = chain
        .enumerate()
        .take_while(|(i, c)| p - c < MAX_DIST + usize::from(*i == 0));
    let mut best = best;
    for (_, c) in near.take(budget) {
        let pairs = data[p..p + MAX_MATCH].iter().zip(&data[c..]);
        let length = pairs.take_while(|(a, b)| a == b).count();
        let is_real = best.length != 0 || data[c - 1] == data[p - 1];
        if length > best.length && is_real && length >= MIN_MATCH {
            best = Match { length, start: c };
            if length >= nice {
                break;
            }
        }
    }
    best
}

fn search_chains(
    chains: &Chains,
    data: &[u8],
    p: usize,
    best: Match,
    tunables: &Tunables,
) -> Match {
    let candidate = chains.before(Link::at(p as u16));
    if candidate == Link::NIL || p - candidate.position() > MAX_DIST {
        return best;
    }
    chains.longest_match(ChainQuery {
        window: data,
        strstart: p,
        lookahead: MAX_MATCH,
        candidate,
        best,
        max_dist: MAX_DIST,
        tunables,
    })
}

/// The results of both indexes.
struct OnIndexes<'a>(&'a AnchorIndex, &'a Buckets<Bucket>, Bytes<'a>, Query);

impl Kernel for OnIndexes<'_> {
    type End = [Match; 2];

    fn run<C: Cpu>(self, cpu: C) -> [Match; 2] {
        let OnIndexes(anchors, buckets, bytes, query) = self;
        let bucket = buckets.kept(query.p);
        // SAFETY: 258 bytes lie at p, all strings up to there are inserted, and it is the bucket of
        // the string there.
        unsafe {
            [
                anchors.search(cpu, bytes, query),
                buckets.search(cpu, bytes, query, bucket, |c| buckets.kept(c).at(0)),
            ]
        }
    }
}

#[test]
fn all_searches_find_what_zlib_finds() {
    for (seed, letters) in [(1, 2), (2, 4), (3, 20), (4, 256)] {
        let mut random = Random(seed);
        let data = random.data(LEN + 300, letters);
        let mut full = chains(WINDOW_BITS);
        full.insert_each(0, &data[..LEN]);
        let inserted = Inserted {
            first: 0,
            end: LEN - 2,
            all: true,
        };
        let sets: Vec<_> = Set::all().collect();
        let mut memory: Vec<_> = sets
            .iter()
            .map(|_| [UsedMemory::new(), UsedMemory::new()])
            .collect();
        let of_sets: Vec<_> = core::iter::zip(sets, &mut memory)
            .map(|(set, [first, second])| {
                let (mut first, mut second) = (first.carver(), second.carver());
                let mut anchors =
                    AnchorIndex::new(WINDOW_BITS, full.hash(), &mut first, set).unwrap();
                let mut buckets = Buckets::new(WINDOW_BITS, full.hash(), &mut second, set).unwrap();
                anchors.fill(&data[..LEN], &inserted);
                buckets.fill(&data[..LEN], &inserted, &full.prev());
                (set, anchors, buckets)
            })
            .collect();
        for _ in 0..4000 {
            let p = MIN_MATCH + random.below(LEN - 20);
            let nice = [8, 32, 128, MAX_MATCH][random.below(4)];
            let budget = [4, 16, 128, 1024][random.below(4)];
            let length = [2, 2, 3, 5, 7, 9, 30][random.below(7)];
            let best = Match {
                length: length.min(nice - 1),
                start: p,
            };
            let expected = naive(&data, p, best, budget, nice);
            let is_same =
                |found: Match| (found.length, found.start) == (expected.length, expected.start);
            let context = format!("seed {seed}, p {p}, {budget}, {nice}, {}", best.length);
            let tunables = Tunables {
                good_length: 1000,
                max_lazy: 0,
                nice_length: nice as i32,
                max_chain: budget as u32,
            };
            assert!(
                is_same(search_chains(&full, &data, p, best, &tunables)),
                "{context}"
            );
            let limit = p.saturating_sub(MAX_DIST);
            let head = full.before(Link::at(p as u16)).position();
            let query = Query {
                p,
                best: best.length,
                limit: limit.saturating_sub(usize::from(head == limit)),
                max_chain: budget as u16,
                nice_length: nice,
                short_reach: MAX_DIST,
            };
            if head == 0 || head < limit {
                continue;
            }
            for (set, anchors, buckets) in &of_sets {
                let both = OnIndexes(anchors, buckets, Bytes(&data), query);
                let [on_anchors, on_buckets] = set.run(both);
                assert!(is_same(on_anchors), "anchors, {set:?}, {context}");
                assert!(is_same(on_buckets), "buckets, {set:?}, {context}");
            }
        }
    }
}

#[test]
fn with_no_length_to_beat_the_byte_before_counts() {
    let mut random = Random(9);
    let data = random.data(LEN + 300, 3);
    let mut full = chains(WINDOW_BITS);
    full.insert_each(0, &data[..LEN]);
    let tunables = Tunables {
        good_length: 8,
        max_lazy: 0,
        nice_length: 20,
        max_chain: 6,
    };
    for p in 10..LEN - 20 {
        let best = Match {
            length: 0,
            start: 77,
        };
        let expected = naive(&data, p, best, 6, 20);
        let found = search_chains(&full, &data, p, best, &tunables);
        assert_eq!(
            (found.length, found.start),
            (expected.length, expected.start)
        );
    }
}
