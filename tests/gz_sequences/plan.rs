//! Random sequences of calls, as data: a file, a mode, and what is done.

use crate::common::data::{KINDS, generate};
use crate::common::gz_call::GzCall;
use crate::common::log::Settings;
use crate::common::rng::Rng;
use crate::common::sequence::{draw, swarm};
use crate::common::streams::compress;
use std::ffi::{CString, c_int};
use std::rc::Rc;

/// Calls after gzopen and gzbuffer, at most.
const CALLS: usize = 60;
/// Bytes of data in a file that is read, at most.
const DATA: usize = 150_000;

/// What a file is before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It is not there.
    Absent,
    /// No gzip.
    Plain,
    /// A few bytes, often the beginning of a gzip header.
    Tiny,
    /// Complete members and nothing else.
    Members,
    /// Complete members, and bytes that are none.
    Garbage,
    /// The last member has no end.
    Truncated,
    /// A bit is wrong, behind data that can be decoded.
    Damaged,
}

/// A sequence.
#[derive(Clone)]
pub struct Plan {
    /// The file's bytes.
    pub bytes: Rc<Vec<u8>>,
    /// What is in it, when it is complete.
    pub data: Rc<Vec<u8>>,
    /// How it was made.
    pub made: Made,
    /// gzopen's mode.
    pub mode: CString,
    /// It is opened by descriptor, this far from its beginning.
    pub descriptor: Option<u64>,
    /// gzbuffer, if at all.
    pub buffer: Option<u32>,
    /// What is done.
    pub calls: Vec<GzCall>,
}

/// A gzip member with `data`.
fn member(data: &[u8], rng: &mut Rng) -> Vec<u8> {
    let settings = Settings {
        level: rng.between(-1, 9) as c_int,
        window_bits: 31,
        mem_level: rng.between(1, 9) as c_int,
        strategy: rng.pick(&[0, 0, 0, 1, 2, 3, 4]),
    };
    compress(settings, data, &[], None, rng)
}

/// Text with lines of many lengths, or anything.
fn content(len: usize, rng: &mut Rng) -> Vec<u8> {
    let mut data = generate(rng.pick(&KINDS), len, rng);
    if rng.percent(60) {
        let mut at = rng.size(200);
        while at < data.len() {
            data[at] = b'\n';
            at += 1 + rng.size(2000);
        }
    }
    data
}

/// The file that a plan starts with: its bytes and what it holds.
fn file(made: Made, rng: &mut Rng) -> (Vec<u8>, Vec<u8>) {
    match made {
        Made::Absent => (Vec::new(), Vec::new()),
        Made::Plain => {
            let mut data = content(rng.size(DATA), rng);
            if let Some(first) = data.first_mut() {
                *first = b'p';
            }
            (data.clone(), data)
        }
        Made::Tiny => {
            let header = [0x1f, 0x8b, 8, rng.pick(&[0, 0, 31, 32]), 0, 0, 0, 0, 0, 3];
            let len = rng.below(header.len() + 1);
            let mut bytes = header[..len].to_vec();
            if rng.percent(30) && len != 0 {
                bytes[rng.below(len)] = rng.byte();
            }
            (bytes, Vec::new())
        }
        Made::Members | Made::Garbage | Made::Truncated | Made::Damaged => {
            let (mut bytes, mut data) = (Vec::new(), Vec::new());
            let mut last = 0;
            for _ in 0..rng.pick(&[1, 1, 2, 3, 10]) {
                let part = content(rng.size(DATA / 3), rng);
                last = bytes.len();
                bytes.extend(member(&part, rng));
                data.extend(part);
            }
            match made {
                Made::Garbage => {
                    let len = 1 + rng.size(20_000);
                    let mut garbage = if rng.percent(50) {
                        vec![0; len]
                    } else {
                        generate(KINDS[1], len, rng)
                    };
                    // What begins like a member is not garbage until it is decoded.
                    garbage[0] &= 0x0f;
                    bytes.extend(garbage);
                }
                Made::Truncated => {
                    let len = bytes.len() - last;
                    bytes.truncate(last + 1 + rng.below(len - 1));
                    data.clear();
                }
                Made::Damaged => {
                    let at = bytes.len() / 2 + rng.below(bytes.len() / 2);
                    bytes[at] ^= 1 << rng.below(8);
                    data.clear();
                }
                _ => {}
            }
            (bytes, data)
        }
    }
}

/// A mode: its letter, others in any order, and what means nothing.
fn mode(letter: char, rng: &mut Rng) -> CString {
    let mut letters = vec![letter];
    let others: &[char] = if letter == 'r' {
        &['b', 'b', 'G', 'e', 'f', '7', 'z']
    } else {
        &[
            'b', 'e', 'f', 'h', 'R', 'F', '0', '1', '2', '6', '9', 'T', 'x', ' ',
        ]
    };
    for _ in 0..rng.pick(&[0, 0, 1, 1, 2, 4]) {
        letters.insert(rng.below(letters.len() + 1), rng.pick(others));
    }
    if rng.percent(2) {
        letters.insert(
            rng.below(letters.len() + 1),
            rng.pick(&['+', 'T', 'G', 'w', 'r', 'a']),
        );
    }
    CString::new(letters.into_iter().collect::<String>()).unwrap_or_default()
}

/// A length that is often about the buffer's.
fn length(buffer: u32, most: usize, rng: &mut Rng) -> usize {
    if rng.percent(30) {
        let about = buffer as i64 * rng.between(1, 3) / rng.pick(&[1, 1, 2]);
        (about + rng.between(-2, 2)).clamp(0, most as i64) as usize
    } else {
        rng.size(most)
    }
}

