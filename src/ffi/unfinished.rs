//! A deflate stream of which some tables are still to be allocated.
//!
//! A zalloc may throw an exception, or jump, and then the function that called it never ends. As
//! with zlib, deflateEnd frees what there is: each block is noted here once it is allocated, and
//! `state` points here meanwhile. Nothing else takes it for a stream.
//!
//! Unsafe because zalloc gets the address of the notes.
#![allow(unsafe_code)]

use core::ffi::c_void;
use core::ptr::NonNull;

use crate::alloc::{Allocator, Block};
use crate::annex::{self, Blocks};

/// What is allocated so far, besides the memory where this lies.
pub(super) struct Unfinished {
    allocator: Allocator,
    blocks: [Option<NonNull<c_void>>; 4],
    count: usize,
}

impl annex::StreamState for Unfinished {
    type Annex = [u8; 0];

    fn blocks(&self) -> Blocks {
        let [first, second, third, fourth] = self.blocks.map(|block| block.map(Block));
        [fourth, third, second, first]
    }
}

impl Unfinished {
    /// Nothing is allocated so far.
    pub(super) fn new(allocator: Allocator) -> Self {
        Unfinished {
            allocator,
            blocks: [None; 4],
            count: 0,
        }
    }

    /// The same allocator, with notes of what it allocates.
    ///
    /// # Safety
    /// - `notes` can be used, by nothing else, while the result is.
    pub(super) unsafe fn noting(notes: NonNull<Unfinished>) -> Allocator {
        // SAFETY: the functions work with these notes, whose allocator does.
        unsafe { Allocator::new(alloc, free, notes.as_ptr().cast()) }
    }
}

/// A zalloc that notes what the stream's own returns.
///
/// # Safety
/// - `notes` is what [`Unfinished::noting`] was given.
unsafe extern "C-unwind" fn alloc(notes: *mut c_void, items: u32, size: u32) -> *mut c_void {
    let notes = notes.cast::<Unfinished>();
    // SAFETY: the caller promises the notes. They are not borrowed while zalloc runs.
    let allocator = unsafe { (*notes).allocator };
    let Some(address) = allocator.alloc(items, size) else {
        return core::ptr::null_mut();
    };
    // SAFETY: as above.
    let notes = unsafe { &mut *notes };
    debug_assert!(
        notes.count < notes.blocks.len(),
        "a stream has no more tables"
    );
    if let Some(place) = notes.blocks.get_mut(notes.count) {
        *place = Some(address);
        notes.count += 1;
    }
    address.as_ptr()
}

/// The zfree that goes with it.
///
/// # Safety
/// - As for [`alloc`]; `address` came from there.
unsafe extern "C-unwind" fn free(notes: *mut c_void, address: *mut c_void) {
    // SAFETY: the caller promises the notes.
    let allocator = unsafe { (*notes.cast::<Unfinished>()).allocator };
    if let Some(address) = NonNull::new(address) {
        // SAFETY: the block came from the stream's zalloc.
        unsafe { allocator.free(Block(address)) }
    }
}
