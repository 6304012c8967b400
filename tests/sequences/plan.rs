//! Random sequences of calls, as data: a plan is made from a seed alone, so that a failing
//! one can be repeated, and made shorter by leaving actions out.

use crate::common::api::*;
use crate::common::data::{KINDS, Kind, generate};
use crate::common::header::Header;
use crate::common::log::{Field, Settings};
use crate::common::rng::Rng;
use crate::common::sequence::{Feed, Room, draw, swarm};
use std::ffi::c_int;
use std::rc::Rc;

/// One step of a sequence.
#[derive(Clone)]
pub enum Action {
    Deflate {
        flush: c_int,
        feed: Feed,
        room: Room,
    },
    /// deflate with one flush value and new room until it is complete, or `most` calls.
    Drain {
        flush: c_int,
        room: usize,
        most: usize,
    },
    Params {
        level: c_int,
        strategy: c_int,
        feed: Feed,
        room: Room,
    },
    Tune([c_int; 4]),
    Prime {
        bits: c_int,
        value: c_int,
    },
    SetDictionary(Option<Rc<Vec<u8>>>),
    GetDictionary {
        buffer: bool,
        length: bool,
    },
    SetHeader(Option<Rc<Header>>),
    Bound(u64),
    /// With the number of the allocation that fails, 0 for none.
    Copy {
        fail: u32,
    },
    Reset,
    ResetKeep,
    /// deflateEnd, and then init with other settings if there are some.
    End(Option<Settings>),
    Set {
        field: Field,
        value: u64,
    },
}

/// A whole sequence. Actions name a stream by number, modulo the streams there are.
#[derive(Clone)]
pub struct Plan {
    pub settings: Settings,
    /// Fill values of the streams' heaps; None for the default allocator.
    pub fills: Option<[u8; 2]>,
    /// The allocation that fails at the first try to initialise; 0 for none.
    pub fail: u32,
    pub kind: Kind,
    pub data: Rc<Vec<u8>>,
    pub actions: Vec<(usize, Action)>,
    /// Bytes of room with which each stream is finished; None to leave it.
    pub finish: Option<usize>,
}

/// Window sizes in bytes that the sizes of pieces and dictionaries are drawn around.
fn window(settings: Settings) -> usize {
    match settings.window_bits {
        bits @ -15..=-9 => 1 << -bits,
        bits @ 9..=15 => 1 << bits,
        bits @ 25..=31 => 1 << (bits - 16),
        _ => 512,
    }
}

fn settings(rng: &mut Rng) -> Settings {
    if rng.percent(2) {
        // Anything, mostly invalid.
        return Settings {
            level: rng.between(-2, 10) as c_int,
            window_bits: rng.between(-17, 33) as c_int,
            mem_level: rng.between(-1, 11) as c_int,
            strategy: rng.between(-1, 5) as c_int,
        };
    }
    let bits = match rng.below(10) {
        0..3 => 9,
        3..8 => rng.between(10, 12),
        8 => rng.between(13, 15),
        _ => 15,
    } as c_int;
    let window_bits = match rng.below(10) {
        0..4 => rng.pick(&[bits, bits, bits, 8]),
        4..7 => -bits,
        _ => bits + 16,
    };
    let mem_level = if rng.percent(60) {
        rng.between(1, 2)
    } else {
        rng.between(3, 9)
    };
    Settings {
        level: rng.between(-1, 9) as c_int,
        window_bits,
        mem_level: mem_level as c_int,
        strategy: strategy(rng),
    }
}

fn strategy(rng: &mut Rng) -> c_int {
    if rng.percent(50) {
        0
    } else {
        rng.between(1, 4) as c_int
    }
}

/// A size: mostly small, sometimes at an edge of the stream's buffers, sometimes large.
fn size(settings: Settings, rng: &mut Rng) -> usize {
    let window = window(settings);
    let symbols = 1usize << (settings.mem_level.clamp(1, 9) + 6);
    match rng.below(12) {
        0 => 0,
        1..4 => 1 + rng.below(6),
        4..8 => rng.size(400),
        8 => {
            let edges = [window, window - 262, 2 * window - 262, symbols, 4 * symbols];
            rng.pick(&edges) + rng.below(16) - 8
        }
        9 => rng.below(window),
        10 => rng.size(3 * window),
        _ => rng.size(30_000),
    }
}

