//! The calls of inflate's half that a pair makes on both its streams.
// Streams are called through C functions and raw pointers.
#![allow(unsafe_code)]

use super::api::{VERSION, Z_OK};
use super::log::{Call, Compared, InflateCall, Log};
use super::pair::{InflatePair, Outcome};
use super::read_header::{ReadHeader, Rooms};
use rzlib::ffi::types::{uInt, z_stream};
use std::cell::{Cell, RefCell};
use std::ffi::c_int;
use std::ptr::null_mut;
use std::rc::Rc;

impl InflatePair {
    /// Two streams ready for use, with a log of their own.
    pub fn open(context: &str, window_bits: c_int) -> Compared<Self> {
        let log = Rc::new(RefCell::new(Log::new(context)));
        let mut pair = InflatePair::new(&log, None);
        pair.init(window_bits)?;
        Ok(pair)
    }

    /// Initialises both streams; they may have been used and ended before.
    pub fn init(&mut self, window_bits: c_int) -> Compared<Outcome> {
        let size = size_of::<z_stream>() as c_int;
        self.both(Call::Inflate(InflateCall::Init { window_bits }), |side| {
            // SAFETY: the stream is writable and its members are set.
            unsafe { (side.api.inflateInit2_)(side.stream, window_bits, VERSION.as_ptr(), size) }
        })
    }

    /// inflate, with the input and output set before.
    pub fn inflate(&mut self, flush: c_int) -> Compared<Outcome> {
        self.both(Call::Inflate(InflateCall::Inflate { flush }), |side| {
            // SAFETY: next_in and next_out are NULL or point to avail_in and avail_out bytes.
            unsafe { (side.api.inflate)(side.stream, flush) }
        })
    }

    /// inflateSync. next_in is not NULL unless avail_in is 0.
    pub fn sync(&mut self) -> Compared<Outcome> {
        self.both(Call::Inflate(InflateCall::Sync), |side| {
            // SAFETY: next_in points to avail_in bytes.
            unsafe { (side.api.inflateSync)(side.stream) }
        })
    }

    /// inflatePrime.
    pub fn prime(&mut self, bits: c_int, value: c_int) -> Compared<Outcome> {
        self.both(Call::Inflate(InflateCall::Prime { bits, value }), |side| {
            // SAFETY: the stream is valid or has a NULL state.
            unsafe { (side.api.inflatePrime)(side.stream, bits, value) }
        })
    }

