//! Streams for inflate to read: compressed by zlib in all its ways, written bit by bit,
//! damaged, and noise.
// deflate is called through C functions and raw pointers.
#![allow(unsafe_code)]

use super::api::*;
use super::data::{KINDS, generate};
use super::header::Header;
use super::log::Settings;
use super::naive::{End, decode};
use super::rng::Rng;
use super::synth::{FAULTS, Fault, deflate_stream};
use rzlib::ffi::types::{uInt, z_stream};
use std::ffi::c_int;
use std::ops::Range;

/// What surrounds the deflate stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
    Raw,
    Zlib,
    Gzip,
}

/// All wrappers.
pub const WRAPS: [Wrap; 3] = [Wrap::Raw, Wrap::Zlib, Wrap::Gzip];

/// A complete stream in a source's bytes, and what it holds.
#[derive(Clone)]
pub struct Member {
    pub at: Range<usize>,
    pub data: Vec<u8>,
}

/// Bytes for inflate, and what is known about them.
#[derive(Clone)]
pub struct Source {
    pub bytes: Vec<u8>,
    pub wrap: Wrap,
    /// The window that suffices, as a power of two.
    pub bits: c_int,
    /// What the stream needs before its first byte of output, if not empty.
    pub dictionary: Vec<u8>,
    /// The undamaged streams, in order.
    pub members: Vec<Member>,
    /// How it was made, for reports.
    pub made: &'static str,
}

impl Source {
    /// windowBits for inflateInit2_ that suit the stream, often more than needed.
    pub fn window_bits(&self, rng: &mut Rng) -> c_int {
        let bits = if rng.percent(50) {
            self.bits
        } else {
            rng.between(self.bits.into(), 15) as c_int
        };
        match self.wrap {
            Wrap::Raw => -bits,
            Wrap::Zlib => rng.pick(&[bits, bits, bits, bits + 32, 0, 32]),
            Wrap::Gzip => rng.pick(&[bits + 16, bits + 16, bits + 16, bits + 32, 16, 32]),
        }
    }

    /// True if a stream opened with `window_bits` can read this.
    pub fn suits(&self, window_bits: c_int) -> bool {
        let (wrap, bits) = match window_bits {
            ..0 => (self.wrap == Wrap::Raw, -window_bits),
            0..=15 => (self.wrap == Wrap::Zlib, window_bits),
            16..=31 => (self.wrap == Wrap::Gzip, window_bits - 16),
            _ => (self.wrap != Wrap::Raw, window_bits - 32),
        };
        wrap && (bits == 0 || bits >= self.bits)
    }
}

/// Compresses with zlib, flushed in places if `rng` wants so.
pub fn compress(
    settings: Settings,
    data: &[u8],
    dictionary: &[u8],
    header: Option<&Header>,
    rng: &mut Rng,
) -> Vec<u8> {
    let pieces = rng.pick(&[1, 1, 2, 8]);
    let flushes: &[c_int] = match pieces {
        1 => &[Z_NO_FLUSH],
        _ => &[
            Z_NO_FLUSH,
            Z_PARTIAL_FLUSH,
            Z_SYNC_FLUSH,
            Z_FULL_FLUSH,
            Z_BLOCK,
        ],
    };
    let piece = data.len().div_ceil(pieces).max(1);
    compress_in_pieces(settings, data, dictionary, header, piece, || {
        rng.pick(flushes)
    })
}

