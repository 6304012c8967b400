//! The state of an inflate stream between calls, and how it is made, copied and reset.
//!
//! Memory of a stream, asked from its zalloc in zlib's order: the state with its handle (less
//! than zlib's 7,160 bytes, see `ffi/handle.rs`), nearly all of it decode tables; and, only
//! once it is needed, the window (`window.rs`): 2^windowBits bytes.
#![forbid(unsafe_code)]

use crate::alloc::Block;
use crate::annex::{self, Blocks, Site};
use crate::checksum::check::Check;
use crate::error::ReturnCode;
use crate::inflate::codes::table::Words;
use crate::inflate::decode::careful::{BlockMode, Decoder};
use crate::inflate::output::window::{OutOfMemory, Window};
use crate::io::Io;

/// How far a stream has come. Except for the last three, each phase is left in the order of
/// this list; programs see the order where zlib compares modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// At the header's first 2 bytes; goes to Flags, DictId or Blocks.
    Head,
    /// At a gzip header's CM and FLG.
    Flags,
    /// At MTIME.
    Time,
    /// At XFL and OS.
    Os,
    /// At XLEN, if there is an extra field.
    ExtraLen,
    /// In the extra field.
    Extra,
    /// In the file name.
    Name,
    /// In the comment.
    Comment,
    /// At the header's CRC-16, if there is one; goes to Blocks.
    HeaderCrc,
    /// At a zlib header's DICTID.
    DictId,
    /// Waiting for inflateSetDictionary.
    Dict,
    /// In the deflate data; `careful.rs` says where.
    Blocks,
    /// At the trailer's check value.
    Check,
    /// At a gzip trailer's ISIZE.
    Length,
    /// The stream is complete.
    Done,
    /// The stream is damaged.
    Bad,
    /// An allocation failed.
    Mem,
    /// inflateSync is looking for a place to go on.
    Sync,
}

/// Wrapper bit: a zlib header is accepted.
pub(crate) const WRAP_ZLIB: u8 = 1;
/// Wrapper bit: a gzip header is accepted.
pub(crate) const WRAP_GZIP: u8 = 2;
/// Wrapper bit: check values are compared.
pub(crate) const WRAP_CHECK: u8 = 4;

/// Which header was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    /// None yet.
    None,
    /// A zlib header.
    Zlib,
    /// A gzip header with these flags: FLG * 256 + CM.
    Gzip(u32),
}

impl Header {
    /// True for a gzip header with this bit of FLG.
    pub(crate) fn has(self, flag: u8) -> bool {
        matches!(self, Header::Gzip(flags) if flags & u32::from(flag) << 8 != 0)
    }
}

/// What the stream knows of its header and trailer.
#[derive(Clone, Copy)]
pub(crate) struct Wrapper {
    /// How far the stream has come.
    pub phase: Phase,
    /// WRAP_ bits; 0 for raw deflate.
    pub wrap: u8,
    /// The header read.
    pub header: Header,
    /// The dictionary that the header asks for was given.
    pub have_dictionary: bool,
    /// The check value of the output so far; of the header, while that is read; or DICTID.
    pub check: u32,
    /// Bytes of output so far, modulo 2^32 (ISIZE).
    pub total: u32,
    /// Bytes left of the extra field; or stored of name or comment.
    pub field: u32,
    /// Bytes of inflateSync's pattern found.
    pub found: u8,
}

/// An inflate stream.
pub(crate) struct State {
    /// Header and trailer.
    pub wrapper: Wrapper,
    /// The deflate data.
    pub decoder: Decoder,
    /// The history.
    pub window: Window,
}

/// windowBits as the C API has it, taken apart.
#[derive(Clone, Copy)]
pub(crate) struct WindowBits {
    /// WRAP_ bits.
    wrap: u8,
    /// log2 of the window's size; 0 to take the header's.
    bits: u8,
}

impl WindowBits {
    /// A zlib stream with the largest window.
    pub(crate) const ZLIB: WindowBits = WindowBits {
        wrap: WRAP_ZLIB | WRAP_CHECK,
        bits: 15,
    };

