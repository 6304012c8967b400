//! Huffman codes as zlib makes them: the same lengths, ties included.
//!
//! Many codes are equally short; which one is sent decides the bytes. zlib's choice
//! follows from how it builds the tree, and is kept in each step:
//! 1. The symbols that occur go into a binary heap in order of their numbers. Fewer than
//!    two are filled up with symbols that do not occur (0 or 1, or the next number), so
//!    that every code has at least two words.
//! 2. The two least nodes are taken out and joined until one is left. Least is by
//!    frequency, then by depth of the subtree, so that the longest code stays short; of
//!    nodes equal in both, the heap's arrangement decides. So the heap must be *this*
//!    heap: sift-down from the middle, replacement of the root.
//! 3. Lengths follow from the root down. Lengths above the limit are cut; then the counts
//!    per length are balanced (each excess pair moves a shorter leaf down), and lengths are
//!    given out again, the longest to the least frequent, in the order of step 2.
//! 4. Codes are counted up per length (canonical, RFC 1951 3.2.2), bits reversed, because
//!    deflate sends a code's first bit in the least significant place.
//!
//! A node is one number, `frequency << 16 | depth << 10 | index`: 16, 6 and 10 bits. A
//! frequency is below 2^16, because a block has at most 2^15 symbols; a depth is below 2^6,
//! because a tree of depth d needs a frequency of at least the d-th Fibonacci number. So
//! "less, or equal in frequency and depth" is one comparison. An index below 512 is a
//! symbol, one above is that of the joined pair `index - 512`; pairs are numbered in the
//! order in which they are joined, so the list of pairs is the tree, and the order of step 2.
//!
//! # The heap without branches
//!
//! What costs is the heap, and in it the branches that nobody can predict: which child is
//! less, and whether the sinking node stops. So a node sinks to the bottom, always: at each
//! level the lesser of it and of the lesser child takes the place, and the other one sinks
//! on. Once the node has found its place the sinking one is a child of it, which is no
//! greater than its own children, and is put back where it was. The places behind
//! the heap hold a number greater than every node, so every path has the same number of
//! levels. A node that is joined then begins to sink while the one before it is still on
//! its way. This takes half the time of a heap that stops where it can.
//!
//! Cost: n log n steps for n symbols that occur; 13 KiB of stack, with what `trees.rs` keeps.
//! Source: zlib 1.3.2 trees.c, build_tree and gen_bitlen, which credits Haruhiko
//! Okumura's `ar` for the balancing.
#![forbid(unsafe_code)]

use core::hint::select_unpredictable;

use crate::format::deflate::{LITLEN_CODES, MAX_CODE_BITS};

/// Bits of a node's index.
const INDEX_BITS: u32 = 10;
/// Mask of a node's index.
const INDEX_MASK: u32 = (1 << INDEX_BITS) - 1;
/// Where the frequency begins.
const FREQ_SHIFT: u32 = 16;
/// Mask of the depth, after its shift.
const DEPTH_MASK: u32 = (1 << (FREQ_SHIFT - INDEX_BITS)) - 1;

/// Numbers of nodes. A power of two, so that masks keep indexes in bounds.
const NODES: usize = 1 << INDEX_BITS;
/// Index of the first joined pair.
const JOINED: usize = NODES / 2;
/// A place of the heap without a node.
const FREE: u32 = u32::MAX;

// The children of the last node are looked at, too.
const _: () = assert!(LITLEN_CODES < JOINED && 2 * LITLEN_CODES + 1 < NODES);

/// Lengths that a code may have, and 0.
const LENGTHS: usize = MAX_CODE_BITS + 1;
/// Symbols of the alphabets of distances and of code lengths, with some that never occur: so
/// one function builds both codes, and a mask keeps indexes in bounds.
pub const SMALL: usize = 32;

/// Bits of a code that is counted up, the first one on top.
const TOP_BITS: usize = 16;
const _: () = assert!(LENGTHS.is_power_of_two() && MAX_CODE_BITS < TOP_BITS);

/// A code: for each symbol what to send, ready to be composed by multiplication.
#[derive(Clone, Copy)]
pub struct Code<const N: usize> {
    /// Bits of each symbol that has a code, reversed for sending.
    pub bits: [u16; N],
    /// 2 to the power of the code's length: what follows times this goes on top of the code.
    pub scale: [u16; N],
    /// Length with extra bits.
    pub sent_bits: [u8; N],
    /// Length in bits of each symbol's code, 0 for a symbol without one.
    pub lengths: [u8; N],
    /// The last symbol that has a code.
    pub max_symbol: usize,
}

/// What an alphabet adds to its codes.
pub struct Alphabet<const N: usize> {
    /// Extra bits of each symbol.
    pub extra_bits: [u8; N],
    /// What each symbol takes with the fixed code, extra bits included; 0 for the
    /// code-length alphabet, which has none.
    pub fixed_bits: [u8; N],
    /// Longest code allowed.
    pub max_bits: usize,
}

