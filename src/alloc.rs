//! All memory of a stream: requested from the caller's zalloc, and freed through its zfree.
//!
//! The unit is [`ZBuf`], one zalloc block. It has no Drop: zlib frees with whatever
//! `strm->zfree` holds at the end of the stream, which only the C border knows. So a
//! stream tells its [`Block`]s, and the border frees them.
//!
//! zalloc's memory is uninitialised, and clearing all of it would cost a short message
//! more than compressing it. So a `ZBuf` has a *ready* prefix: the elements that are
//! initialised and may be seen as a slice. [`ZBuf::make_ready`] extends it with zeros,
//! as far as the next step needs.
//!
//! [`SplitBuf`] is a block with two such prefixes, for two uses that may run into each other.
//!
//! Elements have alignment 1, because zlib works with any pointer that zalloc returns.
//!
//! Unsafe because it calls C functions and owns raw memory.
#![allow(unsafe_code)]

use core::cell::Cell;
use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;

/// zalloc's type without the Option that C's NULL needs.
pub(crate) type AllocFn = unsafe extern "C-unwind" fn(*mut c_void, u32, u32) -> *mut c_void;
/// zfree's type without the Option that C's NULL needs.
pub(crate) type FreeFn = unsafe extern "C-unwind" fn(*mut c_void, *mut c_void);

/// The stream's allocator as it is at this moment.
#[derive(Clone, Copy)]
pub(crate) struct Allocator {
    zalloc: AllocFn,
    zfree: FreeFn,
    opaque: *mut c_void,
}

impl Allocator {
    /// The allocator that calls these functions.
    ///
    /// # Safety
    /// - `zalloc(opaque, items, size)` returns NULL or `items * size` bytes of writable
    ///   memory that nothing else uses until `zfree(opaque, address)`.
    pub(crate) unsafe fn new(zalloc: AllocFn, zfree: FreeFn, opaque: *mut c_void) -> Self {
        Allocator {
            zalloc,
            zfree,
            opaque,
        }
    }

    /// malloc and free: what a stream gets when its zalloc and zfree are NULL.
    pub(crate) fn default_malloc() -> Self {
        Allocator {
            zalloc: default_zalloc,
            zfree: default_zfree,
            opaque: core::ptr::null_mut(),
        }
    }

    /// True if the memory is plain malloc's, which no caller budgets for.
    pub(crate) fn is_malloc(&self) -> bool {
        core::ptr::fn_addr_eq(self.zalloc, default_zalloc as AllocFn)
    }

    /// Asks for `items * size` bytes.
    pub(crate) fn alloc(&self, items: u32, size: u32) -> Option<NonNull<c_void>> {
        // SAFETY: `new` was promised that this call is sound for any arguments.
        NonNull::new(unsafe { (self.zalloc)(self.opaque, items, size) })
    }

    /// Gives a block back.
    ///
    /// # Safety
    /// - The block came from this stream's zalloc, was not given back, and is not used any more.
    pub(crate) unsafe fn free(&self, block: Block) {
        // SAFETY: the caller promises that the block is the stream's, and that this is its end.
        unsafe { (self.zfree)(self.opaque, block.0.as_ptr()) }
    }
}

/// Where a zalloc block is, for the one who frees it.
pub(crate) struct Block(pub NonNull<c_void>);

/// The default zalloc: a plain malloc block, which the program may pass to free itself.
///
/// # Safety
/// None beyond those of any C function; `opaque` is not used.
pub(crate) unsafe extern "C-unwind" fn default_zalloc(
    _opaque: *mut c_void,
    items: u32,
    size: u32,
) -> *mut c_void {
    let Some(bytes) = (items as usize).checked_mul(size as usize) else {
        return core::ptr::null_mut();
    };
    // SAFETY: malloc takes any size.
    unsafe { libc::malloc(bytes) }
}

/// The default zfree.
///
/// # Safety
/// - `address` is NULL or came from malloc and is not used any more.
pub(crate) unsafe extern "C-unwind" fn default_zfree(_opaque: *mut c_void, address: *mut c_void) {
    // SAFETY: the caller promises that `address` is malloc's.
    unsafe { libc::free(address) }
}

/// An element of a [`ZBuf`], or a table.
///
/// # Safety
/// - Bytes that are all zero are a value of the type.
pub(crate) unsafe trait Plain: Copy {}

