//! Return codes and the message that zlib gives for each.
#![forbid(unsafe_code)]

use core::ffi::{CStr, c_int};

/// What a call returns. The numbers are zlib.h's Z_* constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum ReturnCode {
    /// Progress was made, and more can be.
    Ok = 0,
    /// The stream is complete.
    StreamEnd = 1,
    /// inflate needs the preset dictionary whose Adler-32 is in `adler`.
    NeedDict = 2,
    /// A file operation failed; errno says why.
    Errno = -1,
    /// A bad argument, or a stream that is not ours.
    StreamError = -2,
    /// Damaged input, or deflateEnd in the middle of a stream.
    DataError = -3,
    /// The allocator returned NULL.
    MemError = -4,
    /// No progress is possible; not fatal, the call may be repeated.
    BufError = -5,
    /// The caller was compiled against an incompatible zlib.h.
    VersionError = -6,
}

impl ReturnCode {
    /// The code as C sees it.
    pub fn code(self) -> c_int {
        self as c_int
    }

    /// The text that zlib stores in `msg` for this code.
    pub fn message(self) -> &'static CStr {
        message(self.code())
    }
}

/// A compressed stream is damaged: what zlib's inflate says of it.
pub type Damaged = &'static CStr;

/// Largest code that has a row in [`MESSAGES`].
const FIRST_CODE: c_int = ReturnCode::NeedDict as c_int;

/// zlib's texts, from the largest code (2) down to the smallest (-6).
const MESSAGES: [&CStr; 9] = [
    c"need dictionary",
    c"stream end",
    c"",
    c"file error",
    c"stream error",
    c"data error",
    c"insufficient memory",
    c"buffer error",
    c"incompatible version",
];

/// zlib's text for `code`; empty for a number that is no return code.
/// Source: zlib.h, zError.
pub fn message(code: c_int) -> &'static CStr {
    FIRST_CODE
        .checked_sub(code)
        .and_then(|row| usize::try_from(row).ok())
        .and_then(|row| MESSAGES.get(row))
        .copied()
        .unwrap_or(c"")
}
