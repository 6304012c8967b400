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

use common::log::Compared;
use common::sequence::{Counts, Run, Sequence, Steps, run_all, run_interleaved};
use plan::{Action, Plan, plan};
use run::start;

/// Sequences run by default: half a minute without optimisation for speed.
const SEQUENCES: u64 = 3000;
/// Sequences run at the same time.
const INTERLEAVED: u64 = 300;

impl Sequence for Plan {
    type Step = (usize, Action);
    const REPLAY: &'static str = "replay";

    fn of_seed(seed: u64) -> Self {
        plan(seed)
    }

    fn steps(&mut self) -> &mut Vec<Self::Step> {
        &mut self.actions
    }

    fn describe(&self) -> String {
        format!("{} bytes of {:?}", self.data.len(), self.kind)
    }

    fn run(&self, context: &str) -> Compared<Counts> {
        self.run_through(context)
    }
}

impl Steps for Plan {
    fn start<'a>(&'a self, context: &str) -> Compared<Box<dyn Run + 'a>> {
        start(self, context)
    }
}

#[test]
fn random_sequences_of_calls() {
    let (count, counts) = run_all::<Plan>(SEQUENCES);
    if count >= SEQUENCES {
        assert_eq!(counts.calls.len(), 14, "every kind of call was made");
        assert!(
            counts.checked > count / 3,
            "a good part of the streams were read back"
        );
    }
}

/// Streams do not disturb each other, however their calls alternate.
#[test]
fn sequences_whose_calls_alternate() {
    let counts = run_interleaved::<Plan>(INTERLEAVED);
    assert!(
        counts.checked > INTERLEAVED / 3,
        "a good part of the streams were read back"
    );
}
