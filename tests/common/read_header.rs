//! gzip headers for inflateGetHeader: one for each library, with room for the fields that
//! ends at unreadable pages.
// The headers are read while libraries hold pointers to them.
#![allow(unsafe_code)]

use super::memory::Guarded;
use super::rng::Rng;
use super::side::HeaderDifference;
use rzlib::ffi::types::{gz_header, gz_headerp, uInt, uLong};
use std::cell::UnsafeCell;

/// Value of header bytes that were not written.
const UNWRITTEN: u8 = 0x9a;

/// Room for the three fields of variable length, in bytes; None for a NULL pointer.
#[derive(Clone, Copy, Debug)]
pub struct Rooms {
    extra: Option<usize>,
    name: Option<usize>,
    comment: Option<usize>,
    /// What the room is said to be where the pointer is NULL.
    without: usize,
    /// What extra_len holds before.
    extra_len: usize,
}

impl Rooms {
    /// Rooms that suffice, barely suffice or do not for `Header::random`'s fields.
    pub fn random(rng: &mut Rng) -> Self {
        let mut room = || {
            let edge = rng.pick(&[0, 1, 2, 10, 60, 486, 512, 70_000]) + rng.below(20);
            let any = rng.size(600);
            let room = if rng.percent(40) { edge } else { any };
            rng.percent(75).then_some(room)
        };
        Rooms {
            extra: room(),
            name: room(),
            comment: room(),
            without: rng.pick(&[0, 100]),
            extra_len: rng.pick(&[0, 7, 1000]),
        }
    }
}

/// The two headers.
pub struct ReadHeader {
    sides: [HeaderSide; 2],
}

struct HeaderSide {
    raw: UnsafeCell<gz_header>,
    fields: [Guarded; 3],
}

impl HeaderSide {
    fn new(rooms: Rooms) -> Self {
        let mut fields = [(); 3].map(|()| Guarded::new(UNWRITTEN));
        let given = [rooms.extra, rooms.name, rooms.comment];
        let mut pointers = [std::ptr::null_mut(); 3];
        for ((field, room), pointer) in fields.iter_mut().zip(given).zip(&mut pointers) {
            let start = field.place(room.unwrap_or(0));
            if room.is_some() {
                *pointer = start;
            }
        }
        let [extra_max, name_max, comm_max] =
            given.map(|room| room.unwrap_or(rooms.without) as uInt);
        let [extra, name, comment] = pointers;
        let raw = UnsafeCell::new(gz_header {
            text: 77,
            time: 0x7777_7777 as uLong,
            xflags: 78,
            os: 79,
            extra,
            extra_len: rooms.extra_len as uInt,
            extra_max,
            name,
            name_max,
            comment,
            comm_max,
            hcrc: 80,
            done: 81,
        });
        HeaderSide { raw, fields }
    }
}

impl ReadHeader {
    /// Two headers with the same rooms.
    pub fn new(rooms: Rooms) -> Self {
        ReadHeader {
            sides: [HeaderSide::new(rooms), HeaderSide::new(rooms)],
        }
    }

    /// What inflateGetHeader takes, for zlib and for rzlib.
    pub fn raw(&self) -> [gz_headerp; 2] {
        self.sides.each_ref().map(|side| side.raw.get())
    }

    fn members(&self) -> [[u64; 13]; 2] {
        self.sides.each_ref().map(|side| {
            // SAFETY: the libraries keep pointers to the headers but write to them only while
            // they are being called.
            let header = unsafe { &*side.raw.get() };
            [
                header.text as u64,
                header.time,
                header.xflags as u64,
                header.os as u64,
                header.extra.is_null().into(),
                header.extra_len.into(),
                header.extra_max.into(),
                header.name.is_null().into(),
                header.name_max.into(),
                header.comment.is_null().into(),
                header.comm_max.into(),
                header.hcrc as u64,
                header.done as u64,
            ]
        })
    }

    /// What differs, if something does, also in bytes that are not part of a field.
    pub fn difference(&self) -> Option<HeaderDifference> {
        const NAMES: [&str; 13] = [
            "header.text",
            "header.time",
            "header.xflags",
            "header.os",
            "header.extra == NULL",
            "header.extra_len",
            "header.extra_max",
            "header.name == NULL",
            "header.name_max",
            "header.comment == NULL",
            "header.comm_max",
            "header.hcrc",
            "header.done",
        ];
        let [zlib, ours] = self.members();
        for (index, name) in NAMES.iter().enumerate() {
            if zlib[index] != ours[index] {
                let [theirs, mine] = [zlib[index], ours[index]].map(|value| value.to_string());
                return Some((name, theirs, mine));
            }
        }
        let names = ["header's extra field", "header's name", "header's comment"];
        for (index, name) in names.into_iter().enumerate() {
            let [theirs, mine] = self.sides.each_ref().map(|side| side.fields[index].bytes());
            if theirs != mine {
                return Some((name, format!("{theirs:02x?}"), format!("{mine:02x?}")));
            }
            for side in &self.sides {
                let field = &side.fields[index];
                if !field.untouched(field.bytes().len(), 0) {
                    return Some((name, "bytes before it".into(), "were touched".into()));
                }
            }
        }
        None
    }
}
