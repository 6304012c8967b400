//! What is measured, and how: all libraries in turn, the fastest round of each.

use crate::corpus::Input;
use crate::library::Library;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};

/// Bytes in and out at a time, where nothing else is said.
const CHUNK: usize = 65536;
/// The same for decompression; the first one is all at once.
const INFLATE_CHUNKS: [usize; 4] = [usize::MAX, 65536, 4096, 512];
/// Bytes of messages on a stream that is reset.
const MESSAGES: [usize; 2] = [1024, 16384];
/// Bytes of messages that are flushed.
const FLUSHED: usize = 200;
/// The level of all that is not about levels.
const LEVEL: i32 = 6;
/// Room behind the data for what does not compress: block headers, flush markers.
const SLACK: usize = 100_000;

/// A part of the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// deflate at all levels.
    Deflate,
    /// inflate with pieces of several sizes.
    Inflate,
    /// Small messages on a stream that is reset.
    Messages,
    /// Small messages on one stream, each flushed.
    Sync,
    /// crc32 and adler32.
    Checksums,
    /// compress2 and uncompress.
    OneShot,
    /// Many streams at a time, short-lived ones, threads: `streams.rs`.
    Streams,
    /// Programs of the system: `callers/callers.py`.
    Callers,
}

impl Part {
    /// All parts.
    pub const ALL: [Part; 8] = [
        Part::Deflate,
        Part::Inflate,
        Part::Messages,
        Part::Sync,
        Part::Checksums,
        Part::OneShot,
        Part::Streams,
        Part::Callers,
    ];

    /// The part of this name on the command line.
    pub fn of_name(name: &str) -> Option<Part> {
        let names = [
            "deflate",
            "inflate",
            "messages",
            "sync",
            "checksums",
            "oneshot",
            "streams",
            "callers",
        ];
        let index = names.iter().position(|part| *part == name)?;
        Some(Part::ALL[index])
    }
}

/// What to measure.
pub struct Plan {
    pub rounds: usize,
    pub parts: Vec<Part>,
    pub levels: Vec<i32>,
}

/// One kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    Deflate { level: i32 },
    Inflate { chunk: usize },
    Messages { size: usize },
    Flushed,
    Crc32,
    Adler32,
    CompressAtOnce,
    DecompressAtOnce,
}

/// What a library needed for all files: None where it cannot do the work.
#[derive(Clone, Copy, Default)]
pub struct Sum {
    pub time: Duration,
    /// Bytes of data.
    pub bytes: usize,
    /// Bytes that they take when they are compressed.
    pub packed: usize,
}

/// One line of results, by library.
pub struct Row {
    pub part: Part,
    pub work: Work,
    pub sums: Vec<Option<Sum>>,
    /// For each library but the last: for which input the last one's speed was least in
    /// comparison, and how many times the other's it was.
    pub least: Vec<Option<Least>>,
}

/// The input for which a comparison comes out worst.
#[derive(Clone)]
pub struct Least {
    pub ratio: f64,
    pub name: String,
}

impl Row {
    /// Adds what the libraries needed for an input: the fastest time and the result.
    fn add(&mut self, input: &Input, len: usize, fastest: &[Option<(Duration, usize)>]) {
        for (sum, fastest) in self.sums.iter_mut().zip(fastest) {
            match (sum.as_mut(), fastest) {
                (Some(sum), Some((time, result))) => {
                    sum.time += *time;
                    sum.bytes += len;
                    sum.packed += result;
                }
                _ => *sum = None,
            }
        }
        let Some((Some((last, _)), others)) = fastest.split_last() else {
            return;
        };
        for (least, other) in self.least.iter_mut().zip(others) {
            let Some((other, _)) = other else { continue };
            let ratio = other.as_secs_f64() / last.as_secs_f64();
            if least.as_ref().is_none_or(|least| ratio < least.ratio) {
                let name = input.name.clone();
                *least = Some(Least { ratio, name });
            }
        }
    }
}

fn work_of(part: Part, levels: &[i32]) -> Vec<Work> {
    match part {
        Part::Deflate => levels
            .iter()
            .map(|&level| Work::Deflate { level })
            .collect(),
        Part::Inflate => INFLATE_CHUNKS
            .iter()
            .map(|&chunk| Work::Inflate { chunk })
            .collect(),
        Part::Messages => MESSAGES
            .iter()
            .map(|&size| Work::Messages { size })
            .collect(),
        Part::Sync => vec![Work::Flushed],
        Part::Checksums => vec![Work::Crc32, Work::Adler32],
        Part::OneShot => vec![Work::CompressAtOnce, Work::DecompressAtOnce],
        Part::Streams | Part::Callers => Vec::new(),
    }
}

