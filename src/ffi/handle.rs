//! What `strm.state` points to: the stream's state, with what identifies its owner and kind.
//!
//! A handle is used only after three checks: `state` is not NULL; the handle points back to this
//! very z_stream, so that a copied one fails (except for inflateBack, where zlib allows it); and
//! its tag says that it is a stream of this kind, made by this library. zlib checks the same.
//!
//! A handle takes one zalloc block of `1 x handle_len` bytes. For deflate that is less than zlib's
//! 5,968 and no multiple of 512, by which nginx distinguishes the state from tables; for inflate
//! it is at most zlib's 7,160. A block may have any alignment, so the handle starts at its first
//! aligned address and records where the block starts. The state's annex follows the handle.
//!
//! Unsafe because it places a value in caller-provided memory and finds it again.
#![allow(unsafe_code)]

use core::ffi::c_void;
use core::ptr::NonNull;

use super::border::StreamRef;
use super::types::{gz_headerp, internal_state, z_streamp};
use super::unfinished::Unfinished;
use crate::alloc::{Allocator, Block};
use crate::annex::{self, Blocks, Site, WithAnnex, free_blocks};
use crate::{deflate, inflate};

/// A kind of stream.
pub(super) trait Stream: annex::StreamState {
    /// Identifies a handle of this kind: no status or mode of zlib has such a value.
    const TAG: u64;
    /// Whether a stream belongs to the z_stream of its init function, and works only while
    /// that has zalloc and zfree. zlib checks this of all streams but inflateBack's.
    const IS_BOUND: bool;
    /// Bytes of zlib's state on LP64 systems, which callers budget for.
    const ZLIB_STATE_LEN: usize;
    /// Whether a stream is made of several blocks, which an `end` must find if a zalloc of the
    /// program's never returns.
    const HAS_TABLES: bool = false;
}

impl Stream for deflate::state::State {
    const TAG: u64 = u64::from_le_bytes(*b"rzdeflat");
    const IS_BOUND: bool = true;
    const ZLIB_STATE_LEN: usize = 5968;
    const HAS_TABLES: bool = true;
}

impl Stream for inflate::state::State {
    const TAG: u64 = u64::from_le_bytes(*b"rzinflat");
    const IS_BOUND: bool = true;
    const ZLIB_STATE_LEN: usize = 7160;
}

impl Stream for Unfinished {
    const TAG: u64 = u64::from_le_bytes(*b"rzbegins");
    const IS_BOUND: bool = true;
    const ZLIB_STATE_LEN: usize = 5968;
}

/// A stream with what C needs of it. The first two fields lie where other libraries have
/// theirs, so that a foreign state can be told from a handle by reading no more than 16 bytes
/// of it.
#[repr(C)]
pub(super) struct Handle<S> {
    strm: z_streamp,
    tag: u64,
    /// The zalloc block that holds this handle.
    block: NonNull<c_void>,
    /// What deflateSetHeader or inflateGetHeader set.
    pub header: gz_headerp,
    /// The stream.
    pub state: S,
}

/// A handle and its state's annex.
type Whole<S> = WithAnnex<Handle<S>, S>;

