//! A stream of zlib and a stream of rzlib that get the same calls and must stay alike.
//!
//! After each call `both` compares all that a program can see: the return code, every member
//! of z_stream, the message text, deflatePending and deflateUsed, the bytes written, and that
//! nothing else in the output buffer was touched. The two streams read the same input buffer
//! and write to buffers of their own; all buffers end at an unreadable page.
// Streams are called through C functions and raw pointers.
#![allow(unsafe_code)]

use super::api::{VERSION, Z_DEFLATED, Z_OK, oracle, ours};
use super::header::Header;
pub use super::log::Compared;
use super::log::{Call, Field, Log, Settings};
use super::memory::{Guarded, Heap, heap_zalloc, heap_zfree};
use super::side::{Side, VISIBLE};
use rzlib::ffi::types::{gz_headerp, uInt, uLong, z_stream};
use std::cell::{Ref, RefCell};
use std::ffi::{c_int, c_uint};
use std::rc::Rc;

/// Value of output bytes that were not written, for zlib and for rzlib: they differ, so that
/// output that depends on what was in the buffer shows.
const UNWRITTEN: [u8; 2] = [0x5c, 0xc3];
/// Bytes beyond the output that are looked at after each call; the rest when the buffer is
/// given up.
const LOOKED_AT: usize = 2048;
/// The largest window, in bytes: what deflateGetDictionary may write.
const LARGEST_WINDOW: usize = 32768;

/// What a call read and wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub code: c_int,
    pub read: usize,
    pub wrote: usize,
}

/// Two streams under comparison. The first side is zlib's.
pub struct Pair {
    sides: [Side; 2],
    heaps: Option<[Rc<Heap>; 2]>,
    input: Guarded,
    headers: Vec<Rc<Header>>,
    log: Rc<RefCell<Log>>,
    number: usize,
    /// Output since it was cleared last.
    pub produced: Vec<u8>,
}

