//! Random sequences of calls on gz files: whatever a program does with a file, in whatever
//! order, rzlib returns what zlib 1.3.2 returns, and writes the same bytes.
//!
//! RZLIB_SEQUENCES is the number of sequences, RZLIB_SEED the seed of the first one. Each runs
//! on two files of its own. A sequence that shows a difference is made as short as possible
//! before it is reported. `known.rs` lists where zlib is not followed.

#[path = "../common/mod.rs"]
mod common;
mod known;
mod plan;
mod run;
mod side;

use common::gz_call::GzCall;
use common::log::Compared;
use common::sequence::{Counts, Sequence, run_all};
use plan::{Plan, plan};
use run::run;

/// Sequences run by default: a quarter of a minute.
const SEQUENCES: u64 = 2000;

impl Sequence for Plan {
    type Step = GzCall;
    const REPLAY: &'static str = "replay-gz";

    fn of_seed(seed: u64) -> Self {
        plan(seed)
    }

    fn steps(&mut self) -> &mut Vec<GzCall> {
        &mut self.calls
    }

    fn describe(&self) -> String {
        let mode = self.mode.to_string_lossy();
        format!("mode {mode}, {} bytes ({:?})", self.bytes.len(), self.made)
    }

    fn run(&self, context: &str) -> Compared<Counts> {
        run(self, context)
    }
}

#[test]
fn random_sequences_of_calls() {
    let (count, counts) = run_all::<Plan>(SEQUENCES);
    if count >= SEQUENCES {
        assert_eq!(counts.calls.len(), 25, "every kind of call was made");
        assert!(
            counts.checked > count / 30,
            "the data of some of the files was checked"
        );
    }
}