/// Compresses with zlib, in pieces of so many bytes, each with the next flush value.
pub fn compress_in_pieces(
    settings: Settings,
    data: &[u8],
    dictionary: &[u8],
    header: Option<&Header>,
    piece: usize,
    mut next_flush: impl FnMut() -> c_int,
) -> Vec<u8> {
    let zlib = &oracle().api;
    let mut strm = z_stream {
        next_in: std::ptr::null_mut(),
        avail_in: 0,
        total_in: 0,
        next_out: std::ptr::null_mut(),
        avail_out: 0,
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
    // Each flush adds less than 20 bytes.
    let flushed = data.len().div_ceil(piece) * 20;
    let mut out = vec![0; data.len() + data.len() / 4 + flushed + 300_000];
    (strm.next_out, strm.avail_out) = (out.as_mut_ptr(), out.len() as uInt);
    let Settings {
        level,
        window_bits,
        mem_level,
        strategy,
    } = settings;
    let size = size_of::<z_stream>() as c_int;
    let strm = &raw mut strm;
    // SAFETY: the stream's members are set; its buffers and the header outlive the calls.
    unsafe {
        let code = (zlib.deflateInit2_)(
            strm,
            level,
            Z_DEFLATED,
            window_bits,
            mem_level,
            strategy,
            VERSION.as_ptr(),
            size,
        );
        assert!(code == Z_OK, "deflateInit2_ with {settings}");
        if let Some(header) = header {
            (zlib.deflateSetHeader)(strm, header.raw());
        }
        if !dictionary.is_empty() {
            let (start, len) = (dictionary.as_ptr(), dictionary.len() as uInt);
            assert!((zlib.deflateSetDictionary)(strm, start, len) == Z_OK);
        }
        for piece in data.chunks(piece) {
            (*strm).next_in = piece.as_ptr().cast_mut();
            (*strm).avail_in = piece.len() as uInt;
            (zlib.deflate)(strm, next_flush());
        }
        let code = (zlib.deflate)(strm, Z_FINISH);
        assert!(code == Z_STREAM_END, "deflate: {}", code_name(code));
        let len = out.len() - (*strm).avail_out as usize;
        (zlib.deflateEnd)(strm);
        out.truncate(len);
    }
    out
}

/// Settings for `wrap`, and the window they need.
fn settings(wrap: Wrap, rng: &mut Rng) -> Settings {
    let bits = rng.pick(&[9, 10, 11, 12, 13, 14, 15, 15, 15, 15]);
    Settings {
        level: rng.between(-1, 9) as c_int,
        window_bits: match wrap {
            Wrap::Raw => -bits,
            Wrap::Zlib => bits,
            Wrap::Gzip => bits + 16,
        },
        mem_level: rng.between(1, 9) as c_int,
        strategy: rng.pick(&[0, 0, 0, 1, 2, 3, 4]),
    }
}

/// A source that zlib's deflate made of `len` bytes.
pub fn compressed(wrap: Wrap, len: usize, rng: &mut Rng) -> Source {
    let settings = settings(wrap, rng);
    let data = generate(rng.pick(&KINDS), len, rng);
    let mut dictionary = Vec::new();
    if wrap != Wrap::Gzip && rng.percent(15) {
        let len = 1 + rng.size(40_000);
        dictionary = generate(rng.pick(&KINDS), len, rng);
        let end = data.len().min(dictionary.len()) / 2;
        dictionary[..end].copy_from_slice(&data[..end]);
    }
    let header = (wrap == Wrap::Gzip && rng.percent(60)).then(|| Header::random(rng));
    let bytes = compress(settings, &data, &dictionary, header.as_ref(), rng);
    Source {
        members: vec![Member {
            at: 0..bytes.len(),
            data,
        }],
        bytes,
        wrap,
        bits: settings.window_bits.abs() - if wrap == Wrap::Gzip { 16 } else { 0 },
        dictionary,
        made: "deflate",
    }
}

/// A deflate stream in a wrapper of its own.
pub fn wrapped(wrap: Wrap, bits: c_int, stream: &[u8], data: &[u8]) -> Vec<u8> {
    let zlib = &oracle().api;
    // SAFETY: the functions read as many bytes as they are told the data has.
    let (adler, crc) = unsafe {
        (
            (zlib.adler32_z)(1, data.as_ptr(), data.len()) as u32,
            (zlib.crc32_z)(0, data.as_ptr(), data.len()) as u32,
        )
    };
    match wrap {
        Wrap::Raw => stream.to_vec(),
        Wrap::Zlib => {
            let first = (bits - 8) << 4 | Z_DEFLATED;
            let head = [first as u8, (31 - (first << 8) % 31) as u8];
            [&head, stream, &adler.to_be_bytes()].concat()
        }
        Wrap::Gzip => {
            let head = [31, 139, 8, 0, 0, 0, 0, 0, 0, 3];
            let len = data.len() as u32;
            [&head, stream, &crc.to_le_bytes(), &len.to_le_bytes()].concat()
        }
    }
}

/// A source written bit by bit, with a mistake or without.
pub fn synthetic(wrap: Wrap, len: usize, faulty: bool, rng: &mut Rng) -> Source {
    let bits = rng.pick(&[8, 9, 10, 12, 15, 15, 15]);
    let window = 1 << bits;
    let fault = faulty.then(|| rng.pick(&FAULTS));
    let stream = deflate_stream(len, window, 0, fault, rng);
    let decoded = decode(&stream, &[], window, usize::MAX / 2);
    let complete = decoded.end == End::Complete;
    let expected = match fault {
        None => complete,
        // With the largest window behind it, there is no distance that is too far.
        Some(Fault::TooFar) => [End::TooFar, End::Invalid].contains(&decoded.end),
        Some(_) => decoded.end == End::Invalid,
    };
    assert!(expected, "{fault:?}: {:?}", decoded.end);
    let bytes = wrapped(wrap, bits, &stream, &decoded.output);
    let member = Member {
        at: 0..bytes.len(),
        data: decoded.output,
    };
    Source {
        members: if complete { vec![member] } else { Vec::new() },
        bytes,
        wrap,
        bits,
        dictionary: Vec::new(),
        made: if complete { "bits" } else { "faulty bits" },
    }
}

/// Changes bytes here and there, so that nothing is known about them.
pub fn damage(source: &mut Source, rng: &mut Rng) {
    for _ in 0..1 + rng.size(4) {
        let bytes = &mut source.bytes;
        if bytes.is_empty() {
            break;
        }
        // Often in the head, where much hangs on a bit.
        let reach = if rng.percent(50) {
            bytes.len()
        } else {
            bytes.len().min(100)
        };
        let at = rng.below(reach);
        match rng.below(6) {
            0 | 1 => bytes[at] ^= 1 << rng.below(8),
            2 => bytes[at] = rng.byte(),
            3 => bytes.truncate(at),
            4 => bytes.insert(at, rng.byte()),
            _ => {
                bytes.remove(at);
            }
        }
    }
    source.members.clear();
    source.made = "damaged";
}

/// Noise, half of the time behind a valid beginning.
pub fn noise(wrap: Wrap, len: usize, rng: &mut Rng) -> Source {
    let mut bytes = Vec::new();
    if rng.percent(50) {
        let head = wrapped(wrap, rng.pick(&[8, 15]), &[], &[]);
        let trailer = match wrap {
            Wrap::Raw => 0,
            Wrap::Zlib => 4,
            Wrap::Gzip => 8,
        };
        bytes.extend(&head[..head.len() - trailer]);
        // Not the third kind of block, and mostly a dynamic one.
        let kinds = [0b000, 0b001, 0b010, 0b011, 0b100, 0b101, 0b100, 0b101];
        bytes.push(rng.byte() & !7 | rng.pick(&kinds));
    }
    bytes.extend((0..len).map(|_| rng.byte()));
    Source {
        bytes,
        wrap,
        bits: 15,
        dictionary: Vec::new(),
        members: Vec::new(),
        made: "noise",
    }
}

/// Appends another source of the same wrapper, or garbage.
fn extend(source: &mut Source, rng: &mut Rng) {
    if rng.percent(50) {
        let garbage = 1 + rng.size(300);
        source.bytes.extend((0..garbage).map(|_| rng.byte()));
        return;
    }
    let len = rng.size(3000);
    let more = synthetic(source.wrap, len, false, rng);
    let before = source.bytes.len();
    source.bits = source.bits.max(more.bits);
    source.bytes.extend(&more.bytes);
    source
        .members
        .extend(more.members.into_iter().map(|member| Member {
            at: before + member.at.start..before + member.at.end,
            ..member
        }));
}

/// A source of any kind, of up to about `most` bytes of data.
pub fn any(most: usize, rng: &mut Rng) -> Source {
    let wrap = rng.pick(&WRAPS);
    let len = if rng.percent(50) {
        rng.size(most)
    } else {
        rng.below(most)
    };
    let mut source = match rng.below(20) {
        0 => noise(wrap, rng.size(500), rng),
        1 | 2 => synthetic(wrap, len.min(20_000), true, rng),
        3..8 => synthetic(wrap, len.min(40_000), false, rng),
        _ => compressed(wrap, len, rng),
    };
    // One whose dictionary is set for one member would need it for the next.
    if source.dictionary.is_empty() && rng.percent(15) {
        for _ in 0..rng.between(1, 3) {
            extend(&mut source, rng);
        }
    }
    if rng.percent(15) {
        damage(&mut source, rng);
    }
    source
}
