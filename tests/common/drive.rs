//! Drives a pair through whole streams, and reads streams back with zlib's inflate.
// inflate is called through C functions and raw pointers.
#![allow(unsafe_code)]

use super::api::*;
use super::log::{Log, Settings};
use super::pair::{Compared, InflatePair, Pair};
use super::rng::Rng;
use rzlib::ffi::types::{uInt, z_stream};
use std::ffi::c_int;

/// How input and output are cut up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunks {
    /// One call with room for everything.
    Whole,
    /// Pieces of 1 to 7 bytes at both ends.
    Tiny,
    /// Random pieces of up to this many bytes at both ends, small ones preferred.
    UpTo(usize),
    /// All input at once, output in small pieces.
    SmallOutput,
}

/// Ways to cut up, for small and middling data.
pub const CHUNKS: [Chunks; 5] = [
    Chunks::Whole,
    Chunks::Tiny,
    Chunks::UpTo(300),
    Chunks::UpTo(20_000),
    Chunks::SmallOutput,
];

impl Chunks {
    fn input(self, rng: &mut Rng) -> usize {
        match self {
            Chunks::Whole | Chunks::SmallOutput => usize::MAX,
            Chunks::Tiny => 1 + rng.below(7),
            Chunks::UpTo(most) => 1 + rng.size(most),
        }
    }

    fn output(self, bound: usize, rng: &mut Rng) -> usize {
        match self {
            Chunks::Whole => bound,
            Chunks::Tiny => 1 + rng.below(7),
            Chunks::UpTo(most) => 1 + rng.size(most),
            Chunks::SmallOutput => 1 + rng.size(200),
        }
    }
}

/// Compresses `data` to the end of the stream; what comes out is in `pair.produced`. The
/// stream must be fresh. In pieces, a few of them are flushed. Checks that deflateBound holds.
pub fn compress(pair: &mut Pair, data: &[u8], chunks: Chunks, rng: &mut Rng) -> Compared<()> {
    pair.produced.clear();
    let bound = pair.bound(data.len() as u64)? as usize;
    let flush_percent = if chunks == Chunks::Whole {
        0
    } else {
        rng.pick(&[0, 0, 5])
    };
    let mut rest = data;
    let mut flush = Z_NO_FLUSH;
    pair.set_input(&[]);
    loop {
        if pair.avail_in() == 0 {
            let (piece, after) = rest.split_at(chunks.input(rng).min(rest.len()));
            pair.set_input(piece);
            rest = after;
            flush = if rest.is_empty() {
                Z_FINISH
            } else if rng.percent(flush_percent) {
                rng.pick(&[Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_BLOCK])
            } else {
                Z_NO_FLUSH
            };
        }
        pair.set_output(chunks.output(bound, rng))?;
        if pair.deflate(flush)?.code == Z_STREAM_END {
            break;
        }
    }
    if chunks == Chunks::Whole && pair.produced.len() > bound {
        let len = pair.produced.len();
        return pair
            .log()
            .same("deflateBound and what was needed", bound, len);
    }
    Ok(())
}

/// Calls that read one stream, at most: most of them read or write.
const MOST_CALLS: usize = 10_000_000;
/// Calls in a row that neither read nor write before a stream counts as stuck. With Z_BLOCK and
/// Z_TREES a few of them do so at the edges of blocks whose bits are held already.
const FRUITLESS_CALLS: usize = 5;

