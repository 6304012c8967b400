//! What files for reading and for writing have in common: the descriptor, the error, the position.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use super::error::{ErrorState, Failed, Text};
use super::os::{Errno, File};
use crate::error::ReturnCode;

/// What files for reading and for writing have in common.
pub struct Common {
    /// The descriptor.
    pub file: File,
    /// The path, or "<fd:N>", for messages.
    pub name: Text,
    /// The buffers' size, in bytes.
    pub size: usize,
    /// What gzerror tells.
    pub error: ErrorState,
    /// Position in the data that is not compressed, in bytes.
    pub pos: i64,
    /// Bytes that gzseek asked to skip, or to fill with zeros, before the next byte.
    pub skip: i64,
}

impl Common {
    /// Sets an error about this file.
    pub fn fail(&mut self, code: ReturnCode, message: &CStr) -> Failed {
        self.error.set(code, &self.name, message);
        Failed
    }

    /// Sets the error of a system call.
    pub fn fail_with_errno(&mut self, error: Errno) -> Failed {
        self.error.set_errno(error, &self.name);
        Failed
    }

    /// Sets Z_MEM_ERROR.
    pub fn fail_out_of_memory(&mut self) -> Failed {
        self.error.set_out_of_memory();
        Failed
    }

    /// Moves the position on by `count` bytes.
    #[inline]
    pub fn advance(&mut self, count: usize) {
        self.pos = self.pos.wrapping_add(count as i64);
    }
}
