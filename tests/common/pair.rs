//! A stream of zlib and a stream of rzlib that get the same calls and must stay alike.
//!
//! After each call `both` compares all that a program can see: the return code, every member
//! of z_stream, the message text, what functions tell about the stream (`side`), the bytes
//! written, that nothing else in the output buffer was touched, the requests to zalloc, and
//! gzip headers that are read. The two streams read the same input buffer
//! and write to buffers of their own; all buffers end at an unreadable page.
// Streams are called through C functions and raw pointers.
#![allow(unsafe_code)]

use super::api::{Api, Z_OK, oracle, ours};
pub use super::log::Compared;
use super::log::{Call, Field, Log};
use super::memory::{Guarded, Heap, heap_zalloc, heap_zfree};
use super::side::{Codec, Deflate, Inflate, Side};
use rzlib::ffi::types::{uInt, uLong, z_stream};
use std::cell::{Ref, RefCell};
use std::ffi::c_int;
use std::rc::Rc;

/// Value of output bytes that were not written, for zlib and for rzlib: they differ, so that
/// output that depends on what was in the buffer shows.
const UNWRITTEN: [u8; 2] = [0x5c, 0xc3];
/// Bytes beyond the output that are looked at after each call; the rest when the buffer is
/// given up.
const LOOKED_AT: usize = 2048;

/// What a call read and wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub code: c_int,
    pub read: usize,
    pub wrote: usize,
}

/// Two deflate streams under comparison.
pub type Pair = Couple<Deflate>;
/// Two inflate streams under comparison.
pub type InflatePair = Couple<Inflate>;

/// Two streams under comparison. The first side is zlib's.
pub struct Couple<C: Codec> {
    pub(super) sides: [Side<C>; 2],
    heaps: Option<[Rc<Heap>; 2]>,
    input: Guarded,
    /// Headers that the streams may still use.
    pub(super) headers: Vec<Rc<C::Header>>,
    log: Rc<RefCell<Log>>,
    number: usize,
    /// Output since it was cleared last.
    pub produced: Vec<u8>,
}

impl<C: Codec> Couple<C> {
    /// Two streams that are not initialised. With `fills`, zalloc and zfree are set to heaps
    /// whose new blocks hold these values, zlib's first.
    pub fn new(log: &Rc<RefCell<Log>>, fills: Option<[u8; 2]>) -> Self {
        let sides = [
            Side::new(&oracle().api, UNWRITTEN[0]),
            Side::new(ours(), UNWRITTEN[1]),
        ];
        let number = log.borrow_mut().new_stream();
        let mut pair = Couple {
            sides,
            heaps: fills.map(|fills| fills.map(Heap::new)),
            input: Guarded::new(0xee),
            headers: Vec::new(),
            log: log.clone(),
            number,
            produced: Vec::new(),
        };
        if let Some(heaps) = pair.heaps.clone() {
            for (side, heap) in pair.sides.iter_mut().zip(&heaps) {
                let stream = side.stream_mut();
                stream.zalloc = Some(heap_zalloc);
                stream.zfree = Some(heap_zfree);
                stream.opaque = heap.opaque();
            }
        }
        pair
    }

    /// Bytes of input not read yet.
    pub fn avail_in(&self) -> usize {
        self.sides[0].stream().avail_in as usize
    }

    /// Room left for output, in bytes.
    pub fn avail_out(&self) -> usize {
        self.sides[0].stream().avail_out as usize
    }

    /// True if next_in is NULL while avail_in is not 0.
    pub fn has_null_input(&self) -> bool {
        self.sides[0].stream().next_in.is_null() && self.avail_in() > 0
    }

    /// Makes `bytes` the input of the next calls.
    pub fn set_input(&mut self, bytes: &[u8]) {
        let start = self.input.place_copy(bytes);
        for side in &mut self.sides {
            let stream = side.stream_mut();
            stream.next_in = start;
            stream.avail_in = bytes.len() as uInt;
        }
    }

    /// Makes next_in NULL, with `len` in avail_in.
    pub fn set_null_input(&mut self, len: usize) {
        for side in &mut self.sides {
            let stream = side.stream_mut();
            stream.next_in = std::ptr::null_mut();
            stream.avail_in = len as uInt;
        }
    }

