//! What readers and writers share: the descriptor, the last error and the position.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use super::error::{ErrorState, Failed, Text};
use super::os::{Errno, File};
use crate::error::ReturnCode;

/// What readers and writers share.
pub(crate) struct Common {
    /// The descriptor.
    pub file: File,
    /// The path, or "<fd:N>", for messages.
    pub name: Text,
    /// Buffer size in bytes (gzbuffer).
    pub size: usize,
    /// The last error.
    pub error: ErrorState,
    /// Position in the uncompressed data, in bytes.
    pub pos: i64,
    /// Bytes that a gzseek has yet to skip, or to write as zeros, before the next byte.
    pub skip: i64,
}

impl Common {
    /// Sets an error about this file.
    pub(crate) fn fail(&mut self, code: ReturnCode, message: &CStr) -> Failed {
        self.error.set(code, &self.name, message);
        Failed
    }

    /// Sets the error of a system call.
    pub(crate) fn fail_with_errno(&mut self, error: Errno) -> Failed {
        self.error.set_errno(error, &self.name);
        Failed
    }

    /// Sets Z_MEM_ERROR.
    pub(crate) fn fail_out_of_memory(&mut self) -> Failed {
        self.error.set_out_of_memory();
        Failed
    }

    /// Advances the position by `count` bytes.
    #[inline]
    pub(crate) fn advance(&mut self, count: usize) {
        self.pos = self.pos.wrapping_add(count as i64);
    }
}
