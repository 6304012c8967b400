//! Random sequences of calls, whatever they consist of: how they are drawn, counted, made
//! shorter when they fail, and reported.
#![forbid(unsafe_code)]

use super::api::code_name;
use super::drive::expect;
use super::log::{Call, Compared, Difference};
use super::pair::Outcome;
use super::rng::Rng;
use std::collections::BTreeMap;

/// Seed of the first sequence by default.
const SEED: u64 = 20_261_124;
/// Runs spent on making a failing sequence short.
const SHORTENING_RUNS: usize = 3000;

/// What next_in and avail_in are before a call.
#[derive(Clone, Copy, Debug)]
pub enum Feed {
    /// As the last call left them.
    Keep,
    /// The next bytes of the data.
    Piece(usize),
    /// NULL, with this in avail_in.
    Null(usize),
}

/// What next_out and avail_out are before a call.
#[derive(Clone, Copy, Debug)]
pub enum Room {
    /// As the last call left them.
    Keep,
    /// A new buffer of as many bytes, which may be none.
    Bytes(usize),
    /// NULL, with some in avail_out.
    Null,
}

/// What runs consisted of, so that a reader sees that they were not empty.
#[derive(Default, Clone)]
pub struct Counts {
    /// Calls made, by function.
    pub calls: BTreeMap<&'static str, u64>,
    /// Calls left out because zlib's behaviour would not be defined.
    pub left_out: BTreeMap<&'static str, u64>,
    pub codes: BTreeMap<String, u64>,
    pub bytes_read: u64,
    pub bytes_written: u64,
    /// Streams that were completed, and those of them whose data was checked.
    pub completed: u64,
    pub checked: u64,
}

impl Counts {
    /// Adds the counts of another run.
    pub fn add(&mut self, other: &Counts) {
        for (name, count) in &other.calls {
            *self.calls.entry(name).or_default() += count;
        }
        for (name, count) in &other.left_out {
            *self.left_out.entry(name).or_default() += count;
        }
        for (code, count) in &other.codes {
            *self.codes.entry(code.clone()).or_default() += count;
        }
        self.bytes_read += other.bytes_read;
        self.bytes_written += other.bytes_written;
        self.completed += other.completed;
        self.checked += other.checked;
    }

    /// Adds a call.
    pub fn call(&mut self, call: Call, outcome: Outcome) -> Outcome {
        *self.calls.entry(call.name()).or_default() += 1;
        *self.codes.entry(code_name(outcome.code)).or_default() += 1;
        self.bytes_read += outcome.read as u64;
        self.bytes_written += outcome.wrote as u64;
        outcome
    }
}

/// A sequence as data, so that it can be repeated and made shorter.
pub trait Sequence: Clone {
    /// One step of it.
    type Step;
    /// The make target that repeats one.
    const REPLAY: &'static str;
    /// The sequence of a seed.
    fn of_seed(seed: u64) -> Self;
    /// Its steps.
    fn steps(&mut self) -> &mut Vec<Self::Step>;
    /// What it works on.
    fn describe(&self) -> String;
    /// Runs it on both libraries. `context` is for the report.
    fn run(&self, context: &str) -> Compared<Counts>;
}

/// A sequence that can be run beside others.
pub trait Steps: Sequence {
    /// Begins to run it on both libraries. `context` is for the report.
    fn start<'a>(&'a self, context: &str) -> Compared<Box<dyn Run + 'a>>;

    /// Runs it without interruption.
    fn run_through(&self, context: &str) -> Compared<Counts> {
        let mut run = self.start(context)?;
        while run.step()? {}
        run.finish()
    }
}

/// A sequence that is being run.
pub trait Run {
    /// Does the next step; false if there is none.
    fn step(&mut self) -> Compared<bool>;
    /// Finishes and ends the streams that are left.
    fn finish(self: Box<Self>) -> Compared<Counts>;
}

/// The number in an environment variable.
pub fn from_environment(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name}={text} is not a number")),
        Err(_) => default,
    }
}

