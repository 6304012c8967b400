//! Measures streams as programs have them: many at a time, short-lived ones, and in threads.
//!
//! Unsafe because it forks, and asks the system for CPU time and page faults. Each measurement has
//! a process of its own, a fork of this one: what a library leaves in malloc's heap would make
//! another's page faults more or less.

use crate::library::{Library, Zlib};
use crate::stream::{Allocator, Stream};
use indicatif::ProgressBar;
use std::io::{Read, Write};
use std::mem::MaybeUninit;

/// Interleaved streams begin in the data at multiples of this; all pieces divide it.
const STRIDE: usize = 65536;
/// Bytes of each file that are used, so that all kinds of data take part in every measurement.
const SAMPLE: usize = 4 * STRIDE;
/// Room for output behind the input's length: a stream gives what it has gathered in one call.
const SLACK: usize = 3 * STRIDE;
/// What one stream among many gets before time is taken, so that its memory is no longer new: a
/// whole window. It gets as much again, at least, while time is taken.
const WARM_INPUT: usize = 32768;
/// Input of short-lived streams together, and how many there are at least and at most.
const SHORT_INPUT: usize = 1_500_000;
const SHORT_COUNT: std::ops::RangeInclusive<usize> = 4..=400;
/// Streams before those that are timed; they pay for the first growth of the heap.
const WARM_UP: usize = 3;
/// What threads compress, and how many streams they make together.
const THREAD_MESSAGE: usize = 16384;
const THREAD_STREAMS: usize = 960;
/// The level of the data that is decompressed, and how many messages of a size there are.
const PACKED_LEVEL: i32 = 6;
const PACKED_COUNT: usize = 8;

/// What short-lived streams do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Deflate { level: i32 },
    Inflate,
}

/// One kind of work.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    /// So many streams at a time in one thread; each gets a piece in turn.
    Interleaved {
        level: i32,
        streams: usize,
        piece: usize,
    },
    /// A new stream for each message, from init to end, in the program's first thread or in
    /// another, which has a heap of its own.
    Short {
        kind: Kind,
        size: usize,
        first_thread: bool,
    },
    /// So many threads at a time make a new stream for each message.
    Threads { level: i32, threads: usize },
}

/// What a measurement gave.
#[derive(Clone, Copy)]
pub struct Cost {
    /// CPU time, in seconds.
    pub seconds: f64,
    /// Minor page faults.
    pub faults: f64,
    /// Bytes of data.
    pub bytes: f64,
    /// Streams that began and ended in that time.
    pub streams: f64,
}

/// A line of results: each library's fastest round, None for those without streams.
pub struct Row {
    pub work: Work,
    pub allocator: Allocator,
    pub costs: Vec<Option<Cost>>,
}

const LEVELS: [i32; 3] = [1, 6, 9];
const INTERLEAVED: [usize; 5] = [1, 4, 16, 256, 2000];
const PIECES: [usize; 3] = [4096, 16384, 65536];
const SIZES: [usize; 7] = [100, 1_000, 4_000, 16_000, 64_000, 256_000, 1_000_000];
const THREADS: [usize; 3] = [1, 4, 16];
/// What `INTERLEAVED` and `PIECES` do not reach together: 2,000 streams with 64 KiB in a call
/// would take a minute a round, and differ from 256 in nothing.
const MOST_INPUT: usize = 64 << 20;

/// Input of the interleaved streams together while time is taken.
fn interleaved_input(level: i32, streams: usize, piece: usize, sample: usize) -> usize {
    let least = if level == 1 { 2 * sample } else { sample };
    least.max(streams * WARM_INPUT.max(2 * piece))
}

/// All work of this part.
fn plan() -> Vec<Work> {
    let mut plan = Vec::new();
    for level in LEVELS {
        for streams in INTERLEAVED {
            let pieces = PIECES.into_iter();
            let pieces = pieces.filter(|piece| 2 * streams * piece <= MOST_INPUT);
            plan.extend(pieces.map(|piece| Work::Interleaved {
                level,
                streams,
                piece,
            }));
        }
    }
    let kinds = LEVELS.map(|level| Kind::Deflate { level });
    for kind in kinds.into_iter().chain([Kind::Inflate]) {
        // Enough to see whether the second thread's heap makes a difference.
        let both = matches!(kind, Kind::Inflate | Kind::Deflate { level: 6 });
        let threads = if both { &[true, false][..] } else { &[true] };
        for &first_thread in threads {
            plan.extend(SIZES.map(|size| Work::Short {
                kind,
                size,
                first_thread,
            }));
        }
    }
    for level in LEVELS {
        plan.extend(THREADS.map(|threads| Work::Threads { level, threads }));
    }
    plan
}

/// CPU time and page faults.
struct Used {
    seconds: f64,
    faults: f64,
}

