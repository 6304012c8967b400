//! The list of engines, and the choice between them.
//!
//! To add an engine, write a folder with an `impl Engine`, and give it a variant in both enums and
//! an arm in each of the few functions here: they allocate and free an engine's memory, make an
//! engine in it, copy one, and borrow it as an [`Engine`]; and give back what tables it has from
//! the pool. Which one a stream gets is chosen once, when its memory is made, by its parameters;
//! deflateParams, deflateCopy and deflateReset keep it.
//!
//! The machine calls an engine a few times for each call of deflate, through a table of functions,
//! which costs nothing that could be measured; with one engine, the compiler knows the table.
#![forbid(unsafe_code)]

use core::ops::{Deref, DerefMut};

use super::classic::search::index_slot;
pub(crate) use super::classic::state::Scratch;
use super::classic::state::{Classic, ClassicMemory};
use super::config::Params;
use super::engine::Engine;
use crate::alloc::{Allocator, Block};
use crate::annex::Annex;

/// Gives memory of the engines' tables back as long as `is_too_much`.
pub(crate) fn shrink_tables(is_too_much: fn() -> bool) {
    index_slot::shrink(is_too_much);
}

/// Lends no tables to engines from now on, and gives their memory back.
pub(crate) fn close_tables() {
    index_slot::close();
}

/// The engine of a stream.
pub(crate) enum AnyEngine {
    /// zlib's bytes.
    Classic(Classic),
}

/// The zalloc blocks of an engine.
pub(crate) enum EngineMemory {
    /// Those of [`AnyEngine::Classic`].
    Classic(ClassicMemory),
}

impl EngineMemory {
    /// Asks for the blocks that an engine with these parameters needs; if one is missing, the
    /// others, to be freed, in the order in which zlib frees them.
    pub(crate) fn alloc(
        allocator: &Allocator,
        params: &Params,
    ) -> Result<Self, [Option<Block>; 3]> {
        ClassicMemory::alloc(allocator, params).map(EngineMemory::Classic)
    }

    /// The blocks, in that order.
    pub(crate) fn blocks(&self) -> [Option<Block>; 3] {
        match self {
            EngineMemory::Classic(memory) => memory.blocks(),
        }
    }
}

impl AnyEngine {
    /// A new engine, reset.
    pub(crate) fn new(memory: EngineMemory, scratch: Annex<Scratch>, params: &Params) -> AnyEngine {
        match memory {
            EngineMemory::Classic(memory) => {
                AnyEngine::Classic(Classic::new(memory, scratch, params))
            }
        }
    }

    /// A copy of this engine in this memory, which was made with its parameters.
    pub(crate) fn copy_to(&self, memory: EngineMemory, scratch: Annex<Scratch>) -> AnyEngine {
        match (self, memory) {
            (AnyEngine::Classic(classic), EngineMemory::Classic(memory)) => {
                AnyEngine::Classic(classic.copy_to(memory, scratch))
            }
        }
    }
}

impl Deref for AnyEngine {
    type Target = dyn Engine;

    fn deref(&self) -> &Self::Target {
        match self {
            AnyEngine::Classic(classic) => classic,
        }
    }
}

impl DerefMut for AnyEngine {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match self {
            AnyEngine::Classic(classic) => classic,
        }
    }
}
