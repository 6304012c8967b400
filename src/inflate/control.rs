//! inflatePrime, inflateMark, inflateSync, inflateSetDictionary and other calls that do not decode.
#![forbid(unsafe_code)]

use core::ffi::{c_int, c_long, c_ulong};

use crate::alloc::Allocator;
use crate::checksum::adler32;
use crate::error::ReturnCode;
use crate::inflate::decode::careful::BlockMode;
use crate::inflate::state::{Header, Phase, State, WRAP_CHECK};
use crate::io::Io;

/// Bits that inflatePrime takes at a time, and that may be held after it.
const MAX_PRIME_BITS: c_int = 16;
const MAX_HELD_BITS: u32 = 32;

/// inflatePrime: puts the low `bits` bits of `value` after those that are held; a negative
/// number drops all. Source: zlib inflate.c, inflatePrime.
pub(crate) fn prime(state: &mut State, bits: c_int, value: c_int) -> ReturnCode {
    let held = &mut state.decoder.bits;
    match bits {
        ..0 => held.clear(),
        0 => {}
        1..=MAX_PRIME_BITS if held.count + bits as u32 <= MAX_HELD_BITS => {
            let value = value as u64 & ((1 << bits) - 1);
            held.hold += value << held.count;
            held.count += bits as u32;
        }
        _ => return ReturnCode::StreamError,
    }
    ReturnCode::Ok
}

/// What inflateMark says of a bad stream.
pub(crate) const NO_MARK: c_long = -(1 << MARK_SHIFT);
/// Where the bits begin in inflateMark's result.
const MARK_SHIFT: u32 = 16;

/// inflateMark: where decoding stands within the present block.
pub(crate) fn mark(state: &State) -> c_long {
    let (bits, bytes) = state.decoder.mark();
    let bytes = if state.wrapper.phase == Phase::Blocks {
        bytes
    } else {
        0
    };
    (c_long::from(bits) << MARK_SHIFT) + bytes as c_long
}

/// inflateSyncPoint: true at the lengths of a stored block, at a whole byte.
pub(crate) fn is_sync_point(state: &State) -> bool {
    state.wrapper.phase == Phase::Blocks
        && state.decoder.mode == BlockMode::Stored
        && state.decoder.bits.count == 0
}

/// inflateValidate: whether check values are compared.
pub(crate) fn validate(state: &mut State, check: bool) {
    if check && state.wrapper.wrap != 0 {
        state.wrapper.wrap |= WRAP_CHECK;
    } else {
        state.wrapper.wrap &= !WRAP_CHECK;
    }
}

/// What an empty stored block ends with, as Z_SYNC_FLUSH and Z_FULL_FLUSH write it.
const PATTERN: [u8; 4] = [0, 0, 0xff, 0xff];

/// Searches `data` for the rest of the pattern, of which `found` bytes came before. Returns
/// how many bytes it looked at; it ends after the pattern.
/// Source: zlib inflate.c, syncsearch.
fn search(found: &mut u8, data: &[u8]) -> usize {
    for (at, &byte) in data.iter().enumerate() {
        if byte == PATTERN[usize::from(*found)] {
            *found += 1;
        } else if byte != 0 {
            *found = 0;
        } else {
            // A zero after two or three zeros and more: the last ones may be the beginning.
            *found = PATTERN.len() as u8 - *found;
        }
        if usize::from(*found) == PATTERN.len() {
            return at + 1;
        }
    }
    data.len()
}

/// inflateSync: skips input to a full flush point, from which decoding can go on.
pub(crate) fn sync(state: &mut State, io: &mut Io) -> ReturnCode {
    let bits = &mut state.decoder.bits;
    if io.input.avail() == 0 && bits.count < u8::BITS {
        return ReturnCode::BufError;
    }
    let wrapper = &mut state.wrapper;
    if wrapper.phase != Phase::Sync {
        wrapper.phase = Phase::Sync;
        bits.align();
        let held = bits.hold.to_le_bytes();
        let len = (bits.count / u8::BITS) as usize;
        bits.clear();
        wrapper.found = 0;
        search(&mut wrapper.found, &held[..len]);
    }
    let mut looked_at = 0;
    if usize::from(wrapper.found) < PATTERN.len() {
        looked_at = search(&mut wrapper.found, io.input.rest());
    }
    io.input.take(looked_at);
    io.total_in = io.total_in.wrapping_add(looked_at as c_ulong);
    if usize::from(wrapper.found) < PATTERN.len() {
        return ReturnCode::DataError;
    }
    if wrapper.header == Header::None {
        // What comes is taken for raw deflate.
        wrapper.wrap = 0;
    } else {
        wrapper.wrap &= !WRAP_CHECK;
    }
    let (header, total_in, total_out) = (wrapper.header, io.total_in, io.total_out);
    state.reset(io);
    (io.total_in, io.total_out) = (total_in, total_out);
    state.wrapper.header = header;
    state.wrapper.phase = Phase::Blocks;
    state.decoder.mode = BlockMode::Type;
    ReturnCode::Ok
}

/// inflateSetDictionary: the stream's preset dictionary. None is a NULL one of more than 0
/// bytes: zlib takes its Adler-32 to be that of no data, and crashes if that is right.
pub(crate) fn set_dictionary(
    state: &mut State,
    dictionary: Option<&[u8]>,
    allocator: &Allocator,
) -> ReturnCode {
    let wrapper = &mut state.wrapper;
    if wrapper.wrap != 0 && wrapper.phase != Phase::Dict {
        return ReturnCode::StreamError;
    }
    if wrapper.phase == Phase::Dict {
        let data = dictionary.unwrap_or_default();
        if adler32::update(adler32::ADLER_INIT, data) != wrapper.check {
            return ReturnCode::DataError;
        }
    }
    let Some(dictionary) = dictionary else {
        return ReturnCode::StreamError;
    };
    if state.window.open(allocator).is_err() {
        return state.out_of_memory();
    }
    state.window.append(dictionary, false);
    state.wrapper.have_dictionary = true;
    ReturnCode::Ok
}