/// What the process, or a thread of it, has used so far.
fn used(clock: libc::clockid_t) -> Used {
    let mut time = MaybeUninit::<libc::timespec>::uninit();
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: both calls fill what they are given, and cannot fail with these arguments.
    let (time, usage) = unsafe {
        libc::clock_gettime(clock, time.as_mut_ptr());
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        (time.assume_init(), usage.assume_init())
    };
    Used {
        seconds: time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9,
        faults: usage.ru_minflt as f64,
    }
}

/// What some work cost, which handles so many bytes and streams.
fn cost(clock: libc::clockid_t, bytes: usize, streams: usize, work: impl FnOnce()) -> Cost {
    let before = used(clock);
    work();
    let after = used(clock);
    Cost {
        seconds: after.seconds - before.seconds,
        faults: after.faults - before.faults,
        bytes: bytes as f64,
        streams: streams as f64,
    }
}

/// Runs a measurement in a process of its own.
fn in_child(measurement: impl FnOnce() -> Cost) -> Result<Cost, String> {
    let (mut reader, mut writer) = std::io::pipe().map_err(|error| error.to_string())?;
    // SAFETY: this process has one thread, so that the child may do anything.
    match unsafe { libc::fork() } {
        -1 => Err(std::io::Error::last_os_error().to_string()),
        0 => {
            let cost = measurement();
            for number in [cost.seconds, cost.faults, cost.bytes, cost.streams] {
                let _ = writer.write_all(&number.to_ne_bytes());
            }
            // SAFETY: ends the child here, without what the parent does at its end.
            unsafe { libc::_exit(0) }
        }
        child => {
            drop(writer);
            let mut numbers = [[0; 8]; 4];
            let answered = reader.read_exact(numbers.as_flattened_mut());
            // SAFETY: the child is ours, and its status is of no interest.
            unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
            answered.map_err(|_| "a measurement failed".to_string())?;
            let [seconds, faults, bytes, streams] = numbers.map(f64::from_ne_bytes);
            Ok(Cost {
                seconds,
                faults,
                bytes,
                streams,
            })
        }
    }
}

/// Gives a stream a piece, and takes all that it gives.
fn feed(stream: &mut Stream, piece: &[u8], out: &mut [u8], last: bool) {
    let step = stream.step(piece, out, last);
    assert!(step.read == piece.len() && step.ended == last && step.wrote < out.len());
}

/// A stream's life: init, one call, end.
fn live(zlib: &Zlib, allocator: Allocator, kind: Kind, message: &[u8], out: &mut [u8]) {
    let mut stream = match kind {
        Kind::Deflate { level } => Stream::deflate(zlib, level, allocator),
        Kind::Inflate => Stream::inflate(zlib, allocator),
    };
    feed(&mut stream, message, out, true);
}

/// One of `count` stretches of the data, which lie at equal distances.
fn stretch(plain: &[u8], size: usize, [number, count]: [usize; 2]) -> &[u8] {
    let at = (plain.len() - size) / count * (number % count);
    &plain[at..at + size]
}

/// The data, of which each stream takes a stretch, beginning anew at its end.
struct Data {
    plain: Vec<u8>,
    /// Messages of each size, compressed.
    packed: Vec<(usize, Vec<Vec<u8>>)>,
}

impl Data {
    fn interleaved(&self, zlib: &Zlib, allocator: Allocator, work: [usize; 2], level: i32) -> Cost {
        let [streams, piece] = work;
        let plain = &self.plain;
        let input = interleaved_input(level, streams, piece, plain.len());
        let warm = WARM_INPUT.div_ceil(piece);
        let calls = warm + (input / streams).div_ceil(piece);
        let mut out = vec![1; piece + SLACK];
        let mut open: Vec<Stream> = (0..streams)
            .map(|_| Stream::deflate(zlib, level, allocator))
            .collect();
        let mut turn = |call: usize| {
            for (number, stream) in open.iter_mut().enumerate() {
                let begin = number * plain.len() / streams / STRIDE * STRIDE;
                let at = (begin + call * piece) % plain.len();
                feed(stream, &plain[at..at + piece], &mut out, call + 1 == calls);
            }
        };
        (0..warm).for_each(&mut turn);
        let bytes = (calls - warm) * piece * streams;
        let clock = libc::CLOCK_THREAD_CPUTIME_ID;
        cost(clock, bytes, streams, || (warm..calls).for_each(turn))
    }

    /// The message of a stream, by its number among `count`.
    fn message(&self, kind: Kind, size: usize, [number, count]: [usize; 2]) -> &[u8] {
        match kind {
            Kind::Deflate { .. } => stretch(&self.plain, size, [number, count]),
            Kind::Inflate => {
                let mut sizes = self.packed.iter();
                let (_, packed) = sizes
                    .find(|(len, _)| *len == size)
                    .expect("all sizes are there");
                &packed[number % packed.len()]
            }
        }
    }

