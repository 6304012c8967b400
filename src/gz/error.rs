//! The last error of a file, as gzerror reports it: a code and a text.
//!
//! The text is "path: message". It is allocated, because gzerror's result stays valid until the
//! next call; if that fails, the error becomes Z_MEM_ERROR, whose text is constant.
#![forbid(unsafe_code)]

use core::ffi::{CStr, c_int};
use std::io::Write;

use super::os::Errno;
use crate::error::ReturnCode;

/// A call failed; the file's [`ErrorState`] says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failed;

/// The result of an operation on a file.
pub(crate) type GzResult<T = ()> = Result<T, Failed>;

/// Z_MEM_ERROR's text, which does not name the file.
const OUT_OF_MEMORY: &CStr = c"out of memory";

/// An owned C string, whose allocation may fail.
#[derive(Debug)]
pub(crate) struct Text(Vec<u8>);

impl Text {
    /// The concatenation of `strings`; None if there is not enough memory.
    pub(crate) fn new(strings: &[&CStr]) -> Option<Text> {
        let len: usize = strings.iter().map(|string| string.count_bytes()).sum();
        let mut text = Vec::new();
        text.try_reserve_exact(len + 1).ok()?;
        for string in strings {
            text.extend_from_slice(string.to_bytes());
        }
        text.push(0);
        Some(Text(text))
    }

    /// A decimal number between two strings; None if there is not enough memory.
    pub(crate) fn numbered(before: &CStr, number: c_int, after: &CStr) -> Option<Text> {
        /// Sign and digits of the longest number, and a NUL.
        const NUMBER_MAX: usize = 12;
        let mut digits = [0u8; NUMBER_MAX];
        let mut rest = &mut digits[..NUMBER_MAX - 1];
        write!(rest, "{number}").ok()?;
        let digits = CStr::from_bytes_until_nul(&digits).ok()?;
        Text::new(&[before, digits, after])
    }

    /// The string.
    pub(crate) fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }
}

/// The last error of a file.
#[derive(Debug)]
pub(crate) struct ErrorState {
    /// The path, or "<fd:N>", for messages.
    name: Text,
    code: ReturnCode,
    text: Option<Text>,
    stalled: bool,
}

impl ErrorState {
    /// No error of the file called `name`.
    pub(crate) fn new(name: Text) -> ErrorState {
        ErrorState {
            name,
            code: ReturnCode::Ok,
            text: None,
            stalled: false,
        }
    }

    /// gzerror's code.
    #[inline]
    pub(crate) fn code(&self) -> ReturnCode {
        self.code
    }

    /// gzerror's text.
    pub(crate) fn text(&self) -> &CStr {
        match (&self.text, self.code) {
            (_, ReturnCode::MemError) => OUT_OF_MEMORY,
            (Some(text), _) => text.as_c_str(),
            (None, _) => c"",
        }
    }

    /// True if the file would have blocked; the call may be repeated.
    pub(crate) fn is_stall(&self) -> bool {
        self.stalled
    }

    /// True for all errors but Z_BUF_ERROR, which ends when the file grows.
    pub(crate) fn is_serious(&self) -> bool {
        !matches!(self.code, ReturnCode::Ok | ReturnCode::BufError)
    }

    /// True if the file needs gzclearerr before it can be used again.
    pub(crate) fn is_fatal(&self) -> bool {
        self.is_serious() && !self.stalled
    }

    /// Clears the error.
    #[inline]
    pub(crate) fn clear(&mut self) {
        if self.code != ReturnCode::Ok {
            self.set_without_text(ReturnCode::Ok);
        }
    }

    fn set_without_text(&mut self, code: ReturnCode) {
        self.code = code;
        self.text = None;
        self.stalled = false;
    }

    /// Sets an error with a text about the file.
    pub(crate) fn set(&mut self, code: ReturnCode, message: &CStr) -> Failed {
        // The old text is freed first, because the new one may need its memory.
        self.set_without_text(code);
        self.text = Text::new(&[self.name.as_c_str(), c": ", message]);
        if self.text.is_none() {
            self.code = ReturnCode::MemError;
        }
        Failed
    }

    /// Sets Z_MEM_ERROR.
    pub(crate) fn set_out_of_memory(&mut self) -> Failed {
        self.set_without_text(ReturnCode::MemError);
        Failed
    }

    /// Sets the error of a system call, and errno to it.
    pub(crate) fn set_errno(&mut self, error: Errno) -> Failed {
        error.with_text(|message| self.set(ReturnCode::Errno, message));
        self.stalled = error.is_stall();
        error.publish();
        Failed
    }

    /// Sets a more specific error for a file that would have blocked.
    pub(crate) fn set_stalled(&mut self, code: ReturnCode, message: &CStr) {
        self.set(code, message);
        self.stalled = true;
    }
}

#[cfg(test)]
#[path = "../../tests/unit/gz_error.rs"]
mod tests;