    /// Gives the next calls `len` bytes of room.
    pub fn set_output(&mut self, len: usize) -> Compared<()> {
        self.check_untouched(usize::MAX)?;
        for side in &mut self.sides {
            let start = side.output.place(len);
            side.output_start = start as usize;
            let stream = side.stream_mut();
            stream.next_out = start;
            stream.avail_out = len as uInt;
        }
        Ok(())
    }

    /// Makes next_out NULL, with `len` in avail_out.
    pub fn set_null_output(&mut self, len: usize) -> Compared<()> {
        self.set_output(0)?;
        for side in &mut self.sides {
            side.output_start = 0;
            let stream = side.stream_mut();
            stream.next_out = std::ptr::null_mut();
            stream.avail_out = len as uInt;
        }
        Ok(())
    }

    /// Sets a member of both streams, as programs do between calls.
    pub fn set_field(&mut self, field: Field, value: u64) -> Compared<Outcome> {
        for side in &mut self.sides {
            let stream = side.stream_mut();
            match field {
                Field::TotalIn => stream.total_in = value as uLong,
                Field::TotalOut => stream.total_out = value as uLong,
                Field::Adler => stream.adler = value as uLong,
                Field::DataType => stream.data_type = value as c_int,
            }
        }
        self.both(Call::Set { field, value }, |_| Z_OK)
    }

    /// Calls `function`, which reads a stream's dictionary into `room` bytes and tells its
    /// length; what it wrote is compared, too.
    pub fn get_dictionary_by(
        &mut self,
        call: Call,
        room: usize,
        function: impl Fn(&Api, *mut z_stream, *mut u8, *mut uInt) -> c_int,
    ) -> Compared<Outcome> {
        let results = RefCell::new(Vec::new());
        let outcome = self.both(call, |side| {
            let mut bytes = vec![0x77u8; room + 1];
            let mut len: uInt = 99;
            let code = function(side.api, side.stream, bytes.as_mut_ptr(), &mut len);
            results.borrow_mut().push((len, bytes));
            code
        })?;
        let results = results.into_inner();
        self.log()
            .same("length of the dictionary", results[0].0, results[1].0)?;
        self.log().same_bytes(
            "dictionary (0x77: not written)",
            &results[0].1,
            &results[1].1,
            0,
        )?;
        Ok(outcome)
    }

    /// Calls `function`, which copies a stream to another one. With `fail` not 0 the allocation
    /// of that number in the call fails, if the pair has heaps. The copy has input and output
    /// buffers of its own.
    pub fn copy_by(
        &mut self,
        call: Call,
        fail: u32,
        function: impl Fn(&Api, *mut z_stream, *mut z_stream) -> c_int,
    ) -> Compared<(Outcome, Option<Self>)> {
        let mut copy = Self::new(&self.log, None);
        copy.heaps = self.heaps.clone();
        copy.headers = self.headers.clone();
        for (to, from) in copy.sides.iter_mut().zip(&self.sides) {
            to.output_start = from.output_start;
        }
        let targets = copy.sides.each_ref().map(|side| side.stream);
        let next_target = std::cell::Cell::new(0);
        self.fail_allocation(fail);
        let outcome = self.both(call, |side| {
            function(side.api, targets[next_target.replace(1)], side.stream)
        });
        self.fail_allocation(0);
        let outcome = outcome?;
        if outcome.code != Z_OK {
            // What a failed copy leaves in dest is not a stream, whatever state holds.
            let [zlib, ours] = copy.sides.each_mut().map(|side| {
                // SAFETY: dest's members are those of new() or valid ones of the source.
                let code = unsafe { C::end(side.api, side.stream) };
                side.stream_mut().state = std::ptr::null_mut();
                code
            });
            self.log().same("the end of the failed copy", zlib, ours)?;
            return Ok((outcome, None));
        }
        copy.compare_codes([Z_OK; 2])?;
        copy.part_from(self)?;
        Ok((outcome, Some(copy)))
    }

    /// Gives a fresh copy buffers of its own with what the original's held.
    fn part_from(&mut self, original: &Self) -> Compared<()> {
        let (avail_in, avail_out) = (self.avail_in(), self.avail_out());
        if original.sides[0].stream().next_in.is_null() {
            self.set_null_input(avail_in);
        } else {
            let bytes = original.input.bytes();
            self.set_input(&bytes[bytes.len() - avail_in..]);
        }
        if original.sides[0].stream().next_out.is_null() {
            self.set_null_output(avail_out)?;
        } else {
            self.set_output(avail_out)?;
        }
        self.produced.clone_from(&original.produced);
        Ok(())
    }