    /// inflateSetDictionary; an empty dictionary is NULL.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> Compared<Outcome> {
        let len = dictionary.len();
        let call = Call::Inflate(InflateCall::SetDictionary { len });
        let start = if len == 0 {
            null_mut()
        } else {
            dictionary.as_ptr()
        };
        self.both(call, |side| {
            // SAFETY: start points to len bytes.
            unsafe { (side.api.inflateSetDictionary)(side.stream, start, len as uInt) }
        })
    }

    /// inflateGetDictionary with or without each of its results; they are compared, too.
    pub fn get_dictionary(&mut self, buffer: bool, length: bool) -> Compared<Outcome> {
        let call = Call::Inflate(InflateCall::GetDictionary { buffer, length });
        self.get_dictionary_by(call, self.dictionary_len(), |api, stream, to, len| {
            let to = if buffer { to } else { null_mut() };
            let len = if length { len } else { null_mut() };
            // SAFETY: the buffer holds as much as zlib said it needs; both may be NULL.
            unsafe { (api.inflateGetDictionary)(stream, to, len) }
        })
    }

    /// What zlib says its dictionary takes, in bytes.
    fn dictionary_len(&self) -> usize {
        let side = &self.sides[0];
        let mut len: uInt = 0;
        // SAFETY: the stream is valid or has a NULL state; only the length is wanted.
        unsafe { (side.api.inflateGetDictionary)(side.stream, null_mut(), &mut len) };
        len as usize
    }

    /// inflateGetHeader with new headers, which are kept and compared from now on.
    pub fn get_header(&mut self, rooms: Rooms) -> Compared<Outcome> {
        let header = Rc::new(ReadHeader::new(rooms));
        let raw = header.raw();
        let next = Cell::new(0);
        self.headers.push(header);
        self.both(Call::Inflate(InflateCall::GetHeader), |side| {
            // SAFETY: the header outlives the stream, see headers.
            unsafe { (side.api.inflateGetHeader)(side.stream, raw[next.replace(1)]) }
        })
    }

    /// inflateCopy; see `copy_by`.
    pub fn copy(&mut self, fail: u32) -> Compared<(Outcome, Option<InflatePair>)> {
        self.copy_by(Call::Inflate(InflateCall::Copy), fail, |api, to, from| {
            // SAFETY: the target is a z_stream in memory of its own, the source is valid.
            unsafe { (api.inflateCopy)(to, from) }
        })
    }

    /// inflateReset.
    pub fn reset(&mut self) -> Compared<Outcome> {
        self.both(Call::Inflate(InflateCall::Reset), |side| {
            // SAFETY: the stream is valid or has a NULL state.
            unsafe { (side.api.inflateReset)(side.stream) }
        })
    }

    /// inflateReset2.
    pub fn reset2(&mut self, window_bits: c_int) -> Compared<Outcome> {
        self.both(Call::Inflate(InflateCall::Reset2 { window_bits }), |side| {
            // SAFETY: the stream is valid or has a NULL state.
            unsafe { (side.api.inflateReset2)(side.stream, window_bits) }
        })
    }

    /// inflateResetKeep.
    pub fn reset_keep(&mut self) -> Compared<Outcome> {
        self.both(Call::Inflate(InflateCall::ResetKeep), |side| {
            // SAFETY: the stream is valid or has a NULL state.
            unsafe { (side.api.inflateResetKeep)(side.stream) }
        })
    }

    /// inflateValidate.
    pub fn validate(&mut self, check: c_int) -> Compared<Outcome> {
        self.both(Call::Inflate(InflateCall::Validate { check }), |side| {
            // SAFETY: the stream is valid or has a NULL state.
            unsafe { (side.api.inflateValidate)(side.stream, check) }
        })
    }

    /// inflateUndermine.
    pub fn undermine(&mut self, subvert: c_int) -> Compared<Outcome> {
        self.both(Call::Inflate(InflateCall::Undermine { subvert }), |side| {
            // SAFETY: the stream is valid or has a NULL state.
            unsafe { (side.api.inflateUndermine)(side.stream, subvert) }
        })
    }

    /// inflateEnd. The pair can be initialised again.
    pub fn end(&mut self) -> Compared<Outcome> {
        let outcome = self.both(Call::Inflate(InflateCall::End), |side| {
            // SAFETY: the stream is valid or has a NULL state.
            unsafe { (side.api.inflateEnd)(side.stream) }
        })?;
        self.check_untouched(usize::MAX)?;
        Ok(outcome)
    }

    /// Bits that zlib holds, as the last call of inflate told in data_type.
    pub fn bits_held(&self) -> u32 {
        (self.sides[0].stream().data_type & 63) as u32
    }

    /// Initialises both streams while the allocation of number `fail` fails.
    pub fn init_with_failure(&mut self, window_bits: c_int, fail: u32) -> Compared<Outcome> {
        self.fail_allocation(fail);
        let outcome = self.init(window_bits);
        self.fail_allocation(0);
        outcome
    }

    /// Every function on a stream that is not open.
    pub fn use_closed(mut self) -> Compared<()> {
        self.set_output(10)?;
        self.set_input(b"input");
        let codes = [
            self.inflate(0)?.code,
            self.sync()?.code,
            self.prime(3, 3)?.code,
            self.set_dictionary(b"dictionary")?.code,
            self.get_dictionary(true, true)?.code,
            self.reset()?.code,
            self.reset2(15)?.code,
            self.reset_keep()?.code,
            self.validate(1)?.code,
            self.undermine(1)?.code,
            self.copy(0)?.0.code,
            self.end()?.code,
        ];
        let none = codes.iter().filter(|&&code| code == Z_OK).count();
        self.log()
            .same("calls that a closed stream allows", 0, none)
    }
}
