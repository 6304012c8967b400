//! What readers and writers share: the descriptor, the last error and the position.
#![forbid(unsafe_code)]

use super::error::ErrorState;
use super::os::File;

/// What readers and writers share.
pub(crate) struct Common {
    /// The descriptor.
    pub file: File,
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
    /// Advances the position by `count` bytes.
    #[inline]
    pub(crate) fn advance(&mut self, count: usize) {
        self.pos = self.pos.wrapping_add(count as i64);
    }
}
