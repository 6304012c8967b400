//! Random sequences of calls, as data: a plan is made from a seed alone, so that a failing
//! one can be repeated, and made shorter by leaving actions out.

use crate::common::api::*;
use crate::common::data::{KINDS, generate};
use crate::common::log::Field;
use crate::common::read_header::Rooms;
use crate::common::rng::Rng;
use crate::common::sequence::{Feed, Room, draw, swarm};
use crate::common::streams::{Source, any};
use std::ffi::c_int;
use std::rc::Rc;

/// A dictionary to set.
#[derive(Clone)]
pub enum Dictionary {
    /// The one that the source at hand wants, or none at all.
    Right,
    Other(Rc<Vec<u8>>),
}

/// One step of a sequence.
#[derive(Clone)]
pub enum Action {
    Inflate {
        flush: c_int,
        feed: Feed,
        room: Room,
    },
    /// inflate with new pieces of input and new room until it stops, or `most` calls.
    Drain {
        flush: c_int,
        piece: usize,
        room: usize,
        most: usize,
    },
    Sync {
        feed: Feed,
    },
    /// inflatePrime some times, and inflateSync with an input that is not the source's: the
    /// marker may begin in the bits that are held.
    SyncHeld {
        primes: Vec<(c_int, c_int)>,
        input: Vec<u8>,
    },
    Prime {
        bits: c_int,
        value: c_int,
    },
    SetDictionary(Dictionary),
    GetDictionary {
        buffer: bool,
        length: bool,
    },
    GetHeader(Rooms),
    /// With the number of the allocation that fails, 0 for none.
    Copy {
        fail: u32,
    },
    Reset,
    Reset2(c_int),
    ResetKeep,
    /// inflateReset2, and then from the start of another source.
    Restart {
        source: usize,
        window_bits: c_int,
    },
    Validate(c_int),
    Undermine(c_int),
    /// inflateEnd, and then init with other windowBits if there are some.
    End(Option<c_int>),
    Set {
        field: Field,
        value: u64,
    },
    /// Makes the next allocation fail that this or one of the next calls asks for.
    Fail,
}

/// A whole sequence. Actions name a stream by number, modulo the streams there are.
#[derive(Clone)]
pub struct Plan {
    pub window_bits: c_int,
    /// Fill values of the streams' heaps; None for the default allocator.
    pub fills: Option<[u8; 2]>,
    /// The allocation that fails at the first try to initialise; 0 for none.
    pub fail: u32,
    /// What the streams read; the first one at first.
    pub sources: Vec<Rc<Source>>,
    pub actions: Vec<(usize, Action)>,
    /// Bytes of input and of room with which each stream is finished; None to leave it.
    pub finish: Option<(usize, usize)>,
}

fn window_bits(source: &Source, rng: &mut Rng) -> c_int {
    match rng.below(40) {
        // Anything, mostly invalid.
        0 => rng.between(-17, 66) as c_int,
        1..4 => {
            let bits = rng.between(8, 15) as c_int;
            rng.pick(&[bits, -bits, bits + 16, bits + 32, 0, 16, 32])
        }
        _ => source.window_bits(rng),
    }
}

/// A size: mostly small, sometimes at an edge of the stream's buffers, sometimes large.
fn size(source: &Source, rng: &mut Rng) -> usize {
    match rng.below(14) {
        0 => 0,
        1..4 => 1 + rng.below(8),
        4..7 => rng.size(400),
        7 => rng.pick(&[258, 258, 259, 262, 264]) + rng.below(8) - 4,
        8 => (1 << source.bits) + rng.below(16) - 8,
        9 => rng.below(1 << source.bits),
        10 => rng.size(70_000),
        11 => 256 + rng.size(2000),
        _ => rng.pick(&[100, 1000, 20_000, 70_000]),
    }
}

fn feed(source: &Source, rng: &mut Rng) -> Feed {
    match rng.below(20) {
        0..3 => Feed::Keep,
        3 if rng.percent(20) => Feed::Null(rng.pick(&[0, 0, 1, 1000])),
        _ => Feed::Piece(size(source, rng)),
    }
}

fn room(source: &Source, rng: &mut Rng) -> Room {
    match rng.below(20) {
        0 | 1 => Room::Keep,
        2 if rng.percent(30) => Room::Bytes(0),
        3 if rng.percent(10) => Room::Null,
        2..5 => Room::Bytes(1 + rng.below(12)),
        _ => Room::Bytes(size(source, rng)),
    }
}

fn flush(rng: &mut Rng) -> c_int {
    match rng.below(20) {
        0 => rng.pick(&[-1, 7, 100, c_int::MIN, c_int::MAX]),
        1 | 2 => Z_FINISH,
        3..6 => Z_BLOCK,
        6..9 => Z_TREES,
        9..16 => Z_NO_FLUSH,
        _ => rng.pick(&[Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH]),
    }
}

fn drain(source: &Source, rng: &mut Rng) -> Action {
    Action::Drain {
        flush: flush(rng),
        piece: match rng.below(3) {
            0 => 1 + rng.below(12),
            1 => 1 + rng.size(500),
            _ => usize::MAX,
        },
        room: match rng.below(3) {
            0 => 1 + rng.below(12),
            1 => 1 + rng.size(500),
            _ => size(source, rng).max(1),
        },
        most: 1 + rng.size(2_000),
    }
}

