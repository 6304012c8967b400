//! What `strm.state` points to: who owns it, and the stream itself.
//!
//! A handle is used only after three checks: `state` is not NULL, the handle's back
//! pointer names this very z_stream (a copied z_stream fails here, but for inflateBack's,
//! which zlib lets move), and its tag says that it is a stream of this kind and this library
//! (another kind, or another library's, fails here). zlib checks the same things.
//!
//! Memory: one zalloc block of `1 x handle_len` bytes: for deflate less than zlib's 5,968 and
//! no multiple of 512, because nginx tells zlib's state by these two from the tables; for
//! inflate no more than zlib's 7,160.
//! zalloc's result may have any alignment; the handle begins at the first aligned address
//! of its block and remembers where the block begins.
//!
//! Unsafe because it places a value in caller-provided memory and finds it again.
#![allow(unsafe_code)]

use core::ffi::c_void;
use core::mem::ManuallyDrop;
use core::ptr::NonNull;

use super::border::StreamRef;
use super::types::{gz_headerp, internal_state, z_streamp};
use crate::alloc::{Allocator, Block};
use crate::deflate::config::Params;
use crate::deflate::state::{Memory, State};
use crate::error::ReturnCode;
use crate::inflate;
use crate::inflate::state::WindowBits;

/// A kind of stream.
pub trait Stream {
    /// Tells a handle of this kind: no status or mode of zlib's has such a value.
    const TAG: u64;
    /// Whether a stream belongs to the z_stream of its init function, and works only while
    /// that has zalloc and zfree. zlib checks this of all streams but inflateBack's.
    const IS_BOUND: bool;
    /// Bytes of zlib's state on LP64 systems, which callers budget for.
    const ZLIB_STATE_LEN: usize;
    /// The zalloc blocks that the stream owns, in the order in which zlib frees them.
    fn into_blocks(self) -> [Option<Block>; 4];
}

impl Stream for State {
    const TAG: u64 = u64::from_le_bytes(*b"rzdeflat");
    const IS_BOUND: bool = true;
    const ZLIB_STATE_LEN: usize = 5968;

    fn into_blocks(self) -> [Option<Block>; 4] {
        self.into_memory().into_blocks()
    }
}

impl Stream for inflate::state::State {
    const TAG: u64 = u64::from_le_bytes(*b"rzinflat");
    const IS_BOUND: bool = true;
    const ZLIB_STATE_LEN: usize = 7160;

    fn into_blocks(self) -> [Option<Block>; 4] {
        [self.window.into_block(), None, None, None]
    }
}

/// A stream with what C needs of it. The first two fields lie where other libraries have
/// theirs, so that a foreign state can be told from a handle by reading no more than 16 bytes
/// of it.
#[repr(C)]
pub struct Handle<S> {
    strm: z_streamp,
    tag: u64,
    /// Where the zalloc block begins that holds this handle.
    block: NonNull<c_void>,
    /// What deflateSetHeader or inflateGetHeader set.
    pub header: gz_headerp,
    /// The stream. Taken out when the handle ends.
    pub state: ManuallyDrop<S>,
}

/// Bytes asked for a handle: its own, and those that aligning it may skip.
const fn handle_len<S: Stream>() -> u32 {
    let len = size_of::<Handle<S>>() + align_of::<Handle<S>>() - 1;
    assert!(len <= S::ZLIB_STATE_LEN && !len.is_multiple_of(NGINX_TABLE_UNIT));
    len as u32
}

/// nginx takes a request that is a multiple of this for a table.
const NGINX_TABLE_UNIT: usize = 512;

/// The handle of `strm`, if it has one of ours of this kind.
///
/// # Safety
/// - `strm` is NULL, or points to a z_stream whose `state` is NULL, or what an init
///   function of some zlib put there.
/// - Nothing else uses the stream while the result is in use.
pub unsafe fn handle_of<'a, S: Stream>(strm: z_streamp) -> Option<(StreamRef, &'a mut Handle<S>)> {
    // SAFETY: the caller promises a z_stream of its own.
    let stream = unsafe { StreamRef::new(strm) }?;
    if S::IS_BOUND {
        stream.allocator()?;
    }
    let handle = NonNull::new(stream.state())?.cast::<Handle<S>>();
    if !handle.is_aligned() {
        return None;
    }
    // SAFETY: `state` came from an init function, so it has at least these two fields.
    let (owner, tag) = unsafe { ((*handle.as_ptr()).strm, (*handle.as_ptr()).tag) };
    if tag != S::TAG || (S::IS_BOUND && owner != strm) {
        return None;
    }
    // SAFETY: the tag says that `place` made this handle.
    Some((stream, unsafe { &mut *handle.as_ptr() }))
}

/// Asks for the block of a handle.
fn alloc_block<S: Stream>(allocator: &Allocator) -> Option<NonNull<c_void>> {
    allocator.alloc(1, const { handle_len::<S>() })
}

/// Puts a handle for `stream` into `block`.
///
/// # Safety
/// - `block` is from `alloc_block` for this kind, and nothing else uses it.
unsafe fn place<S: Stream>(
    stream: StreamRef,
    block: NonNull<c_void>,
    header: gz_headerp,
    state: S,
) {
    let skip = block.cast::<u8>().align_offset(align_of::<Handle<S>>());
    // SAFETY: the block has room for the handle behind the bytes skipped.
    let handle = unsafe { block.byte_add(skip) }.cast::<Handle<S>>();
    // SAFETY: aligned, inside the block, and the block is ours.
    unsafe {
        handle.write(Handle {
            strm: stream.as_ptr(),
            tag: S::TAG,
            block,
            header,
            state: ManuallyDrop::new(state),
        });
    }
    stream.set_state(handle.cast::<internal_state>().as_ptr());
}