    /// None if zlib refuses the number. Source: zlib inflate.c, inflateReset2.
    pub(crate) fn from_c(window_bits: i32) -> Option<WindowBits> {
        let (wrap, bits) = match window_bits {
            ..-15 => return None,
            -15..0 => (0, -window_bits),
            0..48 => ((window_bits >> 4) + 5, window_bits & 15),
            48.. => return None,
        };
        match bits {
            0 | 8..=15 => Some(WindowBits {
                wrap: wrap as u8,
                bits: bits as u8,
            }),
            _ => None,
        }
    }
}

impl annex::StreamState for State {
    type Annex = Words;

    fn blocks(&self) -> Blocks {
        [self.window.block(), None, None, None]
    }
}

impl State {
    /// A new stream. What a call sees of it is set by [`reset_keep`](Self::reset_keep).
    pub(crate) fn new(site: Site<'_, State>, window_bits: WindowBits) -> &mut State {
        site.place.write(State {
            wrapper: Wrapper {
                phase: Phase::Head,
                wrap: window_bits.wrap,
                header: Header::None,
                have_dictionary: false,
                check: 0,
                total: 0,
                field: 0,
                found: 0,
            },
            decoder: Decoder::at_start(site.annex),
            window: Window::new(window_bits.bits),
        })
    }

    /// The same stream in memory of its own.
    pub(crate) fn copy<'a>(&self, site: Site<'a, State>) -> Result<&'a mut State, OutOfMemory> {
        let window = self.window.copy(site.allocator)?;
        Ok(site.place.write(State {
            wrapper: self.wrapper,
            decoder: self.decoder.copy(site.annex),
            window,
        }))
    }

    /// Back to the start of a stream, keeping the window (inflateResetKeep).
    pub(crate) fn reset_keep(&mut self, io: &mut Io) {
        io.total_in = 0;
        io.total_out = 0;
        io.data_type = 0;
        let wrapper = &mut self.wrapper;
        if wrapper.wrap != 0 {
            io.adler = (wrapper.wrap & WRAP_ZLIB).into();
        }
        wrapper.phase = Phase::Head;
        wrapper.header = Header::None;
        wrapper.have_dictionary = false;
        wrapper.total = 0;
        self.decoder.reset();
    }

    /// Back to the start of a stream (inflateReset).
    pub(crate) fn reset(&mut self, io: &mut Io) {
        self.window.reset();
        self.reset_keep(io);
    }

    /// The same for a stream of another kind. Returns memory to be freed.
    pub(crate) fn reset_to(&mut self, window_bits: WindowBits, io: &mut Io) -> Option<Block> {
        let freed = self.window.set_bits(window_bits.bits);
        self.wrapper.wrap = window_bits.wrap;
        self.reset(io);
        freed
    }

    /// The window could not be allocated: the stream is lost.
    #[cold]
    pub(crate) fn out_of_memory(&mut self) -> ReturnCode {
        self.wrapper.phase = Phase::Mem;
        ReturnCode::MemError
    }

    /// The check value that this stream's trailer has.
    pub(crate) fn check(&self) -> Check {
        match self.wrapper.header {
            _ if self.wrapper.wrap & WRAP_CHECK == 0 => Check::None,
            Header::Gzip(_) => Check::Crc32,
            Header::Zlib | Header::None => Check::Adler32,
        }
    }

    /// The decoding state as `data_type` says it; `phase` is the present one, which callers have
    /// in a register. Source: zlib.h, inflate (Z_BLOCK, Z_TREES).
    #[inline(always)]
    pub(crate) fn data_type(&self, phase: Phase) -> i32 {
        const LAST_BLOCK: i32 = 64;
        const BETWEEN_BLOCKS: i32 = 128;
        const BEFORE_DATA: i32 = 256;
        let between = match self.decoder.mode {
            _ if phase != Phase::Blocks => 0,
            BlockMode::Type => BETWEEN_BLOCKS,
            BlockMode::LenStart | BlockMode::CopyStart => BEFORE_DATA,
            _ => 0,
        };
        let last = if self.decoder.last { LAST_BLOCK } else { 0 };
        self.decoder.bits.count as i32 + last + between
    }
}