/// What a block costs, in bits, without its header.
#[derive(Clone, Copy, Default)]
pub struct Cost {
    /// With the codes that were built.
    pub dynamic: u32,
    /// With the fixed codes.
    pub fixed: u32,
}

/// Where trees are built, one after the other.
pub struct Workshop {
    /// The binary heap of step 2. Element 0 is not used; the least is element 1. All places
    /// behind the heap are [`FREE`], and all are between two trees.
    heap: [u32; NODES],
    /// Nodes in the heap.
    len: usize,
    /// The tree: the two nodes of each joined pair.
    pairs: [[u16; 2]; JOINED],
    /// Length of each node's code.
    lengths: [u8; NODES],
}

impl Workshop {
    /// An empty one.
    pub fn new() -> Workshop {
        Workshop {
            heap: [FREE; NODES],
            len: 0,
            pairs: [[0; 2]; JOINED],
            lengths: [0; NODES],
        }
    }

    /// Lets `node` sink from the place `at`, which is `levels` above the lowest one.
    #[inline(always)]
    fn sink(&mut self, mut at: usize, levels: u32, mut node: u32) {
        let not_greater = |a: u32, b: u32| a <= b | INDEX_MASK;
        for _ in 0..levels {
            let left = self.heap[2 * at % NODES];
            let right = self.heap[(2 * at + 1) % NODES];
            let is_right = not_greater(right, left);
            let child = select_unpredictable(is_right, right, left);
            let stays = not_greater(node, child);
            self.heap[at % NODES] = select_unpredictable(stays, node, child);
            node = select_unpredictable(stays, child, node);
            at = 2 * at + usize::from(is_right);
        }
        self.heap[at % NODES] = node;
    }

    /// Step 2, of at least two nodes. Returns how many pairs there are.
    fn join(&mut self) -> usize {
        let levels = self.len.ilog2();
        for at in (1..=self.len / 2).rev() {
            let node = self.heap[at % NODES];
            self.sink(at, levels - at.ilog2(), node);
        }
        let count = self.len - 1;
        for pair in 0..count {
            let a = self.heap[1];
            // The last one takes its place and sinks.
            let last = core::mem::replace(&mut self.heap[self.len % NODES], FREE);
            self.len -= 1;
            let levels = self.len.ilog2();
            self.sink(1, levels, last);
            let b = self.heap[1];
            let index = |node: u32| (node & INDEX_MASK) as u16;
            self.pairs[pair % JOINED] = [index(a), index(b)];
            let depth = |node: u32| node >> INDEX_BITS & DEPTH_MASK;
            let depth = depth(a).max(depth(b)) + 1;
            let freq = (a >> FREQ_SHIFT) + (b >> FREQ_SHIFT);
            let joined = freq << FREQ_SHIFT | depth << INDEX_BITS | (JOINED + pair) as u32;
            self.sink(1, levels, joined);
        }
        self.heap[1] = FREE;
        self.len = 0;
        count
    }

    /// Steps 2 and 3: the lengths of all symbols in the heap. Returns how many codes each
    /// length has.
    #[inline(never)]
    fn assign_lengths(&mut self, max_bits: usize) -> [u16; LENGTHS] {
        let count = self.join();
        let pairs = &self.pairs[..count];
        let lengths = &mut self.lengths;
        let mut counts = [0u16; LENGTHS];
        let mut excess = 0;
        lengths[(JOINED + count - 1) % NODES] = 0;
        for (pair, &[a, b]) in pairs.iter().enumerate().rev() {
            let own = usize::from(lengths[(JOINED + pair) % NODES]);
            let mut bits = own + 1;
            if bits > max_bits {
                bits = max_bits;
                excess += 2;
            }
            lengths[usize::from(a) % NODES] = bits as u8;
            lengths[usize::from(b) % NODES] = bits as u8;
            // The pair itself, which was counted as a leaf, is none.
            counts[own % LENGTHS] = counts[own % LENGTHS].wrapping_sub(1);
            counts[bits % LENGTHS] += 2;
        }
        counts[0] = 0;
        if excess != 0 {
            balance(&mut counts, excess, max_bits);
            let mut leaves = pairs
                .as_flattened()
                .iter()
                .map(|&node| usize::from(node))
                .filter(|&node| node < JOINED);
            for bits in (1..=max_bits).rev() {
                for leaf in leaves.by_ref().take(usize::from(counts[bits])) {
                    lengths[leaf] = bits as u8;
                }
            }
        }
        counts
    }