fn feed(settings: Settings, rng: &mut Rng) -> Feed {
    match rng.below(20) {
        0..5 => Feed::Keep,
        5 if rng.percent(20) => Feed::Null(rng.pick(&[0, 0, 1, 1000])),
        _ => Feed::Piece(size(settings, rng)),
    }
}

fn room(settings: Settings, rng: &mut Rng) -> Room {
    match rng.below(20) {
        0 | 1 => Room::Keep,
        2 if rng.percent(30) => Room::Bytes(0),
        3 if rng.percent(10) => Room::Null,
        2..9 => Room::Bytes(1 + rng.below(12)),
        9..14 => Room::Bytes(size(settings, rng)),
        _ => Room::Bytes(100_000),
    }
}

fn flush(rng: &mut Rng) -> c_int {
    match rng.below(40) {
        0 => rng.pick(&[-1, 6, 7, 100, c_int::MIN]),
        1 => Z_FINISH,
        2..20 => Z_NO_FLUSH,
        _ => rng.pick(&[Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_BLOCK]),
    }
}

fn tune(rng: &mut Rng) -> [c_int; 4] {
    const VALUES: [c_int; 16] = [
        0,
        1,
        2,
        3,
        4,
        5,
        8,
        32,
        128,
        257,
        258,
        259,
        4096,
        -1,
        c_int::MAX,
        c_int::MIN,
    ];
    [(); 4].map(|()| rng.pick(&VALUES))
}

fn dictionary(settings: Settings, plan: &Plan, rng: &mut Rng) -> Option<Rc<Vec<u8>>> {
    if rng.percent(4) {
        return None;
    }
    let window = window(settings);
    let len = match rng.below(8) {
        0 => rng.below(5),
        1 => window + rng.below(3) - 1,
        2 => window + 1 + rng.below(window),
        _ => rng.size(window),
    };
    // Half of the dictionaries are like the data, so that there are matches into them.
    Some(Rc::new(if rng.percent(50) && plan.data.len() > len {
        let start = rng.below(plan.data.len() - len);
        plan.data[start..start + len].to_vec()
    } else {
        generate(plan.kind, len, rng)
    }))
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
        Field::DataType => rng.below(4) as u64,
        _ => rng.pick(&[0, 1, 1000, u32::MAX.into(), 1 << 32, u64::MAX, any]),
    };
    Action::Set { field, value }
}

/// How often each kind of action is chosen, in the order of `action`.
const WEIGHTS: [usize; 13] = [48, 14, 10, 4, 3, 4, 2, 3, 2, 3, 2, 1, 4];
/// Index in WEIGHTS of deflate; every sequence has it.
const DEFLATE: usize = 0;
/// Index in WEIGHTS of deflateParams.
const PARAMS: usize = 2;
/// Index in WEIGHTS of deflatePrime.
const PRIME: usize = 4;