/// Leaves out steps for as long as there is still a difference.
fn shorten<S: Sequence>(
    mut sequence: S,
    mut difference: Box<Difference>,
    context: &str,
) -> Box<Difference> {
    let mut runs = 0;
    let mut piece = sequence.steps().len().div_ceil(2);
    while piece > 0 && runs < SHORTENING_RUNS {
        let mut start = 0;
        let mut shortened = false;
        while start < sequence.steps().len() && runs < SHORTENING_RUNS {
            let mut shorter = sequence.clone();
            let end = (start + piece).min(shorter.steps().len());
            shorter.steps().drain(start..end);
            runs += 1;
            match shorter.run(context) {
                Err(still) => {
                    (sequence, difference, shortened) = (shorter, still, true);
                }
                Ok(_) => start = end,
            }
        }
        if !shortened || piece > 1 {
            piece /= 2;
        }
    }
    difference
}

/// Runs RZLIB_SEQUENCES sequences, by default `count`, from the seed RZLIB_SEED on. The result
/// is how many they were, and what they consisted of.
pub fn run_all<S: Sequence>(count: u64) -> (u64, Counts) {
    let first = from_environment("RZLIB_SEED", SEED);
    let count = from_environment("RZLIB_SEQUENCES", count);
    let mut counts = Counts::default();
    for seed in (0..count).map(|index| first.wrapping_add(index)) {
        let mut sequence = S::of_seed(seed);
        let context = format!(
            "sequence {seed}: {} actions, {}\nreplay: make {} SEED={seed}",
            sequence.steps().len(),
            sequence.describe(),
            S::REPLAY,
        );
        match sequence.run(&context) {
            Ok(more) => counts.add(&more),
            Err(difference) => {
                let difference = shorten(sequence, difference, &context);
                panic!("\n{difference}\n");
            }
        }
    }
    report(first, count, &counts);
    (count, counts)
}

/// Runs `count` sequences from the seed RZLIB_SEED on at the same time: one after the other does a
/// step, in random order, so that each finds what the others' streams have left.
pub fn run_interleaved<S: Steps>(count: u64) -> Counts {
    let first = from_environment("RZLIB_SEED", SEED);
    let rng = &mut Rng::new(first);
    let seeds = first..first.wrapping_add(count);
    let sequences: Vec<S> = seeds.clone().map(S::of_seed).collect();
    let mut running = Vec::new();
    for (seed, sequence) in seeds.zip(&sequences) {
        let context = format!("sequence {seed} beside others, {}", sequence.describe());
        running.push(expect(sequence.start(&context)));
    }
    let mut counts = Counts::default();
    while !running.is_empty() {
        let index = rng.below(running.len());
        if !expect(running[index].step()) {
            counts.add(&expect(running.swap_remove(index).finish()));
        }
    }
    counts
}

fn report(first: u64, count: u64, counts: &Counts) {
    println!(
        "seeds {first} to {}: {count} sequences",
        first.wrapping_add(count.wrapping_sub(1))
    );
    println!("calls: {:?}", counts.calls);
    println!(
        "left out, because zlib's behaviour would not be defined: {:?}",
        counts.left_out
    );
    println!("codes: {:?}", counts.codes);
    println!(
        "{} bytes read, {} bytes written",
        counts.bytes_read, counts.bytes_written
    );
    println!(
        "{} streams completed, the data of {} of them checked",
        counts.completed, counts.checked
    );
}

/// Scales weights of actions anew for a sequence, some to nothing, but for the one at
/// `always`: sequences without a kind of action reach what others do not ("swarm testing").
pub fn swarm<const N: usize>(weights: [usize; N], always: usize, rng: &mut Rng) -> [usize; N] {
    let mut scaled = weights.map(|weight| weight * rng.pick(&[0, 0, 1, 1, 1, 2, 4]));
    scaled[always] = weights[always];
    scaled
}

/// An index, drawn with these weights.
pub fn draw(weights: &[usize], rng: &mut Rng) -> usize {
    let mut drawn = rng.below(weights.iter().sum());
    let chosen = weights
        .iter()
        .position(|&weight| match drawn.checked_sub(weight) {
            None => true,
            Some(rest) => {
                drawn = rest;
                false
            }
        });
    chosen.unwrap_or(0)
}