/// Bytes asked for a handle: its own with the annex, those of the notes after it, and those that
/// aligning it may skip.
const fn handle_len<S: Stream>() -> u32 {
    let notes = if S::HAS_TABLES {
        size_of::<Handle<Unfinished>>()
    } else {
        0
    };
    let len = size_of::<Whole<S>>() + notes + align_of::<Whole<S>>() - 1;
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
pub(super) unsafe fn handle_of<'a, S: Stream>(
    strm: z_streamp,
) -> Option<(StreamRef, &'a mut Handle<S>)> {
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

/// Which allocation failed; what could be had was given back.
pub(super) enum AllocFailed {
    /// The handle's.
    Handle,
    /// Another one.
    Other,
}

/// Writes a handle to `place`, whose state is there already or is of no account yet.
///
/// # Safety
/// - `place` is aligned, and can be written; `block` is where its block begins.
unsafe fn write_head<S: Stream>(
    place: NonNull<Handle<S>>,
    stream: StreamRef,
    block: NonNull<c_void>,
    header: gz_headerp,
) {
    let to = place.as_ptr();
    // SAFETY: these are the fields of a handle besides the state.
    unsafe {
        (&raw mut (*to).strm).write(stream.as_ptr());
        (&raw mut (*to).tag).write(S::TAG);
        (&raw mut (*to).block).write(block);
        (&raw mut (*to).header).write(header);
    }
    stream.set_state(place.cast::<internal_state>().as_ptr());
}

/// The allocator for the tables of a stream that is being made: while zalloc runs, `stream` is one
/// that deflateEnd can free.
///
/// # Safety
/// - `place` is aligned, and can be written until the stream is made; the rest as for [`create`].
unsafe fn note_tables(
    stream: StreamRef,
    allocator: &Allocator,
    block: NonNull<c_void>,
    place: NonNull<Handle<Unfinished>>,
) -> Allocator {
    // SAFETY: the caller promises the place, where the notes stay as long as they are used; a
    // zalloc that uses the stream that it allocates for breaks zlib's contract.
    unsafe {
        write_head(place, stream, block, core::ptr::null_mut());
        let notes = NonNull::new_unchecked(&raw mut (*place.as_ptr()).state);
        notes.write(Unfinished::new(*allocator));
        Unfinished::noting(notes)
    }
}

/// Makes a handle for `stream`, with the state that `make` makes at the place that it gets. If
/// there is not enough memory for the handle, or `make` gives no more than blocks, which are freed,
/// nothing is changed, but that a stream with tables loses its state. `header` is what
/// deflateSetHeader or inflateGetHeader set so far.
///
/// # Safety
/// - `allocator` works, and is `stream`'s, or will be.
/// - What `make` gives is at the place that it gets, and all its blocks are from the allocator.
pub(super) unsafe fn create<S: Stream>(
    stream: StreamRef,
    allocator: &Allocator,
    header: gz_headerp,
    make: impl FnOnce(Site<S>) -> Result<&mut S, Blocks>,
) -> Result<(), AllocFailed> {
    let block = allocator
        .alloc(1, const { handle_len::<S>() })
        .ok_or(AllocFailed::Handle)?;
    let skip = block.cast::<u8>().align_offset(align_of::<Whole<S>>());
    // SAFETY: the block has room for the handle and the annex after the bytes skipped.
    let place = unsafe { block.byte_add(skip) }.cast::<Whole<S>>();
    // SAFETY: aligned, inside the block, and the block is ours.
    let (handle, annex) = unsafe { Whole::<S>::parts(place) };
    let handle = handle.cast::<Handle<S>>();
    // Malloc always returns.
    let noting = (S::HAS_TABLES && !allocator.is_malloc()).then(|| {
        const { assert!(align_of::<Handle<Unfinished>>() <= align_of::<Whole<S>>()) }
        // SAFETY: the block goes on after the annex for as many bytes as a handle of notes has,
        // which needs no more alignment.
        unsafe { note_tables(stream, allocator, block, place.add(1).cast()) }
    });
    let site = Site {
        // SAFETY: the place of a handle has one for its state, which nothing else uses.
        place: unsafe { &mut *(&raw mut (*handle.as_ptr()).state).cast() },
        annex,
        allocator: noting.as_ref().unwrap_or(allocator),
    };
    match make(site) {
        Ok(_) => {
            // SAFETY: the state is there.
            unsafe { write_head(handle, stream, block, header) };
            Ok(())
        }
        Err(blocks) => {
            // SAFETY: they came from this allocator and are not used.
            unsafe { free_blocks(blocks, allocator) };
            if S::HAS_TABLES {
                // zfree need not return, and nothing may look at the notes then.
                stream.set_state(core::ptr::null_mut());
            }
            // SAFETY: as above.
            unsafe { allocator.free(Block(block)) };
            Err(AllocFailed::Other)
        }
    }
}

/// Ends the stream of `strm`: everything goes back through its present zfree, `state` becomes
/// NULL. Gives what `last` says of the stream at its end; None, and nothing is changed, if
/// `strm` has no stream of this kind or no zfree.
///
/// # Safety
/// - As for `handle_of`.
pub(super) unsafe fn end<S: Stream, R>(strm: z_streamp, last: impl FnOnce(&S) -> R) -> Option<R> {
    // SAFETY: the caller promises the same.
    let (stream, handle) = unsafe { handle_of::<S>(strm) }?;
    let allocator = stream.freeing_allocator()?;
    let result = last(&handle.state);
    // A copy of the pointer that someone kept must not pass the checks.
    handle.tag = 0;
    let (block, blocks) = (handle.block, handle.state.blocks());
    let handle = NonNull::from(handle);
    // SAFETY: the handle is there for the last time; its block and the others, all of them from
    // the stream's zalloc, go with it.
    unsafe {
        handle.drop_in_place();
        free_blocks(blocks, &allocator);
    }
    // zfree need not return, and nothing may look at the handle once it was called with it.
    stream.set_state(core::ptr::null_mut());
    // SAFETY: as above.
    unsafe { allocator.free(Block(block)) };
    Some(result)
}
