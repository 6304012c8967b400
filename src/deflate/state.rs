//! The state of a deflate stream between calls: how it is made, copied and reset.
//!
//! Memory of a stream, asked from its zalloc in zlib's order, as `items` x `size`: the state with
//! its handle and 3.3 KiB of scratch (1 x below 5,968, see `ffi/handle.rs`), then 2^windowBits x 2
//! (window), 2^windowBits x 2 (prev), 2^(memLevel+7) x 2 (head), 2^(memLevel+6) x 4 (pending bytes
//! and symbols). zlib's state takes 5,968 bytes on LP64 systems; the rest is the same to the byte.
#![forbid(unsafe_code)]

use super::config::{Flush, Params, Wrap, Z_UNKNOWN};
use super::engines::{AnyEngine, EngineMemory, Scratch};
use super::output::Output;
use crate::alloc::{Allocator, SplitBuf};
use crate::annex::{self, Blocks, Site};
use crate::checksum::check::Check;
use crate::error::ReturnCode;
use crate::io::Io;

/// How far a stream has come. Each status is left in the order of this list; those between Gzip and
/// Busy write one part of a gzip header and wait for room in next_out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Nothing written; goes to Busy when the zlib header is (or none is to be) written.
    Init,
    /// Nothing written; goes to Extra, or to Busy when the caller set no header.
    Gzip,
    /// Writing the extra field; goes to Name.
    Extra,
    /// Writing the file name; goes to Comment.
    Name,
    /// Writing the comment; goes to HeaderCrc.
    Comment,
    /// Writing the header's CRC-16; goes to Busy.
    HeaderCrc,
    /// Compressing; goes to Finish when the last block is made.
    Busy,
    /// The last block is made; the trailer may wait for room.
    Finish,
}

/// The flush value of the call before, for the rule that a repeated flush is no progress: what is
/// below every `Was` lets the next call do anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LastFlush {
    /// No call since init or reset.
    NoCall,
    /// The call before ran out of room: the next one makes progress whatever it asks.
    OutOfRoom,
    /// The call before asked for this.
    Was(Flush),
}

/// The end of a stage of a call: the next one follows, or the call returns this code.
pub(crate) type Stage = Result<(), ReturnCode>;

/// A deflate stream.
pub(crate) struct State {
    /// How far the stream has come.
    pub status: Status,
    /// The wrapper.
    pub wrap: Wrap,
    /// True once the trailer is made; it is made once.
    pub trailer_done: bool,
    /// Bytes of the present gzip header field that are written.
    pub gzip_index: usize,
    /// The flush value of the call before.
    pub last_flush: LastFlush,
    /// Pending bytes.
    pub output: Output,
    /// The engine.
    pub engine: AnyEngine,
}

/// Asks for the zalloc blocks of a stream besides the state itself, for all even when one is
/// missing, as zlib does; then, those that could be had, to be freed.
fn alloc_blocks(
    allocator: &Allocator,
    params: &Params,
) -> Result<(EngineMemory, SplitBuf), Blocks> {
    let engine = EngineMemory::alloc(allocator, params);
    let pending = Output::alloc_buf(allocator, Output::symbols_for(params.mem_level));
    match (engine, pending) {
        (Ok(engine), Some(pending)) => Ok((engine, pending)),
        (engine, pending) => {
            let [first, second, third] = engine.map_or_else(|blocks| blocks, |e| e.blocks());
            let pending = pending.as_ref().map(SplitBuf::block);
            Err([pending, first, second, third])
        }
    }
}

impl annex::StreamState for State {
    type Annex = Scratch;

    fn blocks(&self) -> Blocks {
        let [first, second, third] = self.engine.blocks();
        [Some(self.output.buf.block()), first, second, third]
    }
}

impl State {
    /// A new stream; without memory, the blocks that could be had, to be freed. What a call sees of
    /// it ([`Io`]) is set by [`reset_keep`](Self::reset_keep).
    pub(crate) fn new<'a>(site: Site<'a, State>, params: &Params) -> Result<&'a mut State, Blocks> {
        let (engine, pending) = alloc_blocks(site.allocator, params)?;
        Ok(site.place.write(State {
            status: Status::Init,
            wrap: params.wrap,
            trailer_done: false,
            gzip_index: 0,
            last_flush: LastFlush::NoCall,
            output: Output::new(pending),
            engine: AnyEngine::new(engine, site.annex, params),
        }))
    }

    /// The same stream in memory of its own; without that, the blocks that could be had, to be
    /// freed.
    pub(crate) fn copy<'a>(&self, site: Site<'a, State>) -> Result<&'a mut State, Blocks> {
        let (engine, pending) = alloc_blocks(site.allocator, self.engine.params())?;
        Ok(site.place.write(State {
            engine: self.engine.copy_to(engine, site.annex),
            output: self.output.copy_to(pending),
            ..*self
        }))
    }

    /// The check value that this stream's wrapper keeps.
    pub(crate) fn check(&self) -> Check {
        match self.wrap {
            _ if self.trailer_done => Check::None,
            Wrap::Raw => Check::None,
            Wrap::Zlib => Check::Adler32,
            Wrap::Gzip => Check::Crc32,
        }
    }

    /// Ends a call because next_out is full. The next one, which may have nothing to do, does not
    /// get Z_BUF_ERROR for it.
    pub(crate) fn out_of_room(&mut self) -> Stage {
        self.last_flush = LastFlush::OutOfRoom;
        Err(ReturnCode::Ok)
    }

    /// Back to the start of a stream, keeping window and hash chains (deflateResetKeep).
    pub(crate) fn reset_keep(&mut self, io: &mut Io) {
        self.engine.catch_up(&mut self.output);
        self.restart(io);
    }

    /// Back to the start of a stream (deflateReset).
    pub(crate) fn reset(&mut self, io: &mut Io) {
        self.restart(io);
        self.engine.reset();
    }

    /// What both have in common: no header is written, and no block begun.
    fn restart(&mut self, io: &mut Io) {
        io.total_in = 0;
        io.total_out = 0;
        io.data_type = Z_UNKNOWN;
        self.trailer_done = false;
        self.status = match self.wrap {
            Wrap::Gzip => Status::Gzip,
            Wrap::Raw | Wrap::Zlib => Status::Init,
        };
        io.adler = self.check().initial();
        self.last_flush = LastFlush::NoCall;
        self.output.reset();
        self.engine.drop_block();
    }
}