fn action(settings: Settings, plan: &Plan, weights: &[usize], rng: &mut Rng) -> Action {
    match draw(weights, rng) {
        DEFLATE => {
            let room = room(settings, rng);
            Action::Deflate {
                flush: flush(rng),
                feed: feed(settings, rng),
                room,
            }
        }
        1 => {
            let room = rng.pick(&[1, 2, 3, 5, 6, 7, 11, 64, 500, 100_000]);
            Action::Drain {
                flush: flush(rng),
                room,
                most: 1 + rng.size(3_000),
            }
        }
        PARAMS => {
            // Level 0 often: what comes back from it has windows to make up for.
            let mut level = if rng.percent(25) {
                0
            } else {
                rng.between(-1, 9) as c_int
            };
            let mut strategy = strategy(rng);
            if rng.percent(4) {
                (level, strategy) = (rng.pick(&[-2, 10, 6]), rng.pick(&[-1, 5, 0]));
            }
            let room = room(settings, rng);
            Action::Params {
                level,
                strategy,
                feed: feed(settings, rng),
                room,
            }
        }
        3 => Action::Tune(tune(rng)),
        PRIME => Action::Prime {
            bits: rng.between(-1, 17) as c_int,
            value: rng.next() as c_int,
        },
        5 => Action::SetDictionary(dictionary(settings, plan, rng)),
        6 => Action::GetDictionary {
            buffer: rng.percent(80),
            length: rng.percent(80),
        },
        7 => Action::SetHeader(rng.percent(85).then(|| Rc::new(Header::random(rng)))),
        8 => {
            let any = rng.next() >> rng.below(64);
            Action::Bound(rng.pick(&[0, 1, any, u64::MAX - (any >> 40)]))
        }
        9 => Action::Copy {
            fail: if rng.percent(10) {
                1 + rng.below(5) as u32
            } else {
                0
            },
        },
        10 => {
            if rng.percent(70) {
                Action::Reset
            } else {
                Action::ResetKeep
            }
        }
        11 => Action::End(rng.percent(70).then(|| self::settings(rng))),
        _ => member(rng),
    }
}

/// A way through level 0 and back, with data of about a window before, at and after it: the
/// hash chains of before have to fit the window again.
fn detour(plan: &mut Plan, stream: usize, rng: &mut Rng) {
    let window = window(plan.settings);
    let level = rng.between(1, 9) as c_int;
    for level in [level, 0, level] {
        let (feed, room) = (Feed::Keep, Room::Bytes(100_000));
        let action = Action::Params {
            level,
            strategy: 0,
            feed,
            room,
        };
        plan.actions.push((stream, action));
        for _ in 0..rng.between(1, 3) {
            let flush = rng.pick(&[Z_NO_FLUSH, Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_BLOCK]);
            let feed = Feed::Piece(rng.below(window));
            plan.actions
                .push((stream, Action::Deflate { flush, feed, room }));
        }
    }
}

/// The plan of a seed.
pub fn plan(seed: u64) -> Plan {
    let rng = &mut Rng::new(seed);
    let settings = settings(rng);
    let kind = rng.pick(&KINDS);
    let window = window(settings);
    let len = match rng.below(20) {
        0..10 => rng.size(8_000),
        10..17 => rng.below(6 * window.min(4096)),
        17..19 => rng.below(4 * window),
        _ => rng.below(200_000),
    };
    let mut plan = Plan {
        settings,
        fills: rng.percent(60).then(|| [rng.byte(), rng.byte()]),
        fail: if rng.percent(3) {
            1 + rng.below(5) as u32
        } else {
            0
        },
        kind,
        data: Rc::new(generate(kind, len, rng)),
        actions: Vec::new(),
        finish: rng.percent(85).then(|| rng.pick(&[1, 2, 7, 100, 100_000])),
    };
    let weights = swarm(WEIGHTS, DEFLATE, rng);
    for _ in 0..rng.between(5, 60) {
        let stream = rng.below(4);
        let next = action(settings, &plan, &weights, rng);
        // What does not fit is often asked for again, as programs do.
        let again = match next {
            Action::Deflate { flush, .. } if rng.percent(50) => Some(flush),
            _ => None,
        };
        plan.actions.push((stream, next));
        if let Some(flush) = again {
            let room = rng.pick(&[1, 4, 5, 6, 30, 1000, 100_000]);
            plan.actions.push((
                stream,
                Action::Drain {
                    flush,
                    room,
                    most: 1 + rng.size(3_000),
                },
            ));
        }
        if weights[PARAMS] > 0 && rng.percent(5) {
            detour(&mut plan, stream, rng);
        }
        if weights[PRIME] > 0 && rng.percent(1) {
            // Bits in a row.
            for _ in 0..rng.below(40) {
                let value = rng.next() as c_int;
                plan.actions.push((
                    stream,
                    Action::Prime {
                        bits: rng.below(17) as c_int,
                        value,
                    },
                ));
            }
        }
    }
    plan
}