// SAFETY: 0 is a byte.
unsafe impl Plain for u8 {}
// SAFETY: 0 is a number.
unsafe impl Plain for u32 {}
// SAFETY: an array has its elements' bytes, and no others.
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}
// SAFETY: the bytes of a tuple are those of its elements, and others that mean nothing.
unsafe impl<A: Plain, B: Plain, C: Plain> Plain for (A, B, C) {}

/// A zalloc block, or a part of one, of `capacity` elements, of which the first `ready` are
/// initialised.
pub(crate) struct ZBuf<T: Plain> {
    ptr: NonNull<T>,
    capacity: usize,
    ready: usize,
}

impl<T: Plain> ZBuf<T> {
    /// Every `Plain` type tolerates every address.
    const ALIGNMENT_IS_ONE: () = assert!(align_of::<T>() == 1);

    /// Asks for `items * size` bytes, in that form, because allocators may look at both.
    pub(crate) fn alloc(allocator: &Allocator, items: u32, size: u32) -> Option<Self> {
        let () = Self::ALIGNMENT_IS_ONE;
        let bytes = items as usize * size as usize;
        Some(ZBuf {
            ptr: allocator.alloc(items, size)?.cast(),
            capacity: bytes / size_of::<T>(),
            ready: 0,
        })
    }

    /// The block, to be freed.
    pub(crate) fn block(&self) -> Block {
        Block(self.ptr.cast())
    }

    /// Elements in the block.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Makes at least the first `count` elements usable, or all if there are fewer.
    /// New ones are zero.
    #[inline]
    pub(crate) fn make_ready(&mut self, count: usize) {
        let count = count.min(self.capacity);
        if count > self.ready {
            self.clear_to(count);
        }
    }

    /// Makes `data` the elements from `begin` on, which must be in the block, without making
    /// them zero before.
    pub(crate) fn write(&mut self, begin: usize, data: &[T]) {
        self.make_ready(begin);
        let end = begin + data.len();
        assert!(begin <= self.ready && end <= self.capacity);
        // SAFETY: the range lies in the block, which `data` does not, since `self` owns it.
        unsafe {
            self.ptr
                .as_ptr()
                .add(begin)
                .copy_from_nonoverlapping(data.as_ptr(), data.len());
        }
        self.ready = self.ready.max(end);
    }

    /// Has `fill` initialise the `count` elements from `begin` on, which must be in the block,
    /// without making them zero before. It returns the room that it was given.
    pub(crate) fn write_with(
        &mut self,
        begin: usize,
        count: usize,
        fill: impl FnOnce(&mut [MaybeUninit<T>]) -> &[T],
    ) {
        self.make_ready(begin);
        let end = begin + count;
        assert!(begin <= self.ready && end <= self.capacity);
        // What `fill` does to them is known only when it returns.
        let ready = core::mem::replace(&mut self.ready, begin);
        // SAFETY: the range lies in the block, which `self` owns; it may be uninitialised.
        let room = unsafe {
            let begin = self.ptr.as_ptr().add(begin).cast::<MaybeUninit<T>>();
            core::slice::from_raw_parts_mut(begin, count)
        };
        let range = room.as_ptr_range();
        // A slice of these elements exists only once they are initialised.
        let filled = fill(room).as_ptr_range();
        assert!(filled == (range.start.cast()..range.end.cast()));
        self.ready = ready.max(end);
    }

    /// The part of `make_ready` that is seldom needed.
    #[cold]
    fn clear_to(&mut self, count: usize) {
        // SAFETY: ready <= count <= capacity, so the range lies in the block; zero bytes
        // are a value of T.
        unsafe {
            self.ptr
                .as_ptr()
                .add(self.ready)
                .write_bytes(0, count - self.ready);
        }
        self.ready = count;
    }

    /// Makes this block's ready part a copy of `other`'s. Both have the same capacity.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        let count = other.ready.min(self.capacity);
        // SAFETY: both blocks hold `count` elements, `other`'s are initialised, and two
        // zalloc blocks do not overlap.
        unsafe {
            self.ptr
                .as_ptr()
                .copy_from_nonoverlapping(other.ptr.as_ptr(), count);
        }
        self.ready = count;
    }
}

impl<T: Plain> Deref for ZBuf<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: the first `ready` elements are initialised and `self` owns them.
        unsafe { core::slice::from_raw_parts(self.ptr.as_ptr(), self.ready) }
    }
}