fn sync_held(rng: &mut Rng) -> Action {
    let primes = (0..rng.below(3)).map(|_| {
        let (any_bits, any) = (rng.below(17) as c_int, rng.next() as c_int);
        let bits = rng.pick(&[8, 16, 16, any_bits]);
        (bits, rng.pick(&[0, 0, 0xff00, 0xffff, any]))
    });
    let primes = primes.collect();
    let zeros = rng.below(4);
    let ones = rng.below(4);
    let mut input = vec![0; zeros];
    input.resize(zeros + ones, 0xff);
    Action::SyncHeld { primes, input }
}

fn dictionary(source: &Source, rng: &mut Rng) -> Dictionary {
    if rng.percent(50) {
        return Dictionary::Right;
    }
    let window = 1 << source.bits;
    let len = match rng.below(6) {
        0 => rng.below(5),
        1 => window + rng.below(3) - 1,
        2 => window + 1 + rng.below(window),
        _ => rng.size(window),
    };
    Dictionary::Other(Rc::new(generate(rng.pick(&KINDS), len, rng)))
}

fn member(rng: &mut Rng) -> Action {
    let field = rng.pick(&[
        Field::TotalIn,
        Field::TotalOut,
        Field::Adler,
        Field::DataType,
    ]);
    let any = rng.next();
    let value = match field {
        // Not the bits that the guard reads.
        Field::DataType => 64 * rng.below(8) as u64,
        _ => rng.pick(&[0, 1, 1000, u32::MAX.into(), 1 << 32, u64::MAX, any]),
    };
    Action::Set { field, value }
}

/// How often each kind of action is chosen, in the order of `action`.
const WEIGHTS: [usize; 16] = [40, 30, 3, 3, 5, 3, 4, 4, 2, 2, 1, 3, 2, 1, 2, 4];
/// Index in WEIGHTS of inflate; every sequence has it.
const INFLATE: usize = 0;

fn action(plan: &Plan, weights: &[usize], rng: &mut Rng) -> Action {
    let source = &*plan.sources[rng.below(plan.sources.len())];
    match draw(weights, rng) {
        INFLATE => Action::Inflate {
            flush: flush(rng),
            feed: feed(source, rng),
            room: room(source, rng),
        },
        1 => drain(source, rng),
        2 if rng.percent(50) => sync_held(rng),
        2 => Action::Sync {
            feed: feed(source, rng),
        },
        3 => Action::Prime {
            bits: rng.between(-1, 17) as c_int,
            value: rng.next() as c_int,
        },
        4 => Action::SetDictionary(dictionary(source, rng)),
        5 => Action::GetDictionary {
            buffer: rng.percent(80),
            length: rng.percent(80),
        },
        6 => Action::GetHeader(Rooms::random(rng)),
        7 => Action::Copy {
            fail: if rng.percent(20) {
                1 + rng.below(3) as u32
            } else {
                0
            },
        },
        8 => Action::Reset,
        9 => Action::Reset2(window_bits(source, rng)),
        10 => Action::ResetKeep,
        11 => {
            let source = rng.below(plan.sources.len());
            Action::Restart {
                source,
                window_bits: window_bits(&plan.sources[source], rng),
            }
        }
        12 => Action::Validate(rng.pick(&[0, 0, 1, -1])),
        13 => Action::Undermine(rng.pick(&[0, 1])),
        14 => match rng.below(3) {
            0 => Action::Fail,
            1 => Action::End(None),
            _ => Action::End(Some(window_bits(source, rng))),
        },
        _ => member(rng),
    }
}

/// The plan of a seed.
pub fn plan(seed: u64) -> Plan {
    let rng = &mut Rng::new(seed);
    let most = match rng.below(20) {
        0..8 => 5_000,
        8..17 => 80_000,
        _ => 200_000,
    };
    let sources: Vec<Rc<Source>> = (0..rng.between(1, 3))
        .map(|_| Rc::new(any(most, rng)))
        .collect();
    let mut plan = Plan {
        window_bits: window_bits(&sources[0], rng),
        fills: rng.percent(55).then(|| [rng.byte(), rng.byte()]),
        fail: if rng.percent(3) { 1 } else { 0 },
        sources,
        actions: Vec::new(),
        finish: rng.percent(85).then(|| {
            let piece = rng.pick(&[1, 10, 1000, usize::MAX, usize::MAX]);
            (piece, rng.pick(&[1, 100, 257, 258, 1000, 70_000, 300_000]))
        }),
    };
    if plan.sources[0].wrap == crate::common::streams::Wrap::Raw {
        let right = Action::SetDictionary(Dictionary::Right);
        plan.actions.push((0, right));
    }
    // A third of the sequences read only.
    let weights = if rng.percent(33) {
        let mut weights = [0; WEIGHTS.len()];
        weights[..2].copy_from_slice(&WEIGHTS[..2]);
        weights[6] = 1;
        weights
    } else {
        swarm(WEIGHTS, INFLATE, rng)
    };
    for _ in 0..rng.between(2, 50) {
        let stream = rng.below(4);
        let next = action(&plan, &weights, rng);
        let is_restart = matches!(next, Action::Restart { .. } | Action::End(_));
        plan.actions.push((stream, next));
        if is_restart && rng.percent(80) {
            let right = Action::SetDictionary(Dictionary::Right);
            plan.actions.push((stream, right));
        }
    }
    plan
}