/// Decompresses `stream` on a pair that is fresh, until the stream's end, an error, or the end
/// of the input; what comes out is in `pair.produced`. `len` is the room in one piece.
pub fn decompress(
    pair: &mut InflatePair,
    stream: &[u8],
    len: usize,
    chunks: Chunks,
    rng: &mut Rng,
) -> Compared<c_int> {
    pair.produced.clear();
    let flush = if chunks == Chunks::Whole {
        Z_FINISH
    } else {
        rng.pick(&[Z_NO_FLUSH, Z_SYNC_FLUSH, Z_BLOCK, Z_TREES])
    };
    let mut rest = stream;
    let mut fruitless = 0;
    pair.set_input(&[]);
    for _ in 0..MOST_CALLS {
        if pair.avail_in() == 0 {
            let (piece, after) = rest.split_at(chunks.input(rng).min(rest.len()));
            pair.set_input(piece);
            rest = after;
        }
        pair.set_output(chunks.output(len, rng))?;
        let outcome = pair.inflate(flush)?;
        if outcome.read > 0 || outcome.wrote > 0 {
            fruitless = 0;
        } else {
            fruitless += 1;
        }
        let goes_on = [Z_OK, Z_BUF_ERROR].contains(&outcome.code) && fruitless < FRUITLESS_CALLS;
        if !goes_on || chunks == Chunks::Whole {
            return Ok(outcome.code);
        }
    }
    Err(pair.log().difference("inflate", "does not end", ""))
}

/// Inflates `stream` with zlib; `len` is the number of bytes expected. Raw streams need to be
/// told so by negative `window_bits`. `dictionary` is the one set before the first byte.
pub fn inflate(
    stream: &[u8],
    window_bits: c_int,
    dictionary: &[u8],
    len: usize,
) -> Result<Vec<u8>, String> {
    let zlib = &oracle().api;
    let window_bits = match window_bits {
        ..0 => -MAX_WBITS,
        0..=15 => MAX_WBITS,
        _ => MAX_WBITS + 16,
    };
    let mut out = vec![0u8; len + 1];
    let mut strm = z_stream {
        next_in: stream.as_ptr().cast_mut(),
        avail_in: stream.len() as uInt,
        total_in: 0,
        next_out: out.as_mut_ptr(),
        avail_out: out.len() as uInt,
        total_out: 0,
        msg: std::ptr::null_mut(),
        state: std::ptr::null_mut(),
        zalloc: None,
        zfree: None,
        opaque: std::ptr::null_mut(),
        data_type: 0,
        adler: 0,
        reserved: 0,
    };
    let strm = &raw mut strm;
    let size = size_of::<z_stream>() as c_int;
    // SAFETY: the stream's members are set and its buffers outlive this function's calls.
    let (code, left) = unsafe {
        assert!((zlib.inflateInit2_)(strm, window_bits, VERSION.as_ptr(), size) == Z_OK);
        let set =
            || (zlib.inflateSetDictionary)(strm, dictionary.as_ptr(), dictionary.len() as uInt);
        if window_bits < 0 && !dictionary.is_empty() {
            set();
        }
        let mut code = (zlib.inflate)(strm, Z_FINISH);
        if code == Z_NEED_DICT && set() == Z_OK {
            code = (zlib.inflate)(strm, Z_FINISH);
        }
        (zlib.inflateEnd)(strm);
        (code, (*strm).avail_in)
    };
    // SAFETY: as above.
    let got = unsafe { (*strm).total_out } as usize;
    if code != Z_STREAM_END || left != 0 {
        return Err(format!(
            "inflate: {} after {got} bytes, {left} left",
            code_name(code)
        ));
    }
    out.truncate(got);
    Ok(out)
}

/// That `stream` inflates to `data`.
pub fn check_round_trip(
    log: &Log,
    settings: Settings,
    stream: &[u8],
    dictionary: &[u8],
    data: &[u8],
) -> Compared<()> {
    match inflate(stream, settings.window_bits, dictionary, data.len()) {
        Ok(back) if back == data => Ok(()),
        Ok(_) => Err(log.difference("the inflated stream", "other bytes", "than the input")),
        Err(why) => Err(log.difference("the stream, read back", &why, "(both streams)")),
    }
}

/// Stops the test with the report of a difference.
pub fn expect<T>(compared: Compared<T>) -> T {
    compared.unwrap_or_else(|difference| panic!("\n{difference}\n"))
}
