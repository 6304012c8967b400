//! The trait between the stream's state machine and an engine: what an engine must do.
//!
//! The machine (`stream.rs`) owns what zlib's manual promises: status, headers, trailers, flush
//! ranks and markers, return codes. An engine owns history, search, parse and the choice of blocks;
//! [`Engine`] is all that the machine knows of it. `engines.rs` lists the engines.
#![forbid(unsafe_code)]

use super::config::{BlockState, Flush, Params, Strategy, Tunables};
use super::output::Output;
use crate::alloc::Block;
use crate::io::Io;

/// What an engine does for the machine.
pub(crate) trait Engine {
    /// Compresses what there is, as far as input and output allow, and says how its turn ended.
    ///
    /// - It takes input through [`Io::read`] or [`Io::pass`], which count and check it. It writes
    ///   blocks into `out`, which has no pending bytes at first and lends it the upper part of its
    ///   buffer, or, when nothing is pending, straight to next_out. It leaves pending bytes only
    ///   when next_out is full.
    /// - It never writes a wrapper or the marker of a flush. It sets BFINAL in the last block of
    ///   Finish, and in no other.
    /// - With its first block that is not stored by level 0 it sets `io.data_type`.
    /// - What it puts off changes neither what it writes nor when, and the machine has it
    ///   [`catch_up`](Self::catch_up) before a change or a question for which that matters.
    /// - In all it writes no more than `bound.rs` says, because programs allocate just that.
    fn compress(&mut self, io: &mut Io, out: &mut Output, flush: Flush) -> BlockState;

    /// Compresses what [`compress`](Self::compress) has read and put off without a flush, so that
    /// nothing shows that it did. This ends no block.
    fn catch_up(&mut self, out: &mut Output);

    /// The parameters in use.
    fn params(&self) -> &Params;

    /// True if bytes were read that are not parsed.
    fn has_lookahead(&self) -> bool;

    /// True if the present block has symbols in the upper part of the output's buffer.
    fn has_symbols(&self) -> bool;

    /// True if bytes were read that are in no finished block.
    fn has_unflushed(&self) -> bool;

    /// True if a byte came before: the zlib header of a fresh stream then names a preset
    /// dictionary.
    fn has_history(&self) -> bool;

    /// Forgets the history, for a full flush: no later match reaches to before it.
    fn forget_history(&mut self);

    /// True if the present block must end before this level and strategy can be used.
    fn needs_block_end(&self, level: u8, strategy: Strategy) -> bool;

    /// Changes level and strategy.
    fn set_level(&mut self, level: u8, strategy: Strategy);

    /// Sets the search's numbers until the next change of level (deflateTune).
    fn tune(&mut self, tunables: Tunables);

    /// Takes `io`'s input as history. If it fills the window, older history is forgotten when
    /// `in_midstream`; otherwise there is none that could matter.
    fn set_dictionary(&mut self, io: &mut Io, in_midstream: bool);

    /// The last bytes of history and lookahead, at most the window's size.
    fn dictionary(&self) -> &[u8];

    /// Drops the symbols of the present block (deflateResetKeep).
    fn drop_block(&mut self);

    /// Starts over after [`drop_block`](Self::drop_block), with the level's own search numbers.
    fn reset(&mut self);

    /// The zalloc blocks, to be freed, in the order in which zlib frees them.
    fn blocks(&self) -> [Option<Block>; 3];
}
