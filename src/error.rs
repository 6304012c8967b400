//! Return codes, and zlib's message for each.
#![forbid(unsafe_code)]

use core::ffi::{CStr, c_int};

/// What a call returns, with the values of zlib.h's Z_* constants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum ReturnCode {
    /// Progress was made, and more can be.
    #[default]
    Ok = 0,
    /// The stream is complete.
    StreamEnd = 1,
    /// inflate needs the preset dictionary whose Adler-32 is in `adler`.
    NeedDict = 2,
    /// A file operation failed; errno says why.
    Errno = -1,
    /// An invalid argument or stream.
    StreamError = -2,
    /// Damaged input, or deflateEnd in the middle of a stream.
    DataError = -3,
    /// The allocator returned NULL.
    MemError = -4,
    /// No progress was possible; not fatal, the call may be repeated.
    BufError = -5,
    /// The caller was compiled against an incompatible zlib.h.
    VersionError = -6,
}

impl ReturnCode {
    /// The code as C sees it.
    pub(crate) fn code(self) -> c_int {
        self as c_int
    }

    /// zlib's message for this code.
    pub(crate) fn message(self) -> &'static CStr {
        message(self.code())
    }
}

/// Why inflate does not go on. The message is behind one more reference because a result then fits
/// two registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// Input or room is missing, or the caller asked to stop here.
    Wait,
    /// A preset dictionary is missing.
    NeedDictionary,
    /// The data is damaged: inflate's message.
    Damaged(&'static &'static CStr),
}

/// The code of the first of [`MESSAGES`].
const FIRST_CODE: c_int = ReturnCode::NeedDict as c_int;

/// zlib's messages, from the largest code (2) down to the smallest (-6).
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

/// zlib's message for `code`; empty for any other number.
/// Source: zlib.h, zError.
pub(crate) fn message(code: c_int) -> &'static CStr {
    FIRST_CODE
        .checked_sub(code)
        .and_then(|row| usize::try_from(row).ok())
        .and_then(|row| MESSAGES.get(row))
        .copied()
        .unwrap_or(c"")
}