/// A file, and memory to work in.
struct Bench<'data> {
    data: &'data [u8],
    packed: Vec<u8>,
    out: Vec<u8>,
}

impl Bench<'_> {
    /// Does the work once; how long that was, and what it gave: a length, or a check value.
    fn once(&mut self, library: &Library, work: Work) -> Option<(Duration, usize)> {
        let (data, packed, out) = (self.data, &self.packed[..], &mut self.out[..]);
        let begin = Instant::now();
        let result = match work {
            Work::Deflate { level } if !library.has_level(level) => return None,
            Work::Deflate { level } => library.compress(level, data, CHUNK, out),
            Work::Inflate { chunk } => library.decompress(packed, chunk, &mut out[..data.len()]),
            Work::Messages { size } => library.messages(LEVEL, data, size, out)?,
            Work::Flushed => library.flushed(LEVEL, data, FLUSHED, out)?,
            Work::Crc32 => library.crc32(data) as usize,
            Work::Adler32 => library.adler32(data)? as usize,
            Work::CompressAtOnce if !library.has_level(LEVEL) => return None,
            Work::CompressAtOnce => library.compress_at_once(LEVEL, data, out),
            Work::DecompressAtOnce => library.decompress_at_once(packed, &mut out[..data.len()]),
        };
        Some((begin.elapsed(), result))
    }

    /// Whether a result is right, by the first library, which is the judge of streams.
    fn is_right(&mut self, judge: &Library, work: Work, result: usize) -> bool {
        match work {
            Work::Deflate { .. } | Work::CompressAtOnce => {
                let mut back = vec![0; self.data.len()];
                let len = judge.decompress(&self.out[..result], usize::MAX, &mut back);
                len == self.data.len() && back == self.data
            }
            Work::Inflate { .. } | Work::DecompressAtOnce => {
                result == self.data.len() && self.out[..result] == *self.data
            }
            Work::Messages { .. } | Work::Flushed => result != 0,
            Work::Crc32 => result == judge.crc32(self.data) as usize,
            Work::Adler32 => judge
                .adler32(self.data)
                .is_none_or(|value| result == value as usize),
        }
    }
}

/// Measures all that is done with one file after the other.
pub fn measure(plan: &Plan, libraries: &[Library], inputs: &[Input]) -> Result<Vec<Row>, String> {
    let mut rows: Vec<Row> = Vec::new();
    for &part in &plan.parts {
        for work in work_of(part, &plan.levels) {
            let sums = vec![Some(Sum::default()); libraries.len()];
            let least = vec![None; libraries.len() - 1];
            rows.push(Row {
                part,
                work,
                sums,
                least,
            });
        }
    }
    if rows.is_empty() {
        return Ok(rows);
    }
    let bar = ProgressBar::new((rows.len() * inputs.len()) as u64).with_style(
        ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}, {eta} left")
            .map_err(|error| error.to_string())?,
    );
    for input in inputs {
        let data = input.read()?;
        if data.is_empty() {
            continue;
        }
        let mut out = vec![0; data.len() + data.len() / 4 + data.len() / FLUSHED * 16 + SLACK];
        let len = libraries[0].compress(LEVEL, &data, CHUNK, &mut out);
        let mut bench = Bench {
            data: &data,
            packed: out[..len].to_vec(),
            out,
        };
        for row in &mut rows {
            let name = &input.name;
            bar.set_message(format!("{:?} of {name}", row.work));
            let mut fastest = vec![None; libraries.len()];
            for round in 0..plan.rounds.max(1) {
                for (library, fastest) in libraries.iter().zip(&mut fastest) {
                    let Some((time, result)) = bench.once(library, row.work) else {
                        continue;
                    };
                    if round == 0 && !bench.is_right(&libraries[0], row.work, result) {
                        let work = row.work;
                        return Err(format!("{}: {work:?} of {name} is wrong", library.name));
                    }
                    let (least, _) = fastest.unwrap_or((time, result));
                    *fastest = Some((time.min(least), result));
                }
            }
            row.add(input, data.len(), &fastest);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(rows)
}
