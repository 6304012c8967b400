//! The block in which a stream's state lies, and after it the state's *annex*: its large tables.
//!
//! Programs have threads with a stack of 16 KiB, and zlib takes 0.7 KiB of that at most. So nothing
//! large passes over the stack: a state is made where it stays ([`Site`]), and its large tables are
//! not fields of it, but lie in the annex, which is all zero at first.
//!
//! `ffi/handle.rs` allocates the block for the streams of C programs, [`OnMalloc`] for all others.
//!
//! Unsafe because it places values in memory and finds them again.
#![allow(unsafe_code)]

use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;

use crate::alloc::{Allocator, Block, Plain};

/// What a stream remembers between calls.
pub(crate) trait StreamState: Sized {
    /// What lies after the state in its block.
    type Annex: Plain;

    /// The stream's zalloc blocks besides its own, in the order in which zlib frees them.
    fn blocks(&self) -> Blocks;
}

/// The zalloc blocks of a stream besides its state's.
pub(crate) type Blocks = [Option<Block>; 4];

/// Gives a stream's blocks back.
///
/// # Safety
/// - As for [`Allocator::free`], for each of them.
pub(crate) unsafe fn free_blocks(blocks: Blocks, allocator: &Allocator) {
    for block in blocks.into_iter().flatten() {
        // SAFETY: the caller promises it.
        unsafe { allocator.free(block) }
    }
}

/// The layout of the block: a value that is or holds the state, then the state's annex.
#[repr(C)]
pub(crate) struct WithAnnex<V, S: StreamState> {
    value: MaybeUninit<V>,
    annex: MaybeUninit<S::Annex>,
}

impl<V, S: StreamState> WithAnnex<V, S> {
    /// Where the value goes, which is not initialised yet, and the annex, which is all zero.
    ///
    /// # Safety
    /// - `place` is aligned and writable, and nothing else uses it as long as the parts are in use.
    pub(crate) unsafe fn parts(place: NonNull<Self>) -> (NonNull<MaybeUninit<V>>, Annex<S::Annex>) {
        // SAFETY: the offset lies in `place`.
        let annex = unsafe { place.byte_add(core::mem::offset_of!(Self, annex)) }.cast();
        // SAFETY: zero bytes are a value of a `Plain` type, which becomes the result's.
        unsafe { annex.write_bytes(0, 1) };
        (place.cast(), Annex(annex))
    }
}

/// A reference to the annex, which is freed with the state's block.
pub(crate) struct Annex<T: Plain>(NonNull<T>);

impl<T: Plain> Deref for Annex<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: `parts` has initialised it, and was promised that it is ours.
        unsafe { self.0.as_ref() }
    }
}

impl<T: Plain> DerefMut for Annex<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as in `deref`; `&mut self` makes the access exclusive.
        unsafe { self.0.as_mut() }
    }
}

/// What a state is made in and from.
pub(crate) struct Site<'a, S: StreamState> {
    /// Where it will be.
    pub place: &'a mut MaybeUninit<S>,
    /// Its annex, all zero.
    pub annex: Annex<S::Annex>,
    /// Where its blocks come from.
    pub allocator: &'a Allocator,
}

/// A state in a block from malloc, for streams without a z_stream.
pub(crate) struct OnMalloc<S: StreamState>(NonNull<S>);

impl<S: StreamState> OnMalloc<S> {
    /// The state that `make` makes where it is told to. None if there is no memory for it, or
    /// `make` gives no more than blocks, which are freed.
    ///
    /// # Safety
    /// - What `make` returns is there.
    /// - All its blocks are from the allocator.
    #[inline(never)] // or the caller's frame has all that this needs
    pub(crate) unsafe fn new(make: impl FnOnce(Site<S>) -> Result<&mut S, Blocks>) -> Option<Self> {
        const {
            // What C promises of malloc.
            assert!(align_of::<WithAnnex<S, S>>() <= align_of::<libc::max_align_t>());
        }
        let allocator = Allocator::default_malloc();
        let block = allocator.alloc(1, size_of::<WithAnnex<S, S>>() as u32)?;
        // SAFETY: malloc aligns for every type, and the block is large enough and ours.
        let (mut place, annex) = unsafe { WithAnnex::<S, S>::parts(block.cast()) };
        let site = Site {
            // SAFETY: aligned, and in the block.
            place: unsafe { place.as_mut() },
            annex,
            allocator: &allocator,
        };
        match make(site) {
            Ok(_) => Some(OnMalloc(place.cast())),
            Err(blocks) => {
                // SAFETY: all of it came from this allocator and is not used.
                unsafe {
                    free_blocks(blocks, &allocator);
                    allocator.free(Block(block));
                }
                None
            }
        }
    }
}

impl<S: StreamState> Deref for OnMalloc<S> {
    type Target = S;

    fn deref(&self) -> &S {
        // SAFETY: `new` has initialised it, and `self` owns it.
        unsafe { self.0.as_ref() }
    }
}

impl<S: StreamState> DerefMut for OnMalloc<S> {
    fn deref_mut(&mut self) -> &mut S {
        // SAFETY: as in `deref`; `&mut self` makes the access exclusive.
        unsafe { self.0.as_mut() }
    }
}

impl<S: StreamState> Drop for OnMalloc<S> {
    fn drop(&mut self) {
        let allocator = Allocator::default_malloc();
        let blocks = self.blocks();
        // SAFETY: `new` has initialised the state, at the beginning of a block from this
        // allocator, and nobody sees it again; its other blocks came from there, too.
        unsafe {
            self.0.drop_in_place();
            free_blocks(blocks, &allocator);
            allocator.free(Block(self.0.cast()));
        }
    }
}
