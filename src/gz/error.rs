//! What gzerror tells of a file: a code and a text.
//!
//! The text is "path: message", in memory of its own, because gzerror hands it out until the
//! next call. When there is no memory for it, the error becomes Z_MEM_ERROR, whose text needs
//! none.
#![forbid(unsafe_code)]

use core::ffi::{CStr, c_int};
use std::io::Write;

use super::os::Errno;
use crate::error::ReturnCode;

/// A call failed, and the file's [`ErrorState`] says how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed;

/// What a step of a call gives.
pub type GzResult<T = ()> = Result<T, Failed>;

/// Z_MEM_ERROR's text, which stands alone.
const OUT_OF_MEMORY: &CStr = c"out of memory";

/// A C string in memory of its own, which may be refused.
#[derive(Debug)]
pub struct Text(Vec<u8>);

impl Text {
    /// The parts, one behind the other; None if there is no memory.
    pub fn new(parts: &[&CStr]) -> Option<Text> {
        let len: usize = parts.iter().map(|part| part.count_bytes()).sum();
        let mut text = Vec::new();
        text.try_reserve_exact(len + 1).ok()?;
        for part in parts {
            text.extend_from_slice(part.to_bytes());
        }
        text.push(0);
        Some(Text(text))
    }

    /// The decimal number between two texts; None if there is no memory.
    pub fn numbered(before: &CStr, number: c_int, after: &CStr) -> Option<Text> {
        /// Sign and digits of the longest number, and the zero byte.
        const NUMBER_MAX: usize = 12;
        let mut digits = [0u8; NUMBER_MAX];
        let mut rest = &mut digits[..NUMBER_MAX - 1];
        write!(rest, "{number}").ok()?;
        let digits = CStr::from_bytes_until_nul(&digits).ok()?;
        Text::new(&[before, digits, after])
    }

    /// The string.
    pub fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }
}

/// The last error of a file.
#[derive(Debug)]
pub struct ErrorState {
    code: ReturnCode,
    text: Option<Text>,
    stalled: bool,
}

impl ErrorState {
    /// No error.
    pub fn none() -> ErrorState {
        ErrorState {
            code: ReturnCode::Ok,
            text: None,
            stalled: false,
        }
    }

    /// The code that gzerror gives.
    #[inline]
    pub fn code(&self) -> ReturnCode {
        self.code
    }

    /// The text that gzerror gives.
    pub fn text(&self) -> &CStr {
        match (&self.text, self.code) {
            (_, ReturnCode::MemError) => OUT_OF_MEMORY,
            (Some(text), _) => text.as_c_str(),
            (None, _) => c"",
        }
    }

    /// True if the last error was that the file would have blocked; the call may be repeated.
    pub fn is_stall(&self) -> bool {
        self.stalled
    }

    /// True for all errors but Z_BUF_ERROR, after which more may come by itself.
    pub fn is_serious(&self) -> bool {
        !matches!(self.code, ReturnCode::Ok | ReturnCode::BufError)
    }

    /// True if nothing goes on without gzclearerr.
    pub fn is_fatal(&self) -> bool {
        self.is_serious() && !self.stalled
    }

    /// Forgets the error.
    #[inline]
    pub fn clear(&mut self) {
        if self.code != ReturnCode::Ok {
            *self = ErrorState::none();
        }
    }

    /// Sets an error with a text about the file of this name.
    pub fn set(&mut self, code: ReturnCode, name: &Text, message: &CStr) {
        self.stalled = false;
        // The old text's memory first: the new one may need it.
        self.text = None;
        self.text = Text::new(&[name.as_c_str(), c": ", message]);
        self.code = match self.text {
            Some(_) => code,
            None => ReturnCode::MemError,
        };
    }

    /// Sets Z_MEM_ERROR.
    pub fn set_out_of_memory(&mut self) {
        *self = ErrorState {
            code: ReturnCode::MemError,
            ..ErrorState::none()
        };
    }

    /// Sets the error of a system call; errno stays what it was.
    pub fn set_errno(&mut self, error: Errno, name: &Text) {
        error.with_text(|message| self.set(ReturnCode::Errno, name, message));
        self.stalled = error.is_stall();
        error.publish();
    }

    /// Adds that the file would have blocked to an error that says more about it.
    pub fn set_stalled(&mut self, code: ReturnCode, name: &Text, message: &CStr) {
        self.set(code, name, message);
        self.stalled = true;
    }
}