    fn short_lived(&self, zlib: &Zlib, allocator: Allocator, kind: Kind, size: usize) -> Cost {
        let count = (SHORT_INPUT / size).clamp(*SHORT_COUNT.start(), *SHORT_COUNT.end());
        let mut out = vec![1; size + SLACK];
        let mut stream = |number| {
            let message = self.message(kind, size, [number, count]);
            live(zlib, allocator, kind, message, &mut out);
        };
        (0..WARM_UP).for_each(&mut stream);
        let clock = libc::CLOCK_THREAD_CPUTIME_ID;
        cost(clock, count * size, count, || (0..count).for_each(stream))
    }

    fn threads(&self, zlib: &Zlib, allocator: Allocator, level: i32, threads: usize) -> Cost {
        let kind = Kind::Deflate { level };
        let bytes = THREAD_STREAMS * THREAD_MESSAGE;
        let clock = libc::CLOCK_PROCESS_CPUTIME_ID;
        cost(clock, bytes, THREAD_STREAMS, || {
            std::thread::scope(|scope| {
                for thread in 0..threads {
                    scope.spawn(move || {
                        let mut out = vec![1; THREAD_MESSAGE + SLACK];
                        for number in (thread..THREAD_STREAMS).step_by(threads) {
                            let message =
                                self.message(kind, THREAD_MESSAGE, [number, THREAD_STREAMS]);
                            live(zlib, allocator, kind, message, &mut out);
                        }
                    });
                }
            });
        })
    }

    /// Does the work once.
    fn once(&self, zlib: &Zlib, allocator: Allocator, work: Work) -> Cost {
        match work {
            Work::Interleaved {
                level,
                streams,
                piece,
            } => self.interleaved(zlib, allocator, [streams, piece], level),
            Work::Short {
                kind,
                size,
                first_thread: true,
            } => self.short_lived(zlib, allocator, kind, size),
            Work::Short { kind, size, .. } => std::thread::scope(|scope| {
                let second = scope.spawn(|| self.short_lived(zlib, allocator, kind, size));
                second.join().expect("the thread does not panic")
            }),
            Work::Threads { level, threads } => self.threads(zlib, allocator, level, threads),
        }
    }
}

/// The data: the beginnings of the files, so often that a message of any size fits.
fn data(files: &[Vec<u8>], judge: &Zlib) -> Result<Data, String> {
    let mut sample: Vec<u8> = files
        .iter()
        .flat_map(|file| &file[..file.len().min(SAMPLE)])
        .copied()
        .collect();
    sample.truncate(sample.len() / STRIDE * STRIDE);
    if sample.is_empty() {
        return Err(format!("streams: less than {STRIDE} bytes of data"));
    }
    let largest = SIZES.into_iter().max().unwrap_or_default();
    let repeats = (2 * largest).div_ceil(sample.len());
    let plain = sample.repeat(repeats);
    let packed = SIZES.map(|size| {
        let messages = (0..PACKED_COUNT).map(|number| {
            let mut out = vec![0; size + SLACK];
            let mut stream = Stream::deflate(judge, PACKED_LEVEL, Allocator::Default);
            let message = stretch(&plain, size, [number, PACKED_COUNT]);
            let len = stream.step(message, &mut out, true).wrote;
            out.truncate(len);
            out
        });
        (size, messages.collect())
    });
    Ok(Data {
        plain,
        packed: packed.into(),
    })
}

/// Measures all; the libraries take turns.
pub fn measure(
    rounds: usize,
    libraries: &[Library],
    files: &[Vec<u8>],
) -> Result<Vec<Row>, String> {
    let judge = libraries.iter().find_map(Library::zlib);
    let data = data(
        files,
        judge.ok_or("streams: no library has zlib's interface")?,
    )?;
    let mut rows = Vec::new();
    let plan = plan();
    let bar = ProgressBar::new(2 * plan.len() as u64);
    for work in plan {
        for allocator in [Allocator::Own, Allocator::Default] {
            let mut costs: Vec<Option<Cost>> = vec![None; libraries.len()];
            for _ in 0..rounds {
                for (library, fastest) in libraries.iter().zip(&mut costs) {
                    let Some(zlib) = library.zlib() else { continue };
                    let cost = in_child(|| data.once(zlib, allocator, work))
                        .map_err(|error| format!("{}: {work:?}: {error}", library.name))?;
                    if fastest.is_none_or(|fastest| cost.seconds < fastest.seconds) {
                        *fastest = Some(cost);
                    }
                }
            }
            rows.push(Row {
                work,
                allocator,
                costs,
            });
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(rows)
}
