//! The seam between the stream machine and the engines, and the only place that chooses.
//!
//! The machine (`stream.rs`) owns what zlib's manual promises: status, headers, trailers,
//! flush ranks and markers, return codes. An engine owns history, search, parse and
//! block choice. What an engine must do:
//! - `compress` reads input through `Io::read`, writes blocks into `Output`, sets BFINAL
//!   on Finish, never writes a wrapper or a flush marker, and says how its turn ended.
//! - It leaves pending bytes behind only when next_out is full.
//!
//! The dispatch is a `match` on an enum: engines are known at compile time and inline.
//! One engine exists, *classic*. A second one becomes a second variant; the choice is
//! made once, at init, and kept by deflateParams, deflateCopy and deflateReset.
#![forbid(unsafe_code)]

pub use super::classic::state::Scratch;
use super::classic::state::{Classic, ClassicMemory};
use super::config::{BlockState, Flush, Params, Strategy, Tunables};
use super::output::Output;
use crate::alloc::{Allocator, Block};
use crate::annex::Annex;
use crate::io::Io;

/// The engine of a stream.
pub enum Engine {
    /// zlib's bytes.
    Classic(Classic),
}

/// The zalloc blocks of an engine.
pub struct EngineMemory(ClassicMemory);

impl EngineMemory {
    /// Asks for the blocks that an engine with these parameters needs; if one is missing, the
    /// others, to be freed, in the order in which zlib frees them.
    pub fn alloc(allocator: &Allocator, params: &Params) -> Result<Self, [Option<Block>; 3]> {
        ClassicMemory::alloc(allocator, params).map(EngineMemory)
    }

    /// The blocks, in that order.
    pub fn blocks(&self) -> [Option<Block>; 3] {
        self.0.blocks()
    }
}

impl Engine {
    /// A new engine.
    pub fn new(memory: EngineMemory, scratch: Annex<Scratch>, params: &Params) -> Engine {
        Engine::Classic(Classic::new(memory.0, scratch, params))
    }

    /// A copy of this engine in this memory.
    pub fn copy_to(&self, memory: EngineMemory, scratch: Annex<Scratch>) -> Engine {
        let Engine::Classic(classic) = self;
        Engine::Classic(classic.copy_to(memory.0, scratch))
    }

    /// The engine's blocks, to be freed, in the order in which zlib frees them.
    pub fn blocks(&self) -> [Option<Block>; 3] {
        let Engine::Classic(classic) = self;
        classic.blocks()
    }

    /// The parameters in use.
    pub fn params(&self) -> &Params {
        let Engine::Classic(classic) = self;
        &classic.params
    }

    /// Compresses what there is, as far as input and output allow.
    pub fn compress(&mut self, io: &mut Io, out: &mut Output, flush: Flush) -> BlockState {
        let Engine::Classic(classic) = self;
        classic.compress(io, out, flush)
    }

    /// True if bytes are in the window that no search has reached.
    pub fn has_lookahead(&self) -> bool {
        let Engine::Classic(classic) = self;
        classic.lookahead != 0
    }

    /// True if the present block has symbols, which lie in the output's buffer.
    pub fn has_symbols(&self) -> bool {
        let Engine::Classic(classic) = self;
        !classic.symbols.is_empty()
    }

    /// True if bytes were read that are in no finished block.
    pub fn has_unflushed(&self) -> bool {
        let Engine::Classic(classic) = self;
        classic.has_unflushed()
    }

    /// True if a byte came before: the zlib header of a fresh stream then names a
    /// preset dictionary.
    pub fn has_history(&self) -> bool {
        let Engine::Classic(classic) = self;
        classic.strstart != 0
    }

    /// Forgets the history, for a full flush.
    pub fn forget_history(&mut self) {
        let Engine::Classic(classic) = self;
        classic.forget_history();
    }

    /// True if the present block must end before this level and strategy can be used.
    pub fn needs_block_end(&self, level: u8, strategy: Strategy) -> bool {
        let Engine::Classic(classic) = self;
        classic.needs_block_end(level, strategy)
    }

    /// Changes level and strategy.
    pub fn set_level(&mut self, level: u8, strategy: Strategy) {
        let Engine::Classic(classic) = self;
        classic.set_level(level, strategy);
    }

    /// Sets the search's numbers until the next change of level.
    pub fn tune(&mut self, tunables: Tunables) {
        let Engine::Classic(classic) = self;
        classic.tunables = tunables;
    }

    /// Takes `io`'s input as history. If it fills the window, older history is forgotten
    /// when `in_midstream`; otherwise there is none that could matter.
    pub fn set_dictionary(&mut self, io: &mut Io, in_midstream: bool) {
        let Engine::Classic(classic) = self;
        classic.set_dictionary(io, in_midstream);
    }

    /// The window's last bytes, at most its size.
    pub fn dictionary(&self) -> &[u8] {
        let Engine::Classic(classic) = self;
        classic.dictionary()
    }

    /// Drops the symbols of the present block (deflateResetKeep).
    pub fn drop_block(&mut self) {
        let Engine::Classic(classic) = self;
        classic.drop_block();
    }

    /// Starts over after [`drop_block`](Self::drop_block), with the level's own search numbers.
    pub fn reset(&mut self) {
        let Engine::Classic(classic) = self;
        classic.reset();
    }
}
