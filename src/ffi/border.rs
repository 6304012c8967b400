//! The border between C and Rust: turns pointers into values once per call, and writes results
//! back.
//!
//! It relies on what zlib requires of callers, and on nothing else: next_in has avail_in readable
//! bytes, next_out has avail_out writable ones, a string ends with a NUL. NULL pointers are
//! checked case by case, as in zlib.
//!
//! Unsafe because it dereferences what the caller passed.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_char, c_int};
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use super::types::{
    Bytef, gz_header, gz_headerp, internal_state, uInt, uLong, z_off64_t, z_stream, z_streamp,
};
use crate::alloc::{Allocator, default_zalloc, default_zfree};
use crate::buf::{InBuf, OutBuf};
use crate::format::gzip::{GzipHeader, HeaderField, HeaderSink, OptionalField};
use crate::io::Io;

/// `len`, or the largest length that memory can have, because no slice may be longer. Programs may
/// say more room than there is ("it fits anyway"): whoever fills it touches nothing but what it
/// produces.
fn object_len(len: usize) -> usize {
    len.min(isize::MAX as usize)
}

/// `len` bytes at `address`; none when `address` is NULL.
///
/// # Safety
/// - `address` is NULL, or `len` bytes can be read there until `'a` ends.
pub(super) unsafe fn bytes<'a>(address: *const Bytef, len: usize) -> &'a [u8] {
    if address.is_null() {
        return &[];
    }
    // SAFETY: not NULL, and the caller promises `len` readable bytes.
    unsafe { core::slice::from_raw_parts(address, object_len(len)) }
}

/// Room for `len` bytes at `address`; none when `address` is NULL.
///
/// # Safety
/// - `address` is NULL, or `len` bytes can be written there until `'a` ends.
pub(super) unsafe fn room<'a>(address: *mut Bytef, len: usize) -> &'a mut [MaybeUninit<u8>] {
    if address.is_null() {
        return &mut [];
    }
    // SAFETY: not NULL, and the caller promises `len` writable bytes, initialised or not.
    unsafe { core::slice::from_raw_parts_mut(address.cast(), object_len(len)) }
}

/// A stream that is not NULL.
#[derive(Clone, Copy)]
pub(super) struct StreamRef(NonNull<z_stream>);

impl StreamRef {
    /// The stream that `strm` points to, None for NULL.
    ///
    /// # Safety
    /// - `strm` is NULL or points to a z_stream that nothing else uses while the result
    ///   is in use.
    pub(super) unsafe fn new(strm: z_streamp) -> Option<StreamRef> {
        NonNull::new(strm).map(StreamRef)
    }

    /// The pointer itself.
    pub(super) fn as_ptr(self) -> z_streamp {
        self.0.as_ptr()
    }

    /// The z_stream itself.
    fn fields(&mut self) -> &mut z_stream {
        // SAFETY: `new` was promised a z_stream of our own. StreamRef can be copied, but no method
        // uses the fields of one while another copy's are reached.
        unsafe { self.0.as_mut() }
    }

    /// What every init function does: clears `msg`, and sets malloc and free where the caller left
    /// zalloc or zfree NULL. As in zlib, `opaque` is cleared only with zalloc. Returns the
    /// allocator.
    pub(super) fn prepare(mut self) -> Allocator {
        self.set_msg(None);
        let strm = self.fields();
        if strm.zalloc.is_none() {
            strm.opaque = core::ptr::null_mut();
        }
        let zalloc = *strm.zalloc.get_or_insert(default_zalloc);
        let zfree = *strm.zfree.get_or_insert(default_zfree);
        // SAFETY: zlib's contract makes zalloc and zfree a working pair.
        unsafe { Allocator::new(zalloc, zfree, strm.opaque) }
    }

    /// The stream's allocator; None if a function is missing.
    pub(super) fn allocator(mut self) -> Option<Allocator> {
        self.fields().zalloc?;
        self.freeing_allocator()
    }

    /// The stream's allocator, for giving memory back; None if zfree is missing.
    pub(super) fn freeing_allocator(mut self) -> Option<Allocator> {
        let strm = self.fields();
        let zalloc = strm.zalloc.unwrap_or(default_zalloc);
        // SAFETY: as in `prepare`; who only frees does not call zalloc.
        Some(unsafe { Allocator::new(zalloc, strm.zfree?, strm.opaque) })
    }

