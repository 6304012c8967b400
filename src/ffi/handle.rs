//! What `strm.state` points to: who owns it, and the stream itself.
//!
//! A handle is used only after three checks: `state` is not NULL, the handle's back
//! pointer names this very z_stream (a copied z_stream fails here), and its tag says that
//! it is a deflate stream of this library (another kind, or another library's, fails
//! here). zlib checks the same things.
//!
//! Memory: one zalloc block of `1 x HANDLE_LEN` bytes, less than zlib's 5,968 and no
//! multiple of 512, because nginx tells zlib's state by these two from the tables.
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

/// "rzdeflat" in little-endian order: no status or mode of zlib's has this value.
const DEFLATE_TAG: u64 = u64::from_le_bytes(*b"rzdeflat");

/// A deflate stream with what C needs of it. The first two fields lie where other
/// libraries have theirs, so that a foreign state can be told from a handle by reading
/// no more than 16 bytes of it.
#[repr(C)]
pub struct DeflateHandle {
    strm: z_streamp,
    tag: u64,
    /// Where the zalloc block begins that holds this handle.
    block: NonNull<c_void>,
    /// What deflateSetHeader set.
    pub header: gz_headerp,
    /// The stream. Taken out when the handle ends.
    pub state: ManuallyDrop<State>,
}

/// Bytes asked for a handle: its own, and those that aligning it may skip.
const HANDLE_LEN: usize = size_of::<DeflateHandle>() + align_of::<DeflateHandle>() - 1;
/// zlib's state on LP64 systems, in bytes.
const ZLIB_STATE_LEN: usize = 5968;
/// nginx takes a request that is a multiple of this for a table.
const NGINX_TABLE_UNIT: usize = 512;
const _: () = assert!(HANDLE_LEN <= ZLIB_STATE_LEN && !HANDLE_LEN.is_multiple_of(NGINX_TABLE_UNIT));

/// The handle of `strm`, if it has one of ours.
///
/// # Safety
/// - `strm` is NULL, or points to a z_stream whose `state` is NULL, or what an init
///   function of some zlib put there.
/// - Nothing else uses the stream while the result is in use.
pub unsafe fn deflate_handle<'a>(strm: z_streamp) -> Option<(StreamRef, &'a mut DeflateHandle)> {
    // SAFETY: the caller promises a z_stream of its own.
    let stream = unsafe { StreamRef::new(strm) }?;
    stream.allocator()?;
    let handle = NonNull::new(stream.state())?.cast::<DeflateHandle>();
    if !handle.is_aligned() {
        return None;
    }
    // SAFETY: `state` came from an init function, so it has at least these two fields.
    let (owner, tag) = unsafe { ((*handle.as_ptr()).strm, (*handle.as_ptr()).tag) };
    if owner != strm || tag != DEFLATE_TAG {
        return None;
    }
    // SAFETY: the tag and the back pointer say that `create_with` made this handle.
    Some((stream, unsafe { &mut *handle.as_ptr() }))
}

/// Gives a stream's tables back, the last one allocated first.
///
/// # Safety
/// - `allocator` is the stream's.
unsafe fn free_memory(memory: Memory, allocator: &Allocator) {
    for block in memory.into_blocks().into_iter().flatten() {
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
    let block = allocator
        .alloc(1, HANDLE_LEN as u32)
        .ok_or(AllocFailed::Handle)?;
    let memory = Memory::alloc(&allocator, params);
    match make(memory) {
        Ok(state) => {
            let skip = block.cast::<u8>().align_offset(align_of::<DeflateHandle>());
            // SAFETY: the block has room for the handle behind the bytes skipped.
            let handle = unsafe { block.byte_add(skip) }.cast::<DeflateHandle>();
            // SAFETY: aligned, inside the block, and the block is ours.
            unsafe {
                handle.write(DeflateHandle {
                    strm: stream.as_ptr(),
                    tag: DEFLATE_TAG,
                    block,
                    header,
                    state: ManuallyDrop::new(state),
                });
            }
            stream.set_state(handle.cast::<internal_state>().as_ptr());
            Ok(())
        }
        Err(memory) => {
            // SAFETY: all of it came from this allocator and is not used any more.
            unsafe {
                free_memory(memory, &allocator);
                allocator.free(Block::from_address(block));
            }
            stream.set_state(core::ptr::null_mut());
            Err(AllocFailed::Tables)
        }
    }
}

/// Ends a stream: everything goes back through its present zfree, `state` becomes NULL.
///
/// # Safety
/// - `handle` is `stream`'s, and nothing uses it any more.
pub unsafe fn destroy(stream: StreamRef, handle: NonNull<DeflateHandle>) {
    // The checks of `deflate_handle` made sure that there is an allocator.
    if let Some(allocator) = stream.allocator() {
        // A copy of the pointer that someone kept must not pass the checks.
        // SAFETY: the handle is still there.
        unsafe { (*handle.as_ptr()).tag = 0 };
        // SAFETY: as above; its fields are taken out once, here.
        let DeflateHandle { block, state, .. } = unsafe { handle.read() };
        let memory = ManuallyDrop::into_inner(state).into_memory();
        // SAFETY: the tables came from the stream's zalloc.
        unsafe { free_memory(memory, &allocator) };
        // SAFETY: so did the handle's block, and the handle has been taken out of it.
        unsafe { allocator.free(Block::from_address(block)) };
    }
    stream.set_state(core::ptr::null_mut());
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
    unsafe { free_memory(memory, &allocator) };
    result
}
