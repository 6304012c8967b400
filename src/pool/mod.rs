//! The pool: tables that belong to the library, and are lent to streams.
//!
//! # Idea
//!
//! deflate's index and inflate's line make a stream fast, but they are too large for it to own:
//! programs budget for what zlib asks of zalloc, and of ten thousand open streams nearly all are
//! idle. So the library owns a few tables, and a stream borrows one while it can use it. Few tables
//! are also *hot*: those used last are still in a cache, and their pages are there.
//!
//! A stream keeps no pointer to its table, but a [`Lease`](slot::Lease). The table is the stream's
//! between its calls, is locked only during a call, and may be taken by another stream at any other
//! time. A stream that was robbed learns of it at its next call. It fills another table from what
//! it has in its own memory, or does without.
//!
//! # Invariants
//!
//! 1. A table is touched only by whoever has marked its slot busy. Nothing ever waits: what is busy
//!    is not to be had. So a signal handler may compress in the middle of a call, and a fork during
//!    a call of another thread costs the child that thread's slot and no more.
//! 2. A lease is good for one use: its ticket changes whenever a table is put back. A program may
//!    copy a stream and its memory away, go on, and set both back later; a ticket that stayed the
//!    same would then give it a table that knows the future.
//! 3. A stream can always do without a table, with the same output.
//!
//! `slot.rs` is the protocol; `pages.rs` the memory, which comes from mmap, because malloc is not
//! safe in a signal handler, and the bound on all of it.

pub(crate) mod pages;
pub(crate) mod slot;
