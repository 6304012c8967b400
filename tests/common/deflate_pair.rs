//! The calls of deflate's half that a pair makes on both its streams.
// Streams are called through C functions and raw pointers.
#![allow(unsafe_code)]

use super::api::{VERSION, Z_DEFLATED, Z_OK};
use super::header::Header;
use super::log::{Call, Compared, Log, Settings};
use super::pair::{Outcome, Pair};
use rzlib::ffi::types::{gz_headerp, uInt, uLong, z_stream};
use std::cell::RefCell;
use std::ffi::{c_int, c_uint};
use std::rc::Rc;

/// The largest window, in bytes: what deflateGetDictionary may write.
const LARGEST_WINDOW: usize = 32768;

impl Pair {
    /// Two streams ready for use, with a log of their own.
    pub fn open(context: &str, settings: Settings) -> Compared<Self> {
        let log = Rc::new(RefCell::new(Log::new(context)));
        let mut pair = Pair::new(&log, None);
        pair.init(settings)?;
        Ok(pair)
    }

    /// Bytes of output that wait in the stream. Only for open streams.
    pub fn pending(&self) -> usize {
        let side = &self.sides[0];
        let mut pending: c_uint = 0;
        // SAFETY: the stream is valid; NULL is allowed for what is not wanted.
        unsafe { (side.api.deflatePending)(side.stream, &mut pending, std::ptr::null_mut()) };
        pending as usize
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
        let call = Call::GetDictionary { buffer, length };
        self.get_dictionary_by(call, LARGEST_WINDOW, |api, stream, to, len| {
            let to = if buffer { to } else { std::ptr::null_mut() };
            let len = if length { len } else { std::ptr::null_mut() };
            // SAFETY: the buffer holds the largest window there is; both may be NULL.
            unsafe { (api.deflateGetDictionary)(stream, to, len) }
        })
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

    /// deflateCopy. With `fail` not 0 the allocation of that number in the call fails, if
    /// the pair has heaps. The copy has input and output buffers of its own.
    pub fn copy(&mut self, fail: u32) -> Compared<(Outcome, Option<Pair>)> {
        self.copy_by(Call::Copy, fail, |api, to, from| {
            // SAFETY: the target is a z_stream in memory of its own, the source is valid.
            unsafe { (api.deflateCopy)(to, from) }
        })
    }
}
