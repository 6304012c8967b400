//! gzip headers for deflateSetHeader.
#![forbid(unsafe_code)]

use super::rng::Rng;
use rzlib::ffi::types::{gz_header, uLong};
use std::cell::UnsafeCell;
use std::ffi::c_int;

/// A header and the memory of its fields. Libraries keep the pointer, so it must outlive the
/// stream.
pub struct Header {
    raw: UnsafeCell<gz_header>,
    extra: Option<Vec<u8>>,
    name: Option<Vec<u8>>,
    comment: Option<Vec<u8>>,
    encoded_len: usize,
}

impl Header {
    /// A header with every combination of fields, values and lengths; sometimes longer than
    /// the largest pending buffer of the small memLevels.
    pub fn random(rng: &mut Rng) -> Self {
        // 4 * 2^(memLevel + 6) is 512 at memLevel 1: lengths around it split the fields.
        const EDGES: [usize; 7] = [0, 1, 486, 498, 512, 1024, 2048];
        let len = |rng: &mut Rng| match rng.below(4) {
            0 => rng.pick(&EDGES) + rng.below(20),
            1 => rng.size(70_000),
            _ => rng.size(60),
        };
        let mut extra = None;
        if rng.percent(50) {
            let len = len(rng);
            extra = Some((0..len).map(|_| rng.byte()).collect());
        }
        let text = |rng: &mut Rng| {
            rng.percent(50).then(|| {
                let len = len(rng).min(5_000);
                let mut text: Vec<u8> = (0..len).map(|_| rng.byte().max(1)).collect();
                text.push(0);
                text
            })
        };
        let name = text(rng);
        let comment = text(rng);
        let time = rng.next() as uLong;
        let raw = gz_header {
            text: rng.pick(&[0, 1, 2, -1]),
            time: rng.pick(&[0, 1, 0x1234_5678, uLong::MAX, time]),
            xflags: rng.below(256) as c_int,
            os: rng.pick(&[0, 3, 255, 256, 1_000_003, -1]),
            extra: std::ptr::null_mut(),
            extra_len: 0,
            extra_max: 0,
            name: std::ptr::null_mut(),
            name_max: 0,
            comment: std::ptr::null_mut(),
            comm_max: 0,
            hcrc: rng.pick(&[0, 0, 1, -5]),
            done: 0,
        };
        let mut header = Header {
            raw: UnsafeCell::new(raw),
            extra,
            name,
            comment,
            encoded_len: 0,
        };
        let raw = header.raw.get_mut();
        if let Some(extra) = &mut header.extra {
            raw.extra = extra.as_mut_ptr();
            raw.extra_len = extra.len() as u32;
        } else {
            raw.extra_len = rng.below(9) as u32;
        }
        if let Some(name) = &mut header.name {
            raw.name = name.as_mut_ptr();
        }
        if let Some(comment) = &mut header.comment {
            raw.comment = comment.as_mut_ptr();
        }
        let crc = if raw.hcrc != 0 { 2 } else { 0 };
        // XLEN has 16 bits: of a longer field only the low bits of its length count.
        let extra = header
            .extra
            .as_ref()
            .map_or(0, |extra| 2 + (extra.len() & 0xffff));
        let text = |text: &Option<Vec<u8>>| text.as_ref().map_or(0, Vec::len);
        header.encoded_len = 10 + extra + text(&header.name) + text(&header.comment) + crc;
        header
    }

    /// What deflateSetHeader takes.
    pub fn raw(&self) -> *mut gz_header {
        self.raw.get()
    }

    /// Bytes of the gzip header that deflate makes of it. Source: RFC 1952 2.3.
    pub fn encoded_len(&self) -> usize {
        self.encoded_len
    }
}