/// Makes a handle for `stream`, whose state is what `make` gives. False, and nothing is
/// changed, if there is not enough memory for the handle or for `make`.
///
/// # Safety
/// - `allocator` works, and is `stream`'s, or will be.
pub unsafe fn create<S: Stream>(
    stream: StreamRef,
    allocator: &Allocator,
    header: gz_headerp,
    make: impl FnOnce(&Allocator) -> Option<S>,
) -> bool {
    let Some(block) = alloc_block::<S>(allocator) else {
        return false;
    };
    match make(allocator) {
        Some(state) => {
            // SAFETY: the block was made for this kind right above.
            unsafe { place(stream, block, header, state) };
            true
        }
        None => {
            // SAFETY: the block came from this allocator and is not used.
            unsafe { allocator.free(Block::from_address(block)) };
            false
        }
    }
}

/// Gives a stream's tables back, the last one allocated first.
///
/// # Safety
/// - `allocator` is the stream's.
unsafe fn free_blocks(blocks: [Option<Block>; 4], allocator: &Allocator) {
    for block in blocks.into_iter().flatten() {
        // SAFETY: all blocks of a stream come from its zalloc.
        unsafe { allocator.free(block) }
    }
}

/// Which allocation failed; what could be had was given back.
pub enum AllocFailed {
    /// The handle's. `state` is as it was.
    Handle,
    /// One of the tables'. `state` is NULL.
    Tables,
}

/// Makes a handle for `stream`: its state is what `make` builds on tables for `params`.
/// `header` is what deflateSetHeader set so far.
///
/// # Safety
/// - `stream`'s allocator works.
pub unsafe fn create_with(
    stream: StreamRef,
    params: &Params,
    header: gz_headerp,
    make: impl FnOnce(Memory) -> Result<State, Memory>,
) -> Result<(), AllocFailed> {
    let allocator = stream.allocator().ok_or(AllocFailed::Handle)?;
    let block = alloc_block::<State>(&allocator).ok_or(AllocFailed::Handle)?;
    let memory = Memory::alloc(&allocator, params);
    match make(memory) {
        Ok(state) => {
            // SAFETY: the block was made for this kind right above.
            unsafe { place(stream, block, header, state) };
            Ok(())
        }
        Err(memory) => {
            // SAFETY: all of it came from this allocator and is not used any more.
            unsafe {
                free_blocks(memory.into_blocks(), &allocator);
                allocator.free(Block::from_address(block));
            }
            stream.set_state(core::ptr::null_mut());
            Err(AllocFailed::Tables)
        }
    }
}

/// Ends the stream of `strm`: everything goes back through its present zfree, `state` becomes
/// NULL. Gives what `last` says of the stream at its end; None, and nothing is changed, if
/// `strm` has no stream of this kind or no zfree.
///
/// # Safety
/// - As for `handle_of`.
pub unsafe fn end<S: Stream, R>(strm: z_streamp, last: impl FnOnce(&S) -> R) -> Option<R> {
    // SAFETY: the caller promises the same.
    let (stream, handle) = unsafe { handle_of::<S>(strm) }?;
    let allocator = stream.freeing_allocator()?;
    let result = last(&handle.state);
    let handle = NonNull::from(handle);
    // A copy of the pointer that someone kept must not pass the checks.
    // SAFETY: the handle is still there.
    unsafe { (*handle.as_ptr()).tag = 0 };
    // SAFETY: as above; its fields are taken out once, here.
    let Handle { block, state, .. } = unsafe { handle.read() };
    let blocks = ManuallyDrop::into_inner(state).into_blocks();
    // SAFETY: the blocks came from the stream's zalloc.
    unsafe { free_blocks(blocks, &allocator) };
    // SAFETY: so did the handle's block, and the handle has been taken out of it.
    unsafe { allocator.free(Block::from_address(block)) };
    stream.set_state(core::ptr::null_mut());
    Some(result)
}

/// Calls `work` with a stream on malloc memory, for functions without a z_stream.
/// MemError if there is not enough.
pub fn with_malloced_state<R>(
    params: &Params,
    work: impl FnOnce(&mut State) -> R,
) -> Result<R, ReturnCode> {
    let allocator = Allocator::default_malloc();
    let (memory, result) = match State::new(Memory::alloc(&allocator, params), params) {
        Ok(mut state) => {
            let result = work(&mut state);
            (state.into_memory(), Ok(result))
        }
        Err(memory) => (memory, Err(ReturnCode::MemError)),
    };
    // SAFETY: the memory came from this allocator.
    unsafe { free_blocks(memory.into_blocks(), &allocator) };
    result
}

/// Calls `work` with an inflate stream on malloc memory, for functions without a z_stream.
/// None if there is not enough.
pub fn with_malloced_inflate<R>(
    window_bits: WindowBits,
    work: impl FnOnce(&mut inflate::state::State, &Allocator) -> R,
) -> Option<R> {
    let allocator = Allocator::default_malloc();
    let block = allocator.alloc(1, size_of::<inflate::state::State>() as u32)?;
    let state = block.cast::<inflate::state::State>();
    debug_assert!(state.is_aligned());
    // SAFETY: malloc aligns for every type of this size, and the block is as large as one.
    let result = unsafe {
        state.write(inflate::state::State::new(window_bits));
        work(&mut *state.as_ptr(), &allocator)
    };
    // SAFETY: the state is taken out once, and the blocks came from this allocator.
    unsafe {
        free_blocks(state.read().into_blocks(), &allocator);
        allocator.free(Block::from_address(block));
    }
    Some(result)
}