    /// Builds the code for these frequencies and adds what the block costs to `cost`.
    #[inline(never)]
    pub fn build<const N: usize>(
        &mut self,
        freq: &[u16; N],
        alphabet: &Alphabet<N>,
        cost: &mut Cost,
    ) -> Code<N> {
        let mut code = Code::NONE;
        let mut symbols = [0u16; N];
        let symbols = self.fill(freq, &mut symbols);
        code.max_symbol = symbols[symbols.len() - 1].into();
        let counts = self.assign_lengths(alphabet.max_bits);
        let lengths = &mut self.lengths[..N];
        code.lengths.copy_from_slice(lengths);
        lengths.fill(0);
        code.give(symbols, first_codes(&counts), &alphabet.extra_bits);
        for symbol in 0..N {
            let freq = u32::from(freq[symbol]);
            let bits = code.lengths[symbol] + alphabet.extra_bits[symbol];
            cost.dynamic += freq * u32::from(bits);
            cost.fixed += freq * u32::from(alphabet.fixed_bits[symbol]);
        }
        code
    }

    /// Step 1. Returns the symbols in order of their numbers.
    fn fill<'a, const N: usize>(
        &mut self,
        freq: &[u16; N],
        symbols: &'a mut [u16; N],
    ) -> &'a [u16] {
        let leaf = |symbol: usize, freq: u16| u32::from(freq) << FREQ_SHIFT | symbol as u32;
        let mut len = 0;
        for (symbol, &freq) in freq.iter().enumerate() {
            // One that does not occur is overwritten by the next.
            symbols[len] = symbol as u16;
            self.heap[(1 + len) % NODES] = leaf(symbol, freq);
            len += usize::from(freq != 0);
        }
        self.heap[(1 + len) % NODES] = FREE;
        // Those added occur in no block, so they cost nothing there.
        while len < 2 {
            let symbol = match len {
                1 if symbols[0] < 2 => symbols[0] + 1,
                _ => 0,
            };
            symbols[len] = symbol;
            len += 1;
            self.heap[len] = leaf(symbol.into(), 1);
        }
        self.len = len;
        if symbols[0] > symbols[1] {
            symbols.swap(0, 1);
        }
        &symbols[..len]
    }
}

/// Moves leaves between lengths until no more than a complete code has room for are left.
#[cold]
fn balance(counts: &mut [u16; LENGTHS], mut excess: i32, max_bits: usize) {
    while excess > 0 {
        let mut bits = max_bits - 1;
        while counts[bits] == 0 {
            bits -= 1;
        }
        // A leaf moves one down and takes an excess leaf as its brother, whose own brother
        // moves one up in its place.
        counts[bits] -= 1;
        counts[bits + 1] += 2;
        counts[max_bits] -= 1;
        excess -= 2;
    }
}

/// The first code of each length, its first bit on top of 16. Source: RFC 1951 3.2.2.
const fn first_codes(counts: &[u16; LENGTHS]) -> [u16; LENGTHS] {
    let mut first = [0u16; LENGTHS];
    let mut bits = 1;
    while bits < MAX_CODE_BITS {
        // A complete code ends where the number overflows.
        let step = counts[bits] << (TOP_BITS - bits);
        first[bits + 1] = first[bits].wrapping_add(step);
        bits += 1;
    }
    first
}

impl<const N: usize> Code<N> {
    /// No code yet.
    const NONE: Code<N> = Code {
        bits: [0; N],
        scale: [0; N],
        sent_bits: [0; N],
        lengths: [0; N],
        max_symbol: 0,
    };

    /// Step 4: gives each of these symbols the next code of its length, which is not 0.
    const fn give(&mut self, symbols: &[u16], mut next: [u16; LENGTHS], extra_bits: &[u8; N]) {
        let mut i = 0;
        while i < symbols.len() {
            let symbol = symbols[i] as usize;
            let length = self.lengths[symbol] as usize % LENGTHS;
            self.bits[symbol] = next[length].reverse_bits();
            self.scale[symbol] = 1 << length;
            self.sent_bits[symbol] = self.lengths[symbol] + extra_bits[symbol];
            next[length] = next[length].wrapping_add(1 << (TOP_BITS - length));
            i += 1;
        }
    }

    /// The canonical code with the lengths `all`, for the first `count` symbols.
    pub const fn fixed(all: &[u8], count: usize, extra_bits: &[u8; N]) -> Code<N> {
        let mut counts = [0u16; LENGTHS];
        let mut symbol = 0;
        while symbol < all.len() {
            counts[all[symbol] as usize] += 1;
            symbol += 1;
        }
        let mut code = Code::NONE;
        code.max_symbol = count - 1;
        let mut symbols = [0u16; N];
        symbol = 0;
        while symbol < count {
            code.lengths[symbol] = all[symbol];
            symbols[symbol] = symbol as u16;
            symbol += 1;
        }
        let (symbols, _) = symbols.split_at(count);
        code.give(symbols, first_codes(&counts), extra_bits);
        code
    }
}
