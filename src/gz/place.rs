//! Where a file for reading is: before a member or in it, and which one (`member.rs`).
#![forbid(unsafe_code)]

/// Where reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Before a member, or at the start.
    Look,
    /// In a file that is copied.
    Copy,
    /// In a member.
    Gzip,
}

/// What is known of the member that is being read, or was read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// The first one: what is wrong with it is an error.
    First,
    /// Bytes behind a member that have given no output: they may be garbage.
    Candidate,
    /// It has given output, or is complete.
    Proven,
}
