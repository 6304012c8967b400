//! gzip headers for deflateSetHeader.
#![forbid(unsafe_code)]

use super::rng::Rng;
use rzlib::ffi::types::{gz_header, uLong};
use std::cell::UnsafeCell;
use std::ffi::c_int;

/// Bytes of the pending buffer at memLevel 1; at other levels it is a multiple. Headers fill it
/// piece by piece.
const PENDING: usize = 512;

/// A header and the memory of its fields. Libraries keep the pointer, so it must outlive the
/// stream.
pub struct Header {
    raw: UnsafeCell<gz_header>,
    extra: Option<Vec<u8>>,
    /// These two end with a zero byte.
    name: Option<Vec<u8>>,
    comment: Option<Vec<u8>>,
}

fn len(rng: &mut Rng) -> usize {
    const EDGES: [usize; 7] = [0, 1, 486, 498, PENDING, 2 * PENDING, 4 * PENDING];
    match rng.below(4) {
        0 => rng.pick(&EDGES) + rng.below(20),
        1 => rng.size(8_000),
        _ => rng.size(60),
    }
}

fn text(rng: &mut Rng) -> Option<Vec<u8>> {
    rng.percent(50).then(|| {
        let mut text: Vec<u8> = (0..len(rng)).map(|_| rng.byte().max(1)).collect();
        text.push(0);
        text
    })
}

impl Header {
    /// A header with every combination of fields, values and lengths.
    pub fn random(rng: &mut Rng) -> Self {
        let mut extra = None;
        if rng.percent(50) {
            // Of lengths beyond 16 bits only the low ones count.
            let len = if rng.percent(10) {
                65_530 + rng.below(12)
            } else {
                len(rng)
            };
            extra = Some((0..len).map(|_| rng.byte()).collect());
        }
        let time = rng.next() as uLong;
        let raw = gz_header {
            text: rng.pick(&[0, 1, 2, -1]),
            time: rng.pick(&[0, 1, 0x1234_5678, uLong::MAX, time]),
            xflags: rng.below(256) as c_int,
            os: rng.pick(&[0, 3, 255, 256, 1_000_003, -1]),
            extra: std::ptr::null_mut(),
            extra_len: rng.below(9) as u32,
            extra_max: 0,
            name: std::ptr::null_mut(),
            name_max: 0,
            comment: std::ptr::null_mut(),
            comm_max: 0,
            hcrc: rng.pick(&[0, 0, 1, -5]),
            done: 0,
        };
        let raw = UnsafeCell::new(raw);
        let mut header = Header {
            raw,
            extra,
            name: text(rng),
            comment: text(rng),
        };
        if rng.percent(40) {
            header.end_near(rng.pick(&[PENDING - 2, PENDING - 1, 0, 1, 2]));
        }
        let raw = header.raw.get_mut();
        if let Some(extra) = &mut header.extra {
            raw.extra = extra.as_mut_ptr();
            raw.extra_len = extra.len() as u32;
        }
        if let Some(name) = &mut header.name {
            raw.name = name.as_mut_ptr();
        }
        if let Some(comment) = &mut header.comment {
            raw.comment = comment.as_mut_ptr();
        }
        header
    }

    /// Makes the last text longer, so that the pending buffer is as full as `rest` says when
    /// only the header's CRC is missing.
    fn end_near(&mut self, rest: usize) {
        let more = (rest + 2 * PENDING - self.len_without_crc() % PENDING) % PENDING;
        if let Some(text) = self.comment.as_mut().or(self.name.as_mut()) {
            text.splice(0..0, vec![b'x'; more]);
        }
    }

    fn len_without_crc(&self) -> usize {
        let extra = self
            .extra
            .as_ref()
            .map_or(0, |extra| 2 + (extra.len() & 0xffff));
        let text = |text: &Option<Vec<u8>>| text.as_ref().map_or(0, Vec::len);
        10 + extra + text(&self.name) + text(&self.comment)
    }

    /// What deflateSetHeader takes.
    pub fn raw(&self) -> *mut gz_header {
        self.raw.get()
    }

    /// Bytes of the gzip header that deflate makes of it, with a CRC or as many as without.
    /// Source: RFC 1952 2.3.
    pub fn most_encoded(&self) -> usize {
        self.len_without_crc() + 2
    }
}
