//! What a gzFile points to: the open file, and the fields that the macro gzgetc reads.
//!
//! The macro gzgetc takes bytes from the file's output buffer without a call, through the three
//! fields that zlib.h exposes (`gzFile_s`). So each call first tells the file how many bytes the
//! macro has taken, and sets the fields again at its end. Only this module knows the fields.
//!
//! A handle is used only if its tag shows that this library made it. zlib has a number there, too,
//! so another zlib's file is not mistaken for ours.
//!
//! Unsafe because it follows the caller's pointer.
#![allow(unsafe_code)]

use core::ffi::c_uint;
use core::ptr::NonNull;

use crate::ffi::types::{gzFile, gzFile_s};
use crate::gz::file::GzFile;
use crate::gz::read::Reader;
use crate::gz::write::Writer;

/// Identifies our files: zlib's mode and descriptor, which lie there, never look like this.
const TAG: u64 = u64::from_le_bytes(*b"rzgzfile");

/// A file, and what C sees of it.
#[repr(C)]
struct FileHandle {
    exposed: gzFile_s,
    tag: u64,
    file: GzFile,
}

impl FileHandle {
    /// Accounts for the bytes that the macro gzgetc has taken.
    #[inline]
    fn resume(&mut self) {
        if let GzFile::Reading(reader) = &mut self.file {
            let left = self.exposed.have as usize;
            let taken = reader.output.len().saturating_sub(left);
            if taken != 0 {
                reader.advance(taken);
            }
        }
    }

    /// Exposes the output buffer to the macro gzgetc.
    #[inline]
    fn publish(&mut self) {
        if let GzFile::Reading(reader) = &self.file {
            let data = reader.output.data();
            self.exposed.have = data.len() as c_uint;
            self.exposed.next = data.as_ptr().cast_mut();
        }
        self.exposed.pos = self.file.common().pos;
    }
}

/// The handle of `file`, None if it is NULL or not ours.
///
/// # Safety
/// - `file` is NULL or what gzopen of some zlib returned, open, and nothing else uses it while
///   the result is in use.
unsafe fn handle_of<'a>(file: gzFile) -> Option<&'a mut FileHandle> {
    let handle = NonNull::new(file.cast::<FileHandle>())?;
    if !handle.is_aligned() {
        return None;
    }
    // SAFETY: each zlib's file is longer than the exposed fields and the tag after them.
    let tag = unsafe { (*handle.as_ptr()).tag };
    // SAFETY: the tag says that `create` made it.
    (tag == TAG).then(|| unsafe { &mut *handle.as_ptr() })
}

/// Makes a handle for what `open` gives; NULL if that is nothing, or there is no memory.
pub(super) fn create(open: impl FnOnce() -> Option<GzFile>) -> gzFile {
    // A vector, unlike a box, says whether there is memory, before anything is opened.
    let mut place = Vec::new();
    if place.try_reserve_exact(1).is_err() {
        return core::ptr::null_mut();
    }
    let Some(file) = open() else {
        return core::ptr::null_mut();
    };
    let exposed = gzFile_s {
        have: 0,
        next: core::ptr::null_mut(),
        pos: 0,
    };
    place.push(FileHandle {
        exposed,
        tag: TAG,
        file,
    });
    place[0].publish();
    Box::into_raw(place.into_boxed_slice()).cast()
}

/// Calls `work` with the file; `otherwise` if it is NULL or not ours.
///
/// # Safety
/// - As for `handle_of`.
#[inline]
pub(super) unsafe fn with_file<R>(
    file: gzFile,
    otherwise: R,
    work: impl FnOnce(&mut GzFile) -> R,
) -> R {
    // SAFETY: the caller promises it.
    let Some(handle) = (unsafe { handle_of(file) }) else {
        return otherwise;
    };
    handle.resume();
    let result = work(&mut handle.file);
    handle.publish();
    result
}

/// Calls `work` with a file for reading; `otherwise` if it is none.
///
/// # Safety
/// - As for `handle_of`.
#[inline]
pub(super) unsafe fn with_reader<R: Copy>(
    file: gzFile,
    otherwise: R,
    work: impl FnOnce(&mut Reader) -> R,
) -> R {
    // SAFETY: the caller promises it.
    unsafe {
        with_file(file, otherwise, |file| match file {
            GzFile::Reading(reader) => work(reader),
            GzFile::Writing(_) => otherwise,
        })
    }
}

/// Calls `work` with a file for writing; `otherwise` if it is none.
///
/// # Safety
/// - As for `handle_of`.
#[inline]
pub(super) unsafe fn with_writer<R: Copy>(
    file: gzFile,
    otherwise: R,
    work: impl FnOnce(&mut Writer) -> R,
) -> R {
    // SAFETY: the caller promises it.
    unsafe {
        with_file(file, otherwise, |file| match file {
            GzFile::Reading(_) => otherwise,
            GzFile::Writing(writer) => work(writer),
        })
    }
}

/// Takes the file out of its handle, which is no handle any more, if `wanted` says so.
///
/// # Safety
/// - As for `handle_of`.
pub(super) unsafe fn take(file: gzFile, wanted: impl FnOnce(&GzFile) -> bool) -> Option<GzFile> {
    // SAFETY: the caller promises it.
    let handle = unsafe { handle_of(file) }?;
    if !wanted(&handle.file) {
        return None;
    }
    handle.resume();
    // A copy of the pointer that someone kept should not pass the check.
    handle.tag = 0;
    // SAFETY: `create` made it of a box with one handle, and it is not used any more.
    let handle = unsafe { Box::from_raw(handle) };
    Some(handle.file)
}