impl<T: Plain> DerefMut for ZBuf<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`; `&mut self` makes the access exclusive.
        unsafe { core::slice::from_raw_parts_mut(self.ptr.as_ptr(), self.ready) }
    }
}

/// One zalloc block of bytes in two parts that lie side by side, each with a ready prefix of
/// its own. As a slice it is the upper part.
pub(crate) struct SplitBuf {
    /// Where the block begins.
    lower: ZBuf<u8>,
    /// The rest of it.
    upper: ZBuf<u8>,
}

impl SplitBuf {
    /// Asks for `items * size` bytes, in that form. The lower part gets `items` of them.
    pub(crate) fn alloc(allocator: &Allocator, items: u32, size: u32) -> Option<Self> {
        let mut lower = ZBuf::<u8>::alloc(allocator, items, size)?;
        let lower_len = lower.capacity.min(items as usize);
        let upper = ZBuf {
            // SAFETY: the lower part is in the block.
            ptr: unsafe { lower.ptr.add(lower_len) },
            capacity: lower.capacity - lower_len,
            ready: 0,
        };
        lower.capacity = lower_len;
        Some(SplitBuf { lower, upper })
    }

    /// The block, to be freed.
    pub(crate) fn block(&self) -> Block {
        self.lower.block()
    }

    /// Bytes in the lower part.
    pub(crate) fn lower_len(&self) -> usize {
        self.lower.capacity
    }

    /// Bytes in both parts.
    pub(crate) fn capacity(&self) -> usize {
        self.lower.capacity + self.upper.capacity
    }

    /// Makes at least the first `count` bytes of the upper part usable, or all.
    #[inline]
    pub(crate) fn make_upper_ready(&mut self, count: usize) {
        self.upper.make_ready(count);
    }

    /// How many bytes from the beginning of the block on are usable.
    fn ready(&self) -> usize {
        if self.lower.ready == self.lower.capacity {
            self.lower.capacity + self.upper.ready
        } else {
            self.lower.ready
        }
    }

    /// Makes the first `count` bytes of the block usable, or all. Returns how many are.
    #[inline]
    fn make_ready(&mut self, count: usize) -> usize {
        self.lower.make_ready(count);
        self.make_upper_ready(count.saturating_sub(self.lower.capacity));
        self.ready()
    }

    /// The usable bytes from the beginning of the block on.
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: as many are initialised, and `self` owns them.
        unsafe { core::slice::from_raw_parts(self.lower.ptr.as_ptr(), self.ready()) }
    }

    /// The bytes from the beginning of the block on, at least the first `count` of them, or all.
    pub(crate) fn bytes_mut(&mut self, count: usize) -> &mut [u8] {
        let ready = self.make_ready(count);
        // SAFETY: as many are initialised; `&mut self` makes the access exclusive.
        unsafe { core::slice::from_raw_parts_mut(self.lower.ptr.as_ptr(), ready) }
    }

    /// Two views of which the first runs over into the second: the bytes from the beginning
    /// of the block on, at least the first `count` of them, or all; and the upper part.
    pub(crate) fn cells(&mut self, count: usize) -> (&[Cell<u8>], &[Cell<u8>]) {
        let ready = self.make_ready(count);
        let all = self.lower.ptr.as_ptr().cast::<Cell<u8>>();
        let upper = self.upper.ptr.as_ptr().cast::<Cell<u8>>();
        // SAFETY: `ready` bytes are initialised: a part of the lower ones, or all and those of the
        // upper part that are ready. `&mut self` keeps all others away, and cells may be seen
        // twice; a Cell<u8> lies in memory as a u8 does.
        let all = unsafe { core::slice::from_raw_parts(all, ready) };
        // SAFETY: as above.
        let upper = unsafe { core::slice::from_raw_parts(upper, self.upper.ready) };
        (all, upper)
    }

    /// Makes the ready parts copies of `other`'s, whose parts are as large.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.lower.copy_from(&other.lower);
        self.upper.copy_from(&other.upper);
    }
}

impl Deref for SplitBuf {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        &self.upper
    }
}

impl DerefMut for SplitBuf {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.upper
    }
}

#[cfg(test)]
#[path = "../tests/unit/alloc.rs"]
mod tests;
