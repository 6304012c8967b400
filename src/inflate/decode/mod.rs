//! The decoders: from bits to literals and matches.
//!
//! `fast` chooses the loop that decodes most of them: `branchless` or `branchy`, which share
//! `loops` and the copies of matches in `copy`; `tail` gives a loop the last bytes of the input,
//! too. `careful` decodes what is left, stops after any bit, and finds the errors. Both write to
//! a `sink`. `cpu` has what differs between processors, `chunk` the piece that is copied at once.

pub(crate) mod branchless;
pub(crate) mod branchy;
pub(crate) mod careful;
pub(crate) mod chunk;
pub(crate) mod copy;
pub(crate) mod cpu;
pub(crate) mod fast;
pub(crate) mod loops;
pub(crate) mod position;
pub(crate) mod sink;
pub(crate) mod tail;
