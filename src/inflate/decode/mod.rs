//! Symbols: from bits to literals and matches.
//!
//! `fast` chooses the loop that decodes most of them: `branchless` or `branchy`, which share
//! `loops` and the copies of matches in `copy`; `tail` gives a loop the last bytes of the input,
//! too. `careful` decodes what is left, stops after any bit, and finds the errors. Both write to
//! a `sink`. `cpu` has what differs between processors, `chunk` the piece that is copied at once.

pub mod branchless;
pub mod branchy;
pub mod careful;
pub mod chunk;
pub mod copy;
pub mod cpu;
pub mod fast;
pub mod loops;
pub mod position;
pub mod sink;
pub mod tail;