    /// Makes the `nth` allocation from now fail in both libraries (0: none), if the pair has
    /// heaps.
    pub fn fail_allocation(&self, nth: u32) {
        for heap in self.heaps.iter().flatten() {
            heap.fail(nth);
        }
    }

    /// True if the pair's memory is its own heaps'.
    pub fn has_heaps(&self) -> bool {
        self.heaps.is_some()
    }

    /// Blocks that are not freed, in both heaps.
    pub fn live_blocks(&self) -> usize {
        self.heaps.iter().flatten().map(|heap| heap.live()).sum()
    }

    /// The log, for reports of other checks.
    pub fn log(&self) -> Ref<'_, Log> {
        self.log.borrow()
    }

    /// Makes one call on both streams and compares.
    pub(super) fn both(
        &mut self,
        call: Call,
        mut on: impl FnMut(&Side<C>) -> c_int,
    ) -> Compared<Outcome> {
        let (avail_in, avail_out) = (self.avail_in(), self.avail_out());
        let given = (avail_in as u32, avail_out as u32);
        self.log.borrow_mut().begin(self.number, call, given);
        let written = self.sides[0].written();
        let codes = self.sides.each_ref().map(&mut on);
        let outcome = Outcome {
            code: codes[0],
            read: avail_in.wrapping_sub(self.avail_in()),
            wrote: self.sides[0].written().wrapping_sub(written),
        };
        let done = (outcome.read as u64, outcome.wrote as u64);
        self.log.borrow_mut().end(outcome.code, done);
        self.compare_codes(codes)?;
        if outcome.wrote > 0 {
            let [zlib, ours] = self.sides.each_ref().map(|side| side.output.bytes());
            let range = written..written + outcome.wrote;
            let before = self.produced.len();
            self.log().same_bytes(
                "output byte",
                &zlib[range.clone()],
                &ours[range.clone()],
                before,
            )?;
            let produced = &zlib[range];
            self.produced.extend_from_slice(produced);
        }
        self.check_untouched(LOOKED_AT)?;
        Ok(outcome)
    }

    fn compare_codes(&self, codes: [c_int; 2]) -> Compared<()> {
        let [zlib, ours] = &self.sides;
        let values = [zlib.visible(codes[0]), ours.visible(codes[1])];
        if values[0] != values[1] {
            for (index, (&theirs, &mine)) in values[0].iter().zip(&values[1]).enumerate() {
                let what = Side::<C>::name(index);
                self.log().same(what, theirs as i64, mine as i64)?;
            }
        }
        if zlib.message() != ours.message() {
            return self.log().same(
                "msg",
                format!("{:?}", zlib.message()),
                format!("{:?}", ours.message()),
            );
        }
        for (heap, who) in self.heaps.iter().flatten().zip(["zlib", "rzlib"]) {
            if let Some(mistake) = heap.mistake() {
                return Err(self
                    .log()
                    .difference(&format!("memory of {who}"), mistake, mistake));
            }
        }
        self.compare_requests()?;
        for header in &self.headers {
            if let Some((what, theirs, mine)) = C::header_difference(header) {
                return Err(self.log().difference(what, &theirs, &mine));
            }
        }
        Ok(())
    }

    /// That the heaps were asked for the same blocks in the same order, but that a state may
    /// be smaller than zlib's.
    fn compare_requests(&self) -> Compared<()> {
        let Some([zlib, ours]) = &self.heaps else {
            return Ok(());
        };
        let [theirs, mine] = [zlib, ours].map(|heap| heap.take_requests());
        let alike = |(theirs, mine): (&usize, &usize)| {
            theirs == mine || (*theirs == C::ZLIB_STATE && mine < theirs)
        };
        if theirs.len() == mine.len() && theirs.iter().zip(&mine).all(alike) {
            return Ok(());
        }
        self.log().same("sizes asked of zalloc", theirs, mine)
    }

    /// That the output buffers hold their fill value beyond what was written.
    pub(super) fn check_untouched(&self, most: usize) -> Compared<()> {
        for (side, who) in self.sides.iter().zip(["zlib", "rzlib"]) {
            if side.output_start == 0 || side.output_start != side.output.bytes().as_ptr() as usize
            {
                continue;
            }
            if !side.output.untouched(side.written(), most) {
                let what = format!("bytes around the output were touched by {who}");
                return Err(self.log().difference(&what, "", ""));
            }
        }
        Ok(())
    }
}
