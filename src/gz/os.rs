//! The system calls, one function each, and errno.
//!
//! zlib's functions tell a program through errno why a file failed, and that a read or write
//! would have blocked; so errno is cleared before each transfer, as zlib does, and a caller
//! can rely on it after a failure.
//!
//! The descriptor is the program's: [`File`] closes it only when it is told to, never on drop.
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
/// Systems whose off_t always has 64 bits do not know it.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const O_LARGEFILE: c_int = 0;

/// Most bytes of one read or write: what systems take in one call, as in zlib.
const TRANSFER_MAX: usize = 1 << 30;
/// The permissions of a new file, of which the umask is taken away.
const PERMISSIONS: c_uint = 0o666;
/// Room for a text of strerror_r; the longest ones have 50 bytes.
const ERROR_TEXT_MAX: usize = 256;

/// A failed system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(c_int);

impl Errno {
    /// The error of a write that wrote nothing and did not say why. It would be tried for ever.
    pub const NOTHING_WRITTEN: Errno = Errno(libc::EIO);
    /// The error of a transfer that would have blocked.
    pub const STALLED: Errno = Errno(libc::EAGAIN);

    fn last() -> Errno {
        Errno(io::Error::last_os_error().raw_os_error().unwrap_or(0))
    }

    /// True if the file is not blocking, and the call would have blocked.
    pub fn is_stall(self) -> bool {
        self.0 == libc::EAGAIN || self.0 == libc::EWOULDBLOCK
    }

    /// Makes this the program's errno.
    pub fn publish(self) {
        set_errno(self.0);
    }

    /// Calls `with` with the system's text for the error.
    pub fn with_text<R>(self, with: impl FnOnce(&CStr) -> R) -> R {
        let mut text = [0u8; ERROR_TEXT_MAX];
        // SAFETY: the buffer has as many bytes as the call is told.
        unsafe { libc::strerror_r(self.0, text.as_mut_ptr().cast(), text.len() - 1) };
        // The last byte was never given away, so there is a zero.
        with(CStr::from_bytes_until_nul(&text).unwrap_or_default())
    }
}

/// Where errno lives.
fn errno_address() -> Option<*mut c_int> {
    #[cfg(target_os = "linux")]
    // SAFETY: the call has no conditions.
    let address = Some(unsafe { libc::__errno_location() });
    #[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
    // SAFETY: the call has no conditions.
    let address = Some(unsafe { libc::__error() });
    #[cfg(not(any(target_os = "linux", target_vendor = "apple", target_os = "freebsd")))]
    let address = None;
    address
}

fn set_errno(value: c_int) {
    if let Some(address) = errno_address() {
        // SAFETY: this thread's own errno.
        unsafe { address.write(value) };
    }
}

/// Where a seek counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    /// The file's beginning.
    Start,
    /// The present position.
    Current,
    /// The file's end.
    End,
}

/// A file descriptor.
#[derive(Debug)]
pub struct File(c_int);

impl File {
    /// Opens a file. The reason of a failure is in errno.
    pub fn open(path: &CStr, mode: &OpenMode) -> Option<File> {
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
        // SAFETY: the path ends with a zero byte, and the permissions are there for O_CREAT.
        let descriptor = unsafe { libc::open(path.as_ptr(), flags, PERMISSIONS) };
        (descriptor != -1).then_some(File(descriptor))
    }

    /// A descriptor that the program has opened, with the flags that the mode asks for. Like
    /// zlib it does not look whether it is one.
    pub fn adopt(descriptor: c_int, mode: &OpenMode) -> File {
        if mode.non_blocking {
            // SAFETY: both commands take and give flags.
            unsafe {
                let flags = libc::fcntl(descriptor, libc::F_GETFL);
                libc::fcntl(descriptor, libc::F_SETFL, flags | libc::O_NONBLOCK);
            }
        }
        if mode.close_on_exec {
            // SAFETY: both commands take and give flags. zlib sets O_CLOEXEC here, which is
            // another bit and does nothing.
            unsafe {
                let flags = libc::fcntl(descriptor, libc::F_GETFD);
                libc::fcntl(descriptor, libc::F_SETFD, flags | libc::FD_CLOEXEC);
            }
        }
        File(descriptor)
    }

    /// Reads once, as much as `output` has room for or the system gives; 0 is the end.
    pub fn read(&self, output: &mut OutBuf) -> Result<usize, Errno> {
        let room = output.take_room();
        let most = room.len().min(TRANSFER_MAX);
        set_errno(0);
        // SAFETY: `most` bytes can be written there.
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

    /// Writes once, as much of `data` as the system takes.
    pub fn write(&self, data: &[u8]) -> Result<usize, Errno> {
        let most = data.len().min(TRANSFER_MAX);
        set_errno(0);
        // SAFETY: `most` bytes can be read there.
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

    /// Moves the position; the new one. None if there are no positions, as in a pipe.
    pub fn seek(&self, offset: i64, whence: Whence) -> Option<i64> {
        let whence = match whence {
            Whence::Start => libc::SEEK_SET,
            Whence::Current => libc::SEEK_CUR,
            Whence::End => libc::SEEK_END,
        };
        // SAFETY: the call has no conditions.
        let position = unsafe { lseek64(self.0, offset, whence) };
        (position != -1).then_some(position)
    }

    /// Closes the descriptor; false if the system reports an error.
    pub fn close(self) -> bool {
        // SAFETY: the program gave the descriptor to be closed here.
        unsafe { libc::close(self.0) == 0 }
    }
}
