//! Where zlib 1.3.2 is not followed, because it loses data or hides that a file is damaged.
//!
//! - When a file ends in a member, zlib forgets the error in the next call, and gzclose says
//!   Z_OK. Ours keeps Z_BUF_ERROR.
//! - When a file ends right behind a member, and the input buffer does, too, zlib says Z_BUF_ERROR
//!   although nothing is missing. Ours does not.
//! - When data cannot be decoded, zlib gives what came before the error to one call, and drops
//!   what that call had no room for. Ours gives all of it, then the error.
//! - When the first member cannot be decoded and has given no data, zlib takes it for garbage
//!   and shows an empty file. Ours says Z_DATA_ERROR.
//! - After gzrewind, or a gzseek that does it, zlib forgets the mode's G, and copies a file that
//!   is no gzip. Such seeks are left out.
//! - gzdirect fills the buffer while a gzseek is waiting; zlib's gzgetc takes a byte of it that was
//!   to be skipped. Such a gzdirect is left out.
//! - When gzseek comes before the first write, and then something that asks for no buffers of
//!   its own, zlib writes memory that it did not set, in the place of zeros. Ours writes zeros.
//! - gzprintf compares the address of the last byte taken, which may be the caller's, with that
//!   of its buffer to see whether that is full. So what zlib writes depends on where the caller's
//!   memory lies; ours is what zlib writes if that is below zlib's, as it is in these tests.
#![forbid(unsafe_code)]

use crate::common::api::{Z_BUF_ERROR, Z_DATA_ERROR, Z_OK};
use crate::common::gz_call::GzCall;
use crate::plan::{Made, Plan};
use crate::side::Seen;

fn grows(plan: &Plan) -> bool {
    let grows = |call: &GzCall| matches!(call, GzCall::Grow { .. });
    plan.calls.iter().any(grows)
}

/// True if a file may have what cannot be decoded.
fn may_be_damaged(plan: &Plan) -> bool {
    plan.made == Made::Damaged || plan.descriptor.is_some() || grows(plan)
}

/// True if a file may end in a member, as seen from where it is opened.
fn may_be_cut(plan: &Plan) -> bool {
    plan.made != Made::Members || plan.descriptor.is_some() || grows(plan)
}

/// True if a file may end right behind a member.
fn may_be_whole(plan: &Plan) -> bool {
    matches!(plan.made, Made::Members | Made::Garbage | Made::Damaged)
}

/// True if two files differ in what is known to, and in nothing else.
pub fn is_known(plan: &Plan, zlib: &Seen, ours: &Seen) -> bool {
    let mut same = zlib.clone();
    same.error = ours.error.clone();
    let forgotten = zlib.error.0 == Z_OK && ours.error.0 == Z_BUF_ERROR;
    let false_alarm = zlib.error.0 == Z_BUF_ERROR && ours.error.0 == Z_OK;
    same == *ours && ((forgotten && may_be_cut(plan)) || (false_alarm && may_be_whole(plan)))
}

/// The same for what gzclose returns.
pub fn is_known_close(plan: &Plan, zlib: i64, ours: i64) -> bool {
    let (ok, cut_off) = (i64::from(Z_OK), i64::from(Z_BUF_ERROR));
    (may_be_cut(plan) && (zlib, ours) == (ok, cut_off))
        || (may_be_whole(plan) && (zlib, ours) == (cut_off, ok))
}

/// True if zlib shows an empty file, because it took a damaged member for garbage.
pub fn is_passed_over(plan: &Plan, zlib: &Seen, ours: &Seen) -> bool {
    may_be_damaged(plan) && (zlib.pos, zlib.error.0) == (0, Z_OK) && ours.error.0 == Z_DATA_ERROR
}

/// True if zlib has found what cannot be decoded: from there on the two go different ways.
pub fn parts_at(plan: &Plan, zlib: &Seen) -> bool {
    may_be_damaged(plan) && zlib.error.0 == Z_DATA_ERROR
}

/// True if a call is left out of a sequence, because zlib's result would be of no use.
pub fn is_left_out(plan: &Plan, call: GzCall, zlib: &Seen) -> bool {
    let moves = matches!(
        call,
        GzCall::Rewind | GzCall::Seek { .. } | GzCall::Seek64 { .. }
    );
    let forgets_mode = moves && plan.mode.to_bytes().contains(&b'G');
    forgets_mode || (call == GzCall::Direct && zlib.tell != zlib.pos)
}

/// True if a call that returned `code` had zlib ask for the buffers of a file that is written.
pub fn begins(call: GzCall, code: i64) -> bool {
    match call {
        GzCall::Write { .. }
        | GzCall::WriteItems { .. }
        | GzCall::PutText { .. }
        | GzCall::Print { .. } => code > 0,
        GzCall::PutByte { .. } => code >= 0,
        _ => false,
    }
}

/// True if zlib would write memory that it did not set, with this call on a file that is written
/// and not `begun`.
pub fn writes_unset_memory(call: GzCall, begun: bool, zlib: Seen) -> bool {
    let clears = matches!(
        call,
        GzCall::PutByte { .. }
            | GzCall::Flush { .. }
            | GzCall::SetParams { .. }
            | GzCall::Close
            | GzCall::CloseByKind
    );
    clears && !begun && zlib.tell != zlib.pos
}
