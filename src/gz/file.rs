//! An open gz file, for reading or writing: opening, buffer size, closing.
//!
//! All memory comes from malloc: the file itself with its name, and, at the first read or write,
//! because gzbuffer may come before it, a stream and buffers of gzbuffer's size (default 8192):
//! - for reading, 1 x size for input and 2 x size for output, so that a whole input buffer that
//!   is not compressed fits with room for gzungetc;
//! - for writing, 2 x size for input and, with compression, 1 x size for output. The second half of
//!   the input is for gzprintf, whose text is no longer than the first half.
#![forbid(unsafe_code)]

use core::ffi::{CStr, c_int};

use super::common::Common;
use super::error::{ErrorState, Failed, GzResult, Text};
use super::mode::{Direct, OpenMode, Purpose};
use super::os::{File, Whence};
use super::read::Reader;
use super::write::Writer;
use crate::error::ReturnCode;

/// Buffer size without gzbuffer, in bytes.
const DEFAULT_SIZE: usize = 8192;
/// The smallest buffer size: deflate's flush markers need some room.
const LEAST_SIZE: usize = 8;
/// The largest buffer size: its double must fit a C unsigned int.
const LARGEST_SIZE: u32 = i32::MAX as u32;

/// An open file. gzputc tests a tag faster than a value that some field cannot have.
#[repr(u32)]
pub(crate) enum GzFile {
    /// For reading.
    Reading(Reader),
    /// For writing.
    Writing(Writer),
}

impl GzFile {
    /// Opens the file at `path`; None if there is not enough memory or, with errno set, if that
    /// fails.
    pub(crate) fn open(path: &CStr, mode: &OpenMode) -> Option<GzFile> {
        let name = Text::new(&[path])?;
        let file = File::open(path, mode)?;
        Some(GzFile::new(file, name, mode))
    }

    /// Takes over an open descriptor; None if there is not enough memory.
    pub(crate) fn adopt(descriptor: c_int, mode: &OpenMode) -> Option<GzFile> {
        let name = Text::numbered(c"<fd:", descriptor, c">")?;
        Some(GzFile::new(File::adopt(descriptor, mode), name, mode))
    }

    fn new(file: File, name: Text, mode: &OpenMode) -> GzFile {
        let common = Common {
            file,
            size: DEFAULT_SIZE,
            error: ErrorState::new(name),
            pos: 0,
            skip: 0,
        };
        match mode.purpose {
            Purpose::Read => {
                let start = common.file.seek(0, Whence::Current).unwrap_or(0);
                GzFile::Reading(Reader::new(common, mode.direct, start))
            }
            Purpose::Write | Purpose::Append => {
                if mode.purpose == Purpose::Append {
                    // For gzoffset only: O_APPEND makes writes go to the end.
                    common.file.seek(0, Whence::End);
                }
                let direct = mode.direct == Direct::Yes;
                GzFile::Writing(Writer::new(common, direct, mode.level, mode.strategy))
            }
        }
    }

    /// What readers and writers share.
    pub(crate) fn common(&self) -> &Common {
        match self {
            GzFile::Reading(reader) => &reader.common,
            GzFile::Writing(writer) => &writer.common,
        }
    }

    /// What readers and writers share.
    pub(crate) fn common_mut(&mut self) -> &mut Common {
        match self {
            GzFile::Reading(reader) => &mut reader.common,
            GzFile::Writing(writer) => &mut writer.common,
        }
    }

    /// Sets the buffer size (gzbuffer). Fails once the buffers are allocated, or if twice the
    /// size does not fit a C unsigned int.
    pub(crate) fn set_buffer_size(&mut self, size: u32) -> GzResult {
        let has_buffers = match self {
            GzFile::Reading(reader) => reader.members.has_buffers(),
            GzFile::Writing(writer) => writer.compressor.has_buffers(),
        };
        if has_buffers || size > LARGEST_SIZE {
            return Err(Failed);
        }
        self.common_mut().size = (size as usize).max(LEAST_SIZE);
        Ok(())
    }

    /// Closes the file. Returns Z_ERRNO if closing the descriptor failed, else the error of the
    /// last write, or Z_BUF_ERROR if reading stopped in the middle of a member.
    pub(crate) fn close(self) -> ReturnCode {
        let (common, code) = match self {
            GzFile::Reading(reader) => {
                let code = match reader.common.error.code() {
                    ReturnCode::BufError => ReturnCode::BufError,
                    _ => ReturnCode::Ok,
                };
                (reader.common, code)
            }
            GzFile::Writing(mut writer) => {
                let code = writer.finish();
                (writer.common, code)
            }
        };
        if common.file.close() {
            code
        } else {
            ReturnCode::Errno
        }
    }

    /// Clears the last error and the end of the file (gzclearerr).
    pub(crate) fn clear_error(&mut self) {
        if let GzFile::Reading(reader) = self {
            reader.forget_end();
        }
        self.common_mut().error.clear();
    }
}
