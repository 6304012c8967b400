//! Memory of the pool: pages from the system, and the bound on all of them together.
//!
//! Unsafe because it is raw memory from mmap, and because getenv returns a C string.
#![allow(unsafe_code)]

use core::ffi::CStr;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering};

/// What all tables take at most, in bytes, unless the program or its environment says something
/// else: as many as 20 threads use at the same time.
const DEFAULT_BOUND: usize = 16 << 20;
/// The environment variable that says it: a number of bytes; 0 for no tables at all.
const VARIABLE: &CStr = c"RZLIB_TABLE_MEMORY";
/// The bound before anybody has asked for it.
const UNKNOWN: usize = usize::MAX;

/// Bytes that all tables may take, or [`UNKNOWN`].
static BOUND: AtomicUsize = AtomicUsize::new(UNKNOWN);
/// Bytes that they take.
static IN_USE: AtomicUsize = AtomicUsize::new(0);

/// Bytes that all tables take now.
pub(crate) fn in_use() -> usize {
    IN_USE.load(Ordering::Relaxed)
}

/// True if they take more than they may.
pub(crate) fn is_exceeded() -> bool {
    in_use() > bound()
}

/// True if so many bytes more may be taken.
pub(crate) fn has_room(bytes: usize) -> bool {
    in_use()
        .checked_add(bytes)
        .is_some_and(|sum| sum <= bound())
}

/// Sets the bound.
pub(crate) fn set_bound(bytes: usize) {
    BOUND.store(bytes.min(UNKNOWN - 1), Ordering::Relaxed);
}

/// The bound: what was set, else what the environment says, which is read once.
fn bound() -> usize {
    match BOUND.load(Ordering::Relaxed) {
        UNKNOWN => {
            let bytes = from_environment().unwrap_or(DEFAULT_BOUND);
            // If the program sets it at this moment, that holds.
            let set = BOUND.compare_exchange(UNKNOWN, bytes, Ordering::Relaxed, Ordering::Relaxed);
            set.err().unwrap_or(bytes)
        }
        bytes => bytes,
    }
}

/// What the environment says; programs with rights that their user lacks do not listen to it.
#[cold]
fn from_environment() -> Option<usize> {
    if is_privileged() {
        return None;
    }
    // SAFETY: the name is a C string, and the result is one or NULL. It stays as it is while this
    // runs: a program that changes its environment must not do so beside calls of C libraries.
    let value = unsafe {
        let value = NonNull::new(libc::getenv(VARIABLE.as_ptr()))?;
        CStr::from_ptr(value.as_ptr())
    };
    let bytes = value.to_str().ok()?.trim().parse::<usize>().ok()?;
    Some(bytes.min(UNKNOWN - 1))
}

/// Whether the program has rights that whoever started it may not have.
fn is_privileged() -> bool {
    // SAFETY: reads a number that the kernel gave the program.
    #[cfg(target_os = "linux")]
    return unsafe { libc::getauxval(libc::AT_SECURE) != 0 };
    // SAFETY: these four only return a number.
    #[cfg(all(unix, not(target_os = "linux")))]
    return unsafe { libc::getuid() != libc::geteuid() || libc::getgid() != libc::getegid() };
    #[cfg(not(unix))]
    false
}

/// So many bytes of memory, which begin at a multiple of [`ALIGNMENT`] and are zero at first.
pub(crate) struct Pages {
    address: NonNull<u8>,
    len: usize,
}

/// What the memory is aligned to, in bytes: no system has smaller pages.
pub(crate) const ALIGNMENT: usize = 4096;

// SAFETY: the memory is its own.
unsafe impl Send for Pages {}

impl Pages {
    /// None if `len` is 0 or exceeds the bound, or if the system has no memory.
    pub(crate) fn new(len: usize) -> Option<Self> {
        if len == 0 {
            return None;
        }
        let with_these = |in_use: usize| in_use.checked_add(len).filter(|&sum| sum <= bound());
        IN_USE
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, with_these)
            .ok()?;
        match system::map(len) {
            Some(address) => Some(Pages { address, len }),
            None => {
                IN_USE.fetch_sub(len, Ordering::Relaxed);
                None
            }
        }
    }

    /// Where they begin.
    pub(crate) fn address(&self) -> NonNull<u8> {
        self.address
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: these are the pages that `new` got, and nothing refers to them any more.
        unsafe { system::unmap(self.address, self.len) };
        IN_USE.fetch_sub(self.len, Ordering::Relaxed);
    }
}

impl Deref for Pages {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        // SAFETY: so many bytes are there and initialised.
        unsafe { core::slice::from_raw_parts(self.address.as_ptr(), self.len) }
    }
}

impl DerefMut for Pages {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `deref`; `&mut self` makes the access exclusive.
        unsafe { core::slice::from_raw_parts_mut(self.address.as_ptr(), self.len) }
    }
}

/// Pages from mmap.
#[cfg(unix)]
mod system {
    use core::ptr::NonNull;

    pub(super) fn map(len: usize) -> Option<NonNull<u8>> {
        // SAFETY: asks for new pages, which nothing else refers to.
        let address = unsafe {
            libc::mmap(
                core::ptr::null_mut(),
                len,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANON,
                -1,
                0,
            )
        };
        NonNull::new(address.cast()).filter(|_| address != libc::MAP_FAILED)
    }

    /// # Safety
    /// - `map` returned these pages, and nothing refers to them any more.
    pub(super) unsafe fn unmap(address: NonNull<u8>, len: usize) {
        // SAFETY: as the caller promises.
        unsafe { libc::munmap(address.as_ptr().cast(), len) };
    }
}

/// Memory from the allocator, where there is no mmap.
#[cfg(not(unix))]
mod system {
    use super::ALIGNMENT;
    use core::ptr::NonNull;
    use std::alloc::{Layout, alloc_zeroed, dealloc};

    pub(super) fn map(len: usize) -> Option<NonNull<u8>> {
        let layout = Layout::from_size_align(len, ALIGNMENT).ok()?;
        // SAFETY: `Pages::new` asks for more than no bytes.
        NonNull::new(unsafe { alloc_zeroed(layout) })
    }

    /// # Safety
    /// - `map` returned this memory, and nothing refers to it any more.
    pub(super) unsafe fn unmap(address: NonNull<u8>, len: usize) {
        if let Ok(layout) = Layout::from_size_align(len, ALIGNMENT) {
            // SAFETY: as the caller promises; `map` asked with this layout.
            unsafe { dealloc(address.as_ptr(), layout) };
        }
    }
}
