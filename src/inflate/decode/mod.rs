//! Symbols: from bits to literals and matches.
//!
//! `fast` chooses the loop that decodes most of them: `branchless` or `branchy`, which share
//! `loops` and the copies of matches in `copy`; `tail` gives a loop the last bytes of the input,
//! too. `careful` decodes what is left, stops after any bit, and finds the errors. Both write to
//! a `sink`.

pub mod branchless;
pub mod branchy;
pub mod careful;
pub mod copy;
pub mod cpu;
pub mod fast;
pub mod loops;
pub mod sink;
pub mod tail;
