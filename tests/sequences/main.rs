//! Random sequences of calls: whatever a program does with a deflate stream, in whatever
//! order, rzlib does what zlib 1.3.2 does.
//!
//! RZLIB_SEQUENCES is the number of sequences, RZLIB_SEED the seed of the first one; each
//! has its own seed, so that one can be repeated alone. A sequence that shows a difference is
//! made as short as possible before it is reported.

#[path = "../common/mod.rs"]
mod common;
mod guard;
mod plan;
mod run;

use common::log::Difference;
use plan::{Plan, plan};
use run::{Counts, run};

/// Sequences run by default: half a minute without optimisation for speed.
const SEQUENCES: u64 = 3000;
/// Seed of the first sequence by default.
const SEED: u64 = 20_261_124;
/// Runs spent on making a failing sequence short.
const SHORTENING_RUNS: usize = 3000;

fn from_environment(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name}={text} is not a number")),
        Err(_) => default,
    }
}

/// Leaves out actions for as long as there is still a difference.
fn shorten(mut plan: Plan, mut difference: Box<Difference>, context: &str) -> Box<Difference> {
    let mut runs = 0;
    let mut piece = plan.actions.len().div_ceil(2);
    while piece > 0 && runs < SHORTENING_RUNS {
        let mut start = 0;
        let mut shortened = false;
        while start < plan.actions.len() && runs < SHORTENING_RUNS {
            let mut shorter = plan.clone();
            let end = (start + piece).min(plan.actions.len());
            shorter.actions.drain(start..end);
            runs += 1;
            match run(&shorter, context) {
                Err(still) => {
                    (plan, difference, shortened) = (shorter, still, true);
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

#[test]
fn random_sequences_of_calls() {
    let first = from_environment("RZLIB_SEED", SEED);
    let count = from_environment("RZLIB_SEQUENCES", SEQUENCES);
    let mut counts = Counts::default();
    for seed in (0..count).map(|index| first.wrapping_add(index)) {
        let plan = plan(seed);
        let context = format!(
            "sequence {seed}: {} actions, {} bytes of {:?}\nreplay: make replay SEED={seed}",
            plan.actions.len(),
            plan.data.len(),
            plan.kind,
        );
        match run(&plan, &context) {
            Ok(more) => counts.add(&more),
            Err(difference) => {
                let difference = shorten(plan, difference, &context);
                panic!("\n{difference}\n");
            }
        }
    }
    report(first, count, &counts);
    if count >= SEQUENCES {
        assert_eq!(counts.calls.len(), 14, "every kind of call was made");
        assert!(
            counts.read_back > count / 3,
            "a good part of the streams were read back"
        );
    }
}

fn report(first: u64, count: u64, counts: &Counts) {
    println!(
        "seeds {first} to {}: {count} sequences",
        first.wrapping_add(count - 1)
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
        "{} streams completed, {} of them read back",
        counts.completed, counts.read_back
    );
}