    /// `state`.
    pub(super) fn state(mut self) -> *mut internal_state {
        self.fields().state
    }

    /// Sets `state`.
    pub(super) fn set_state(mut self, state: *mut internal_state) {
        self.fields().state = state;
    }

    /// Sets `msg`; None is NULL.
    pub(super) fn set_msg(mut self, msg: Option<&'static CStr>) {
        let msg = msg.map_or(core::ptr::null(), CStr::as_ptr);
        self.fields().msg = msg.cast_mut();
    }

    /// The input that waits; none if next_in is NULL.
    ///
    /// # Safety
    /// - next_in is NULL or has avail_in readable bytes, until `'a` ends.
    pub(super) unsafe fn input<'a>(mut self) -> &'a [u8] {
        let strm = self.fields();
        // SAFETY: the caller promises the input.
        unsafe { bytes(strm.next_in, strm.avail_in as usize) }
    }

    /// avail_in and avail_out.
    pub(super) fn avail(mut self) -> (usize, usize) {
        let strm = self.fields();
        (strm.avail_in as usize, strm.avail_out as usize)
    }

    /// Sets next_in and avail_in; None is NULL.
    pub(super) fn set_input(mut self, input: Option<&[u8]>) {
        let strm = self.fields();
        let next_in = input.map_or(core::ptr::null(), <[u8]>::as_ptr);
        strm.next_in = next_in.cast_mut();
        strm.avail_in = input.map_or(0, <[u8]>::len) as uInt;
    }

    /// Takes over all fields of `source` but `state`.
    pub(super) fn copy_fields(self, source: StreamRef) {
        let state = self.state();
        // SAFETY: `new` was promised two z_streams; they may be the same.
        unsafe { source.as_ptr().copy_to(self.as_ptr(), 1) };
        self.set_state(state);
    }

    /// Reads what the stream says besides its buffers: counts, check value, data type.
    pub(super) fn read_values(mut self, io: &mut Io) {
        let strm = self.fields();
        io.total_in = strm.total_in;
        io.total_out = strm.total_out;
        io.adler = strm.adler;
        io.data_type = strm.data_type;
    }

    /// What a call sees of the stream.
    ///
    /// # Safety
    /// - next_in has avail_in readable bytes and next_out has avail_out writable ones,
    ///   until `'a` ends, unless they are NULL.
    pub(super) unsafe fn io<'a>(mut self) -> Io<'a> {
        let strm = self.fields();
        let (next_in, avail_in) = (strm.next_in, strm.avail_in as usize);
        let (next_out, avail_out) = (strm.next_out, strm.avail_out as usize);
        // SAFETY: the caller promises the buffers.
        let (input, room) = unsafe { (bytes(next_in, avail_in), room(next_out, avail_out)) };
        let mut io = Io::new(InBuf::new(input), OutBuf::new(room));
        io.buffers_valid = !next_out.is_null() && (avail_in == 0 || !next_in.is_null());
        self.read_values(&mut io);
        io
    }

    /// Writes the results of a call back: counts, check value, type, message, and how far
    /// it got in the buffers.
    pub(super) fn write_back(mut self, io: &Io) {
        let strm = self.fields();
        let (consumed, produced) = (io.input.consumed(), io.output.produced());
        // SAFETY: the pointers advance inside the buffers that they pointed to.
        unsafe {
            if consumed != 0 {
                strm.next_in = strm.next_in.add(consumed);
                strm.avail_in -= consumed as uInt;
            }
            if produced != 0 {
                strm.next_out = strm.next_out.add(produced);
                strm.avail_out -= produced as uInt;
            }
        }
        strm.total_in = io.total_in;
        strm.total_out = io.total_out;
        strm.adler = io.adler;
        strm.data_type = io.data_type;
        if io.msg.is_some() {
            self.set_msg(io.msg);
        }
    }
}

