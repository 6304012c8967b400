//! The state of the classic engine between calls: window, chains, symbols, and the match in hand.
//!
//! # Match lengths that outlive their use
//!
//! Two lengths are visible in later output, because zlib does not reset them when the parse changes
//! (deflateParams), and are kept as zlib keeps them:
//! - `prev_length` is where a search starts: only a longer match counts. The fast parse never sets
//!   it; the slow parse leaves 0 after a match at the very end of its input and 2 otherwise. With
//!   0, a candidate must also agree in the byte *before* the string.
//! - `match_length` becomes prev_length when the slow parse takes over. The fast parse leaves 0
//!   after a match, the search's result after a search, and otherwise what it found; Rle and
//!   HuffmanOnly leave 0.
#![forbid(unsafe_code)]

use crate::alloc::{Allocator, Block, ZBuf};
use crate::annex::Annex;
pub(crate) use crate::deflate::classic::block::huffman::Scratch;
use crate::deflate::classic::block::symbols::Symbols;
use crate::deflate::classic::levels::{CLASSIC, Parse};
use crate::deflate::classic::search::chains::{Chains, Inserted, alloc_table};
use crate::deflate::classic::search::index_slot::IndexSlot;
use crate::deflate::classic::search::query::MIN_LOOKAHEAD;
use crate::deflate::config::{Params, Tunables};
use crate::deflate::output::Output;
use crate::format::deflate::MIN_MATCH;

/// Bytes of window buffer per byte of window.
const WINDOW_BUFFER_FACTOR: u32 = 2;

/// The zalloc blocks of the engine, in order of allocation.
pub(crate) struct ClassicMemory {
    window: ZBuf<u8>,
    prev: ZBuf<[u8; 2]>,
    head: ZBuf<[u8; 2]>,
}

impl ClassicMemory {
    /// Asks for all three, even when one is missing; then, those that could be had, to be freed.
    pub(crate) fn alloc(
        allocator: &Allocator,
        params: &Params,
    ) -> Result<Self, [Option<Block>; 3]> {
        let w_size = 1u32 << params.window_bits;
        let hash_size = 1u32 << params.hash_bits();
        let window = ZBuf::alloc(allocator, w_size, WINDOW_BUFFER_FACTOR);
        let prev = alloc_table(allocator, w_size);
        let head = alloc_table(allocator, hash_size);
        match (window, prev, head) {
            (Some(window), Some(prev), Some(head)) => Ok(ClassicMemory { window, prev, head }),
            (window, prev, head) => Err([
                head.as_ref().map(ZBuf::block),
                prev.as_ref().map(ZBuf::block),
                window.as_ref().map(ZBuf::block),
            ]),
        }
    }

    /// The blocks, the last one allocated first.
    pub(crate) fn blocks(&self) -> [Option<Block>; 3] {
        let blocks = [self.head.block(), self.prev.block(), self.window.block()];
        blocks.map(Some)
    }
}

/// The classic engine of a stream. Positions are indexes into `window`.
pub(crate) struct Classic {
    /// Parameters, with the level and the strategy in use.
    pub params: Params,
    /// The search's numbers: the level's, or what deflateTune set.
    pub tunables: Tunables,
    /// History, lookahead, and free room after them.
    pub window: ZBuf<u8>,
    /// The strings that a search finds.
    pub chains: Chains,
    /// The index that may stand in for the chains.
    pub(crate) index: IndexSlot,
    /// The symbols of the present block.
    pub symbols: Symbols,
    /// Memory for what is needed while no parse runs.
    pub(crate) scratch: Annex<Scratch>,
    /// The present position.
    pub strstart: usize,
    /// Bytes from strstart on that are in the window.
    pub lookahead: usize,
    /// Where the present block begins; negative when that has left the window.
    pub block_start: isize,
    /// Strings before strstart that are not inserted yet.
    pub insert: usize,
    /// Length of the match at strstart; see the head of this file.
    pub match_length: usize,
    /// Where the match at strstart begins; may be meaningless without one.
    pub match_start: usize,
    /// Length that a search must exceed; see the head of this file.
    pub prev_length: usize,
    /// Bytes wait in the lookahead that zlib would have parsed.
    pub has_put_off: bool,
    /// Slow parse: the byte before strstart is in no symbol yet.
    pub match_available: bool,
    /// Slides of the window that the chains have not followed, up to 2, after which nothing of them
    /// is left: level 0 keeps no chains, and they catch up when the level changes.
    pub pending_slides: u8,
}

impl Classic {
    /// A new engine. It starts reset.
    pub(crate) fn new(memory: ClassicMemory, scratch: Annex<Scratch>, params: &Params) -> Classic {
        let level = &CLASSIC[usize::from(params.level)];
        let chains = Chains::new(memory.head, memory.prev);
        Classic {
            params: *params,
            tunables: level.tunables,
            window: memory.window,
            index: IndexSlot::new(params.window_bits, chains.hash()),
            chains,
            symbols: Symbols::new(Output::symbols_for(params.mem_level)),
            scratch,
            strstart: 0,
            lookahead: 0,
            block_start: 0,
            insert: 0,
            match_length: MIN_MATCH - 1,
            match_start: 0,
            prev_length: MIN_MATCH - 1,
            match_available: false,
            has_put_off: false,
            pending_slides: 0,
        }
    }

    /// The same engine in this memory.
    pub(crate) fn copy_to(&self, memory: ClassicMemory, scratch: Annex<Scratch>) -> Classic {
        let mut window = memory.window;
        window.copy_from(&self.window);
        let mut chains = self.chains.copy_to(memory.head, memory.prev);
        let mut noted_from = self.index.noted_from;
        if self.index.is_in_use() {
            let inserted = self.inserted();
            chains.restore(self.data(), &inserted);
            noted_from = noted_from.max(inserted.first);
        }
        let history = self.data().len();
        Classic {
            window,
            chains,
            symbols: self.symbols.clone(),
            // At last, so that nothing is to be cleaned up here.
            index: self.index.for_copy(history, noted_from),
            scratch,
            ..*self
        }
    }

    /// History and lookahead.
    pub(crate) fn data(&self) -> &[u8] {
        &self.window[..self.strstart + self.lookahead]
    }

    /// Which strings the parse has inserted, as far as they are in reach.
    pub(crate) fn inserted(&self) -> Inserted {
        let end = self.strstart - self.insert;
        let all = self.is_slow();
        let first = if all {
            self.strstart.saturating_sub(self.max_dist()).min(end) as isize
        } else {
            let ring = self.strstart as isize - self.w_size() as isize;
            ring.max(self.index.noted_from)
        };
        Inserted { first, end, all }
    }

    /// The window's size in bytes, a power of two.
    pub(crate) fn w_size(&self) -> usize {
        1 << self.params.window_bits
    }

    /// The largest distance of a match, in bytes.
    pub(crate) fn max_dist(&self) -> usize {
        self.w_size() - MIN_LOOKAHEAD
    }

    /// True if the parse is the slow one.
    #[inline(always)]
    pub(crate) fn is_slow(&self) -> bool {
        CLASSIC[usize::from(self.params.level)].parse == Parse::Slow
    }

    /// Forgets the match that is deferred.
    pub(crate) fn forget_match(&mut self) {
        self.match_length = MIN_MATCH - 1;
        self.prev_length = MIN_MATCH - 1;
        self.match_available = false;
    }

    /// Lets the chains follow the slides that they have missed.
    pub(crate) fn settle_slides(&mut self) {
        match self.pending_slides {
            0 => {}
            1 => self.chains.slide(),
            _ => self.chains.clear(),
        }
        self.pending_slides = 0;
    }
}