/// Size and number of items; now and then so many that no size_t holds their length.
fn items(count: usize, rng: &mut Rng) -> (usize, usize) {
    match rng.pick(&[0, 1, 2, 3, 7, 100, usize::MAX]) {
        usize::MAX => (usize::MAX / 2, 3 + count),
        size => (size, count),
    }
}

fn offset(rng: &mut Rng) -> i64 {
    let size = rng.size(2 * DATA) as i64;
    rng.pick(&[size, size, -size, 0, size / 100, -size / 100])
}

/// A call for a file that is read (`reads`) or written.
fn call(reads: bool, buffer: u32, weights: &[usize], rng: &mut Rng) -> GzCall {
    let len = length(buffer, 40_000, rng);
    let (short, seed) = (rng.size(300), rng.next());
    let seek = |rng: &mut Rng| GzCall::Seek {
        offset: offset(rng),
        whence: rng.pick(&[0, 1, 1, 2, 7]),
    };
    match (reads, draw(weights, rng)) {
        (true, 0) => GzCall::Read { len: len as u32 },
        (true, 1) => {
            let (size, count) = items(rng.pick(&[0, 1, short, len]), rng);
            GzCall::ReadItems { size, count }
        }
        (true, 2) => GzCall::GetLine {
            len: rng.pick(&[-1, 0, 1, 2, short as c_int, len as c_int]),
        },
        (true, 3) => GzCall::GetByte,
        (true, 4) => GzCall::GetByteByMacro,
        (true, 5) => GzCall::UngetByte {
            byte: rng.pick(&[-1, 0, 10, 65, 255, 256]),
        },
        (true, 6) => GzCall::Direct,
        (true, 7) => GzCall::Rewind,
        (true, 8) => GzCall::Grow {
            len: 1 + rng.size(5000),
            seed,
        },
        (false, 0) => GzCall::Write {
            len: len as u32,
            seed,
        },
        (false, 1) => {
            let (size, count) = items(rng.pick(&[0, 1, short, len / 100]), rng);
            GzCall::WriteItems { size, count, seed }
        }
        (false, 2) => GzCall::PutText { len, seed },
        (false, 3) => GzCall::PutByte {
            byte: rng.pick(&[-1, 0, 10, 65, 255, 256]),
        },
        (false, 4) => GzCall::Print {
            len,
            number: rng.next() as i64,
        },
        (false, 5) => GzCall::Flush {
            flush: rng.pick(&[0, 1, 2, 2, 3, 4, 4, 5, -1]),
        },
        (false, 6) => GzCall::SetParams {
            level: rng.between(-1, 9) as c_int,
            strategy: rng.between(0, 4) as c_int,
        },
        (false, 7) => GzCall::PutByte { byte: 66 },
        (false, 8) => GzCall::Direct,
        (_, 9) => seek(rng),
        (_, 10) => match seek(rng) {
            GzCall::Seek { offset, whence } => GzCall::Seek64 { offset, whence },
            other => other,
        },
        (_, 11) => GzCall::Tell64,
        (_, 12) => GzCall::Offset,
        (_, 13) => GzCall::ClearError,
        (_, 14) => rng.pick(&[
            GzCall::CloseWrong,
            GzCall::Buffer { size: 100 },
            GzCall::Read { len: u32::MAX },
            GzCall::Write { len: 3, seed },
            GzCall::Rewind,
            GzCall::Flush { flush: 4 },
            GzCall::GetByte,
            GzCall::PutByte { byte: 1 },
            GzCall::Print { len: 5, number: 1 },
        ]),
        _ => GzCall::Tell64,
    }
}

/// How often each kind of call is made.
const WEIGHTS: [usize; 15] = [30, 6, 12, 8, 8, 6, 2, 2, 1, 8, 2, 2, 4, 2, 2];

/// The sequence of a seed.
pub fn plan(seed: u64) -> Plan {
    let rng = &mut Rng::new(seed);
    let reads = rng.percent(55);
    let made = if reads {
        rng.pick(&[
            Made::Absent,
            Made::Plain,
            Made::Plain,
            Made::Tiny,
            Made::Tiny,
            Made::Members,
            Made::Members,
            Made::Members,
            Made::Members,
            Made::Garbage,
            Made::Garbage,
            Made::Truncated,
            Made::Truncated,
            Made::Damaged,
        ])
    } else {
        rng.pick(&[Made::Absent, Made::Absent, Made::Members, Made::Plain])
    };
    // A file that is not there is a rare thing to read.
    let made = match made {
        Made::Absent if reads && rng.percent(80) => Made::Members,
        made => made,
    };
    let (bytes, data) = file(made, rng);
    let letter = if reads {
        'r'
    } else {
        rng.pick(&['w', 'w', 'a'])
    };
    let buffer = rng
        .percent(50)
        .then(|| rng.pick(&[0, 1, 7, 8, 9, 16, 100, 512, 4096, 8192, 65_536]));
    let weights = swarm(WEIGHTS, 0, rng);
    let size = buffer.unwrap_or(8192).max(8);
    let calls = (0..1 + rng.size(CALLS))
        .map(|_| call(reads, size, &weights, rng))
        .collect();
    Plan {
        descriptor: rng
            .percent(15)
            .then(|| rng.pick(&[0, 0, 1, bytes.len() as u64])),
        bytes: Rc::new(bytes),
        data: Rc::new(data),
        made,
        mode: mode(letter, rng),
        buffer,
        calls,
    }
}