impl Pair {
    /// Two streams that are not initialised. With `fills`, zalloc and zfree are set to heaps
    /// whose new blocks hold these values, zlib's first.
    pub fn new(log: &Rc<RefCell<Log>>, fills: Option<[u8; 2]>) -> Self {
        let sides = [
            Side::new(&oracle().api, UNWRITTEN[0]),
            Side::new(ours(), UNWRITTEN[1]),
        ];
        let number = log.borrow_mut().new_stream();
        let mut pair = Pair {
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

    /// Two streams ready for use, with a log of their own.
    pub fn open(context: &str, settings: Settings) -> Compared<Self> {
        let log = Rc::new(RefCell::new(Log::new(context)));
        let mut pair = Pair::new(&log, None);
        pair.init(settings)?;
        Ok(pair)
    }

    /// Bytes of input not read yet.
    pub fn avail_in(&self) -> usize {
        self.sides[0].stream().avail_in as usize
    }

    /// Room left for output, in bytes.
    pub fn avail_out(&self) -> usize {
        self.sides[0].stream().avail_out as usize
    }

    /// Bytes of output that wait in the stream. Only for open streams.
    pub fn pending(&self) -> usize {
        let side = &self.sides[0];
        let mut pending: c_uint = 0;
        // SAFETY: the stream is valid; NULL is allowed for what is not wanted.
        unsafe { (side.api.deflatePending)(side.stream, &mut pending, std::ptr::null_mut()) };
        pending as usize
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

    /// Initialises both streams; they may have been used and ended before.
    pub fn init(&mut self, settings: Settings) -> Compared<Outcome> {
        let Settings {
            level,
            window_bits,
            mem_level,
            strategy,
        } = settings;
        let size = size_of::<z_stream>() as c_int;
        self.both(Call::Init(settings), |side| {
            // SAFETY: the stream is writable and its members are set.
            unsafe {
                (side.api.deflateInit2_)(
                    side.stream,
                    level,
                    Z_DEFLATED,
                    window_bits,
                    mem_level,
                    strategy,
                    VERSION.as_ptr(),
                    size,
                )
            }
        })
    }

    /// deflate, with the input and output set before.
    pub fn deflate(&mut self, flush: c_int) -> Compared<Outcome> {
        self.both(Call::Deflate { flush }, |side| {
            // SAFETY: next_in and next_out are NULL or point to avail_in and avail_out bytes.
            unsafe { (side.api.deflate)(side.stream, flush) }
        })
    }

    /// deflateParams, which may call deflate.
    pub fn params(&mut self, level: c_int, strategy: c_int) -> Compared<Outcome> {
        self.both(Call::Params { level, strategy }, |side| {
            // SAFETY: as for deflate, which deflateParams may call.
            unsafe { (side.api.deflateParams)(side.stream, level, strategy) }
        })
    }

    /// deflateTune with good_length, max_lazy, nice_length and max_chain.
    pub fn tune(&mut self, [good, lazy, nice, chain]: [c_int; 4]) -> Compared<Outcome> {
        self.both(
            Call::Tune {
                good,
                lazy,
                nice,
                chain,
            },
            |side| {
                // SAFETY: the stream is valid or has a NULL state; all values are allowed.
                unsafe { (side.api.deflateTune)(side.stream, good, lazy, nice, chain) }
            },
        )
    }

    /// deflatePrime.
    pub fn prime(&mut self, bits: c_int, value: c_int) -> Compared<Outcome> {
        self.both(Call::Prime { bits, value }, |side| {
            // SAFETY: the stream is valid or has a NULL state.
            unsafe { (side.api.deflatePrime)(side.stream, bits, value) }
        })
    }

    /// deflateReset.
    pub fn reset(&mut self) -> Compared<Outcome> {
        self.both(Call::Reset, |side| {
            // SAFETY: the stream is valid or has a NULL state.
            unsafe { (side.api.deflateReset)(side.stream) }
        })
    }

    /// deflateResetKeep.
    pub fn reset_keep(&mut self) -> Compared<Outcome> {
        self.both(Call::ResetKeep, |side| {
            // SAFETY: the stream is valid or has a NULL state.
            unsafe { (side.api.deflateResetKeep)(side.stream) }
        })
    }

    /// deflateEnd. The pair can be initialised again.
    pub fn end(&mut self) -> Compared<Outcome> {
        let outcome = self.both(Call::End, |side| {
            // SAFETY: the stream is valid or has a NULL state.
            unsafe { (side.api.deflateEnd)(side.stream) }
        })?;
        self.check_untouched(usize::MAX)?;
        Ok(outcome)
    }

    /// deflateSetDictionary; None for NULL.
    pub fn set_dictionary(&mut self, dictionary: Option<&[u8]>) -> Compared<Outcome> {
        let (start, len) = match dictionary {
            Some(bytes) => (bytes.as_ptr(), bytes.len()),
            None => (std::ptr::null(), 7),
        };
        let call = Call::SetDictionary {
            len: dictionary.map(<[u8]>::len),
        };
        self.both(call, |side| {
            // SAFETY: start is NULL or points to len bytes.
            unsafe { (side.api.deflateSetDictionary)(side.stream, start, len as uInt) }
        })
    }

    /// deflateGetDictionary with or without each of its results; they are compared, too.
    pub fn get_dictionary(&mut self, buffer: bool, length: bool) -> Compared<Outcome> {
        let results = RefCell::new(Vec::new());
        let outcome = self.both(Call::GetDictionary { buffer, length }, |side| {
            let mut bytes = vec![0x77u8; LARGEST_WINDOW + 1];
            let mut len: uInt = 99;
            let to = if buffer {
                bytes.as_mut_ptr()
            } else {
                std::ptr::null_mut()
            };
            let len_to = if length {
                &raw mut len
            } else {
                std::ptr::null_mut()
            };
            // SAFETY: the buffer holds the largest window there is; both may be NULL.
            let code = unsafe { (side.api.deflateGetDictionary)(side.stream, to, len_to) };
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

    /// deflateSetHeader; both libraries get the same header, which is kept.
    pub fn set_header(&mut self, header: Option<Rc<Header>>) -> Compared<Outcome> {
        let raw: gz_headerp = header
            .as_ref()
            .map_or(std::ptr::null_mut(), |header| header.raw());
        self.headers.extend(header);
        self.both(
            Call::SetHeader {
                null: raw.is_null(),
            },
            |side| {
                // SAFETY: the header is NULL or outlives the stream, see headers.
                unsafe { (side.api.deflateSetHeader)(side.stream, raw) }
            },
        )
    }

    /// deflateBound and deflateBound_z, which must agree on systems with 64-bit uLong.
    pub fn bound(&mut self, len: u64) -> Compared<u64> {
        let results = RefCell::new(Vec::new());
        self.both(Call::Bound { len }, |side| {
            // SAFETY: the stream is valid or has a NULL state; a header's strings end with 0.
            let bounds = unsafe {
                (
                    (side.api.deflateBound)(side.stream, len as uLong),
                    (side.api.deflateBound_z)(side.stream, len as usize),
                )
            };
            results.borrow_mut().push(bounds);
            Z_OK
        })?;
        let results = results.into_inner();
        self.log()
            .same("deflateBound", results[0].0, results[1].0)?;
        self.log()
            .same("deflateBound_z", results[0].1, results[1].1)?;
        Ok(results[0].1 as u64)
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

    /// deflateCopy. With `fail` not 0 the allocation of that number in the call fails, if
    /// the pair has heaps. The copy has input and output buffers of its own.
    pub fn copy(&mut self, fail: u32) -> Compared<(Outcome, Option<Pair>)> {
        let mut copy = Pair::new(&self.log, None);
        copy.heaps = self.heaps.clone();
        copy.headers = self.headers.clone();
        for (to, from) in copy.sides.iter_mut().zip(&self.sides) {
            to.output_start = from.output_start;
        }
        let targets = copy.sides.each_ref().map(|side| side.stream);
        let next_target = std::cell::Cell::new(0);
        self.fail_allocation(fail);
        let outcome = self.both(Call::Copy, |side| {
            let target = targets[next_target.replace(1)];
            // SAFETY: the target is a z_stream in memory of its own, the source is valid.
            unsafe { (side.api.deflateCopy)(target, side.stream) }
        });
        self.fail_allocation(0);
        let outcome = outcome?;
        if outcome.code != Z_OK {
            // What a failed copy leaves in dest is not a stream, whatever state holds.
            let [zlib, ours] = copy.sides.each_mut().map(|side| {
                // SAFETY: the copied members are valid ones of the source.
                let code = unsafe { (side.api.deflateEnd)(side.stream) };
                side.stream_mut().state = std::ptr::null_mut();
                code
            });
            self.log()
                .same("deflateEnd of the failed copy", zlib, ours)?;
            return Ok((outcome, None));
        }
        copy.compare(Z_OK)?;
        copy.part_from(self)?;
        Ok((outcome, Some(copy)))
    }

    /// Gives a fresh copy buffers of its own with what the original's held.
    fn part_from(&mut self, original: &Pair) -> Compared<()> {
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
    fn both(&mut self, call: Call, mut on: impl FnMut(&Side) -> c_int) -> Compared<Outcome> {
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

    fn compare(&self, code: c_int) -> Compared<()> {
        self.compare_codes([code, code])
    }

    fn compare_codes(&self, codes: [c_int; 2]) -> Compared<()> {
        let [zlib, ours] = &self.sides;
        let values = [zlib.visible(codes[0]), ours.visible(codes[1])];
        for (index, what) in VISIBLE.iter().enumerate() {
            self.log()
                .same(what, values[0][index] as i64, values[1][index] as i64)?;
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
        Ok(())
    }

    /// That the output buffers hold their fill value beyond what was written.
    fn check_untouched(&self, most: usize) -> Compared<()> {
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
