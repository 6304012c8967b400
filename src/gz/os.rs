//! The system calls, one function each, and errno.
//!
//! zlib reports through errno why a file failed, or that a transfer would have blocked. Like
//! zlib, `read` and `write` clear errno first, so that a caller can rely on it after a failure.
//!
//! The descriptor belongs to the program: [`File`] closes it only on request, never on drop.
//!
//! Unsafe because it calls C.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_int, c_uint, c_void};
use std::io;

use super::mode::{OpenMode, Purpose};
use crate::buf::OutBuf;

#[cfg(not(any(target_os = "linux", target_os = "android")))]
use libc::lseek as lseek64;
#[cfg(any(target_os = "linux", target_os = "android"))]
use libc::{O_LARGEFILE, lseek64};
/// Systems whose off_t always has 64 bits do not have this flag.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const O_LARGEFILE: c_int = 0;

/// The most bytes in one read or write: what all systems accept, as in zlib.
const TRANSFER_MAX: usize = 1 << 30;
/// Permissions of a new file, before the umask.
const PERMISSIONS: c_uint = 0o666;
/// Room for strerror_r's text; the longest ones have 50 bytes.
const ERROR_TEXT_MAX: usize = 256;

/// A failed system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Errno(c_int);

impl Errno {
    /// The error of a write that wrote nothing without an error. Retrying it might never end.
    pub(crate) const NOTHING_WRITTEN: Errno = Errno(libc::EIO);
    /// The error of a transfer that would have blocked.
    pub(crate) const STALLED: Errno = Errno(libc::EAGAIN);

    fn last() -> Errno {
        Errno(io::Error::last_os_error().raw_os_error().unwrap_or(0))
    }

    /// True if the file is non-blocking and the call would have blocked.
    pub(crate) fn is_stall(self) -> bool {
        self.0 == libc::EAGAIN || self.0 == libc::EWOULDBLOCK
    }

    /// Sets errno to this.
    pub(crate) fn publish(self) {
        set_errno(self.0);
    }

    /// Calls `with` with the system's message.
    pub(crate) fn with_text<R>(self, with: impl FnOnce(&CStr) -> R) -> R {
        let mut text = [0u8; ERROR_TEXT_MAX];
        // SAFETY: the buffer is longer than the size that is passed.
        unsafe { libc::strerror_r(self.0, text.as_mut_ptr().cast(), text.len() - 1) };
        // strerror_r cannot have written the last byte, so there is a NUL.
        with(CStr::from_bytes_until_nul(&text).unwrap_or_default())
    }
}

fn set_errno(value: c_int) {
    #[cfg(target_os = "linux")]
    // SAFETY: the call has no preconditions, and the address is that of this thread's errno.
    unsafe {
        libc::__errno_location().write(value);
    }
    #[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
    // SAFETY: as above.
    unsafe {
        libc::__error().write(value);
    }
    #[cfg(not(any(target_os = "linux", target_vendor = "apple", target_os = "freebsd")))]
    let _ = value;
}

/// What an offset is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Whence {
    /// The start of the file.
    Start = libc::SEEK_SET,
    /// The current offset.
    Current = libc::SEEK_CUR,
    /// The end of the file.
    End = libc::SEEK_END,
}

/// A file descriptor.
#[derive(Debug)]
pub(crate) struct File(c_int);

impl File {
    /// Opens a file; on failure, errno says why.
    pub(crate) fn open(path: &CStr, mode: &OpenMode) -> Option<File> {
        let mut flags = O_LARGEFILE
            | match mode.purpose {
                Purpose::Read => libc::O_RDONLY,
                Purpose::Write => libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC,
                Purpose::Append => libc::O_WRONLY | libc::O_CREAT | libc::O_APPEND,
            };
        if mode.exclusive && mode.purpose != Purpose::Read {
            flags |= libc::O_EXCL;
        }
        if mode.close_on_exec {
            flags |= libc::O_CLOEXEC;
        }
        if mode.non_blocking {
            flags |= libc::O_NONBLOCK;
        }
        // SAFETY: the path is a C string, and the permissions are passed for O_CREAT.
        let descriptor = unsafe { libc::open(path.as_ptr(), flags, PERMISSIONS) };
        (descriptor != -1).then_some(File(descriptor))
    }

    /// Takes over a descriptor that the program has opened, and sets the flags that the mode
    /// asks for. Like zlib, it does not check the descriptor.
    pub(crate) fn adopt(descriptor: c_int, mode: &OpenMode) -> File {
        if mode.non_blocking {
            // SAFETY: F_GETFL and F_SETFL return and take flags.
            unsafe {
                let flags = libc::fcntl(descriptor, libc::F_GETFL);
                libc::fcntl(descriptor, libc::F_SETFL, flags | libc::O_NONBLOCK);
            }
        }
        if mode.close_on_exec {
            // SAFETY: F_GETFD and F_SETFD return and take flags. zlib sets O_CLOEXEC here, which
            // is another bit and has no effect.
            unsafe {
                let flags = libc::fcntl(descriptor, libc::F_GETFD);
                libc::fcntl(descriptor, libc::F_SETFD, flags | libc::FD_CLOEXEC);
            }
        }
        File(descriptor)
    }

    /// Calls `read` once, for all the room in `output`; 0 is the end of the file.
    pub(crate) fn read(&self, output: &mut OutBuf) -> Result<usize, Errno> {
        let room = output.take_room();
        let most = room.len().min(TRANSFER_MAX);
        set_errno(0);
        // SAFETY: `room` has at least `most` writable bytes.
        let got = unsafe { libc::read(self.0, room.as_mut_ptr().cast::<c_void>(), most) };
        let Ok(count) = usize::try_from(got) else {
            let error = Errno::last();
            output.return_room(room, 0);
            return Err(error);
        };
        let count = count.min(most);
        output.return_room(&mut room[count..], count);
        Ok(count)
    }

    /// Calls `write` once; returns how much of `data` was written.
    pub(crate) fn write(&self, data: &[u8]) -> Result<usize, Errno> {
        let most = data.len().min(TRANSFER_MAX);
        set_errno(0);
        // SAFETY: `data` has at least `most` bytes.
        let took = unsafe { libc::write(self.0, data.as_ptr().cast::<c_void>(), most) };
        match usize::try_from(took) {
            Ok(0) => {
                Errno::NOTHING_WRITTEN.publish();
                Err(Errno::NOTHING_WRITTEN)
            }
            Ok(count) => Ok(count.min(most)),
            Err(_) => Err(Errno::last()),
        }
    }

    /// Moves the offset and returns the new one; None if the file cannot seek, such as a pipe.
    pub(crate) fn seek(&self, offset: i64, whence: Whence) -> Option<i64> {
        // SAFETY: the call has no preconditions.
        let position = unsafe { lseek64(self.0, offset, whence as c_int) };
        (position != -1).then_some(position)
    }

    /// Closes the descriptor; false if that fails.
    pub(crate) fn close(self) -> bool {
        // SAFETY: the program has handed the descriptor over.
        unsafe { libc::close(self.0) == 0 }
    }
}