/// The header that `head` points to, None for NULL.
///
/// # Safety
/// - `head` is NULL or points to a gz_header whose extra has extra_len readable bytes and
///   whose name and comment end with a zero byte, each unless it is NULL.
pub(super) unsafe fn gzip_header<'a>(head: gz_headerp) -> Option<GzipHeader<'a>> {
    // SAFETY: NULL or a gz_header, as the caller promises.
    let head: &gz_header = unsafe { head.as_ref() }?;
    // SAFETY: a zero byte ends it, as the caller promises; NULL gives None.
    let text = |field: *const Bytef| unsafe {
        (!field.is_null()).then(|| CStr::from_ptr(field.cast::<c_char>()).to_bytes_with_nul())
    };
    // Only the low 16 bits of a length fit the header's XLEN.
    let extra_len = usize::from(head.extra_len as u16);
    Some(GzipHeader {
        text: head.text != 0,
        time: head.time as u32,
        os: head.os as u8,
        // SAFETY: extra_len bytes can be read, as the caller promises.
        extra: (!head.extra.is_null()).then(|| unsafe { bytes(head.extra, extra_len) }),
        extra_len: head.extra_len,
        name: text(head.name),
        comment: text(head.comment),
        hcrc: head.hcrc != 0,
    })
}

/// The gz_header that inflateGetHeader was given. Its fields are read anew each time, since
/// the caller may change them between calls.
pub(super) struct HeaderFields(NonNull<gz_header>);

impl HeaderFields {
    /// The fields of `head`, None for NULL.
    ///
    /// # Safety
    /// - `head` is NULL or points to a gz_header that nothing else uses while the result is
    ///   in use; extra, name and comment are NULL or have extra_max, name_max and comm_max
    ///   writable bytes.
    pub(super) unsafe fn new(head: gz_headerp) -> Option<HeaderFields> {
        NonNull::new(head).map(HeaderFields)
    }

    fn head(&mut self) -> &mut gz_header {
        // SAFETY: `new` was promised a gz_header of our own.
        unsafe { self.0.as_mut() }
    }

    /// Where an optional field goes, and how many bytes of room there are.
    fn place(&mut self, field: OptionalField) -> (&mut *mut Bytef, uInt) {
        let head = self.head();
        match field {
            OptionalField::Extra => (&mut head.extra, head.extra_max),
            OptionalField::Name => (&mut head.name, head.name_max),
            OptionalField::Comment => (&mut head.comment, head.comm_max),
        }
    }
}

impl HeaderSink for HeaderFields {
    fn set(&mut self, field: HeaderField) {
        let head = self.head();
        match field {
            HeaderField::Text(text) => head.text = text.into(),
            HeaderField::Time(time) => head.time = time as uLong,
            HeaderField::FlagsAndOs(both) => {
                head.xflags = (both & 0xff) as c_int;
                head.os = (both >> 8) as c_int;
            }
            HeaderField::ExtraLen(len) => head.extra_len = len,
            HeaderField::Absent(field) => *self.place(field).0 = core::ptr::null_mut(),
            HeaderField::Complete(header_crc) => {
                head.hcrc = header_crc.into();
                head.done = 1;
            }
            HeaderField::NoHeader => head.done = -1,
        }
    }

    fn extra(&mut self, left: u32, data: &[u8]) {
        let stored = self.head().extra_len.wrapping_sub(left);
        self.append(OptionalField::Extra, stored, data);
    }

    fn append(&mut self, field: OptionalField, stored: u32, data: &[u8]) -> u32 {
        let (&mut place, max) = self.place(field);
        if place.is_null() || stored >= max {
            return stored;
        }
        let count = data.len().min((max - stored) as usize);
        // SAFETY: `new` was promised `max` bytes there.
        let room = unsafe { room(place.add(stored as usize), count) };
        room.write_copy_of_slice(&data[..count]);
        stored + count as u32
    }
}

/// The number as a uLong; the largest one when it does not fit.
pub(super) fn to_ulong(len: usize) -> uLong {
    uLong::try_from(len).unwrap_or(uLong::MAX)
}

/// A z_off_t in 64 bits; on some systems it has 32.
pub(super) fn wide(len: impl Into<z_off64_t>) -> z_off64_t {
    len.into()
}

/// Writes `value` where `target` points, unless it is NULL.
///
/// # Safety
/// - `target` is NULL or can be written.
pub(super) unsafe fn set<T>(target: *mut T, value: T) {
    if !target.is_null() {
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { target.write(value) }
    }
}
