//! Builds Huffman codes exactly as zlib does, ties included.
//!
//! Many codes are equally short; which one is sent decides the bytes. zlib's choice follows from
//! how it builds the tree, and is kept in each step:
//! 1. The symbols that occur go into a binary heap in order of their numbers. Fewer than two are
//!    filled up with symbols that do not occur (0 or 1, or the next number), so that every code has
//!    at least two words.
//! 2. The two least nodes are taken out and joined until one is left. Least is by frequency, then
//!    by depth of the subtree, so that the longest code stays short; of nodes equal in both, the
//!    heap's arrangement decides. So the heap must be *this* heap: sift-down from the middle,
//!    replacement of the root.
//! 3. Lengths follow from the root down. Lengths above the limit are cut; then the counts per
//!    length are balanced (each excess pair moves a shorter leaf down), and lengths are given out
//!    again, the longest to the least frequent, in the order of step 2.
//! 4. Codes are counted up per length (canonical, RFC 1951 3.2.2), bits reversed, because deflate
//!    sends a code's first bit in the least significant place.
//!
//! A node is one number, `frequency << 16 | depth << 10 | index`: 16, 6 and 10 bits. A frequency is
//! below 2^16, because a block has at most 2^15 symbols; a depth is below 2^6, because a tree of
//! depth d needs a frequency of at least the d-th Fibonacci number. So "less, or equal in frequency
//! and depth" is one comparison. An index is that of a symbol, or, from a number on that no symbol
//! has, that of a joined pair; pairs are numbered in the order in which they are joined, so the
//! list of pairs is the tree, and the order of step 2.
//!
//! # The heap without branches
//!
//! What costs is the heap, and in it the branches that nobody can predict: which child is less, and
//! whether the sinking node stops. So a node sinks to the bottom, always: at each level the lesser
//! of it and of the lesser child takes the slot, and the other one sinks on. Once the node has
//! found its slot the sinking one is a child of it, which is no greater than its own children, and
//! is put back where it was. The slots after the heap hold a number greater than every node, so
//! every path has the same number of levels. A node that is joined then begins to sink while the
//! one before it is still on its way. This takes half the time of a heap that stops where it can.
//!
//! Cost: n log n steps for n symbols that occur. Bytes: heap and pairs are larger than programs'
//! stacks should have to be, so they lie in the stream's memory ([`Scratch`]).
//! Source: zlib 1.3.2 trees.c, build_tree and gen_bitlen, which credits Haruhiko Okumura's `ar` for
//! the balancing.
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

/// A slot of the heap without a node.
const FREE: u32 = u32::MAX;
/// Where a symbol lies in an element of [`Pairs`], above the pair's two nodes.
const SYMBOL_SHIFT: u32 = 2 * INDEX_BITS;

/// Lengths that a code may have, and 0.
const LENGTHS: usize = MAX_CODE_BITS + 1;
/// Symbols of the alphabets of distances and of code lengths, with some that never occur: so one
/// function builds both codes, and a mask keeps indexes in bounds.
pub(crate) const SMALL: usize = 32;
/// Nodes of the tree of such an alphabet.
pub(crate) const SMALL_NODES: usize = 2 * SMALL;
/// Slots in the heap for it.
pub(crate) const SMALL_HEAP: usize = 2 * SMALL;
/// Symbols of the alphabet of literals and lengths, rounded up to a multiple of 32.
pub(crate) const LARGE: usize = LITLEN_CODES.next_multiple_of(32);
/// Nodes of its tree.
pub(crate) const LARGE_NODES: usize = 2 * LARGE;
/// Slots in the heap for it.
pub(crate) const LARGE_HEAP: usize = 512;

// All nodes have an index. The lowest level of a heap is full, with slots that are free.
const _: () = assert!(LARGE_NODES <= 1 << INDEX_BITS);
const _: () = assert!(2 << LITLEN_CODES.ilog2() == LARGE_HEAP && 2 << SMALL.ilog2() <= SMALL_HEAP);

/// Memory of a stream that is idle between two blocks: the heap, and the pairs of the large
/// alphabet and of a small one. Whoever needs memory for a moment may take the heap's.
pub(crate) type Scratch = (LargeHeap, Pairs<LARGE>, Pairs<SMALL>);
/// Memory of the heap.
pub(crate) type LargeHeap = [u32; LARGE_HEAP];

/// What of the heap's memory a small alphabet needs, and the rest.
pub(crate) fn split_heap(heap: &mut LargeHeap) -> (&mut [u32; SMALL_HEAP], &mut [u32]) {
    let (parts, _) = heap.as_chunks_mut();
    let (first, rest) = parts.split_at_mut(1);
    (&mut first[0], rest.as_flattened_mut())
}

/// The tree: the two nodes of each joined pair. Above them are the symbols that have codes, in
/// their order, of which there is one more than there are pairs.
pub(crate) type Pairs<const N: usize> = [u32; N];

/// Bits of a code that is counted up, the first one on top.
const TOP_BITS: usize = 16;
const _: () = assert!(LENGTHS.is_power_of_two() && MAX_CODE_BITS < TOP_BITS);

/// What an alphabet adds to its codes.
pub(crate) struct Alphabet<const N: usize> {
    /// Extra bits of each symbol.
    pub extra_bits: [u8; N],
    /// What each symbol takes with the fixed code, extra bits included; 0 for the code-length
    /// alphabet, which has none.
    pub fixed_bits: [u8; N],
    /// Longest code allowed.
    pub max_bits: usize,
}

/// What a block costs, in bits, without its header.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cost {
    /// With the codes that were built.
    pub dynamic: u32,
    /// With the fixed codes.
    pub fixed: u32,
}

/// How long the codes of an alphabet are.
pub(crate) struct Lengths<const NODES: usize> {
    /// Length in bits of each symbol's code, 0 for a symbol without one; in the second half, of the
    /// way to each joined pair.
    pub of: [u8; NODES],
    /// How many codes each length has.
    counts: [u16; LENGTHS],
    /// Symbols that have a code: so many elements of the pairs have them.
    pub symbols: usize,
    /// The last one of them.
    pub max_symbol: usize,
}

impl<const NODES: usize> Lengths<NODES> {
    /// No code yet.
    pub(crate) const NONE: Self = Lengths {
        of: [0; NODES],
        counts: [0; LENGTHS],
        symbols: 0,
        max_symbol: 0,
    };

    /// Those of a code for the `count` first symbols.
    pub(crate) const fn fixed(lengths: &[u8], count: usize) -> Self {
        let mut all = Self::NONE;
        let mut symbol = 0;
        while symbol < lengths.len() {
            all.counts[lengths[symbol] as usize] += 1;
            if symbol < count {
                all.of[symbol] = lengths[symbol];
            }
            symbol += 1;
        }
        all.symbols = count;
        all.max_symbol = count - 1;
        all
    }

    /// Step 4, begun: what gives each symbol its code.
    pub(crate) const fn counter(&self) -> Counter<'_> {
        Counter {
            lengths: &self.of,
            next: first_codes(&self.counts),
        }
    }
}

/// Where the next code of each length is.
pub(crate) struct Counter<'a> {
    lengths: &'a [u8],
    next: [u16; LENGTHS],
}

impl Counter<'_> {
    /// The code of the symbol of this element of the pairs, which must come in their order: the
    /// symbol, its code, reversed for sending, and the code's length.
    #[inline(always)]
    pub(crate) const fn count(&mut self, element: u32) -> (usize, u16, usize) {
        let symbol = (element >> SYMBOL_SHIFT) as usize;
        let length = self.lengths[symbol] as usize % LENGTHS;
        let code = self.next[length];
        self.next[length] = code.wrapping_add(1 << (TOP_BITS - length));
        (symbol, code.reverse_bits(), length)
    }
}

/// The pairs of a code for the first symbols, as far as symbols are in them.
pub(crate) const fn first_symbols<const N: usize>() -> Pairs<N> {
    let mut pairs = [0; N];
    let mut symbol = 0;
    while symbol < N {
        pairs[symbol] = (symbol as u32) << SYMBOL_SHIFT;
        symbol += 1;
    }
    pairs
}

/// A small alphabet's code: for each symbol what to send, ready to be composed by multiplication.
pub(crate) struct SmallCode {
    /// Bits of each symbol that has a code, reversed for sending.
    pub bits: [u16; SMALL],
    /// 2 to the power of the code's length: what follows times this goes on top of the code.
    pub scale: [u16; SMALL],
    /// Length with extra bits.
    pub sent_bits: [u8; SMALL],
}

impl SmallCode {
    /// The code of these lengths, for the symbols in `pairs`.
    pub(crate) const fn new(
        lengths: &Lengths<SMALL_NODES>,
        pairs: &Pairs<SMALL>,
        alphabet: &Alphabet<SMALL>,
    ) -> SmallCode {
        let mut code = SmallCode {
            bits: [0; SMALL],
            scale: [0; SMALL],
            sent_bits: [0; SMALL],
        };
        let mut counter = lengths.counter();
        let mut i = 0;
        while i < lengths.symbols {
            let (symbol, bits, length) = counter.count(pairs[i]);
            code.bits[symbol] = bits;
            code.scale[symbol] = 1 << length;
            code.sent_bits[symbol] = length as u8 + alphabet.extra_bits[symbol];
            i += 1;
        }
        code
    }
}

/// Where trees are built, one after the other.
pub(crate) struct Heap<'a, const SLOTS: usize> {
    /// Element 0 is not used; the least is element 1. All slots after the heap are [`FREE`], and
    /// all are between two trees.
    nodes: &'a mut [u32; SLOTS],
    /// Nodes in the heap.
    len: usize,
}

impl<'a, const SLOTS: usize> Heap<'a, SLOTS> {
    /// An empty one in this memory.
    pub(crate) fn new(nodes: &'a mut [u32; SLOTS]) -> Self {
        nodes.fill(FREE);
        Heap { nodes, len: 0 }
    }

    /// Lets `node` sink from the slot `at`, which is `levels` above the lowest one.
    #[inline(always)]
    fn sink(&mut self, mut at: usize, levels: u32, mut node: u32) {
        let not_greater = |a: u32, b: u32| a <= b | INDEX_MASK;
        for _ in 0..levels {
            let left = self.nodes[2 * at % SLOTS];
            let right = self.nodes[(2 * at + 1) % SLOTS];
            let is_right = not_greater(right, left);
            let child = select_unpredictable(is_right, right, left);
            let stays = not_greater(node, child);
            self.nodes[at % SLOTS] = select_unpredictable(stays, node, child);
            node = select_unpredictable(stays, child, node);
            at = 2 * at + usize::from(is_right);
        }
        self.nodes[at % SLOTS] = node;
    }

    /// Step 2, of at least two nodes, and of elements of the pairs without pairs, as many.
    fn join(&mut self, pairs: &mut [u32], first_joined: usize) {
        let levels = self.len.ilog2();
        for at in (1..=self.len / 2).rev() {
            let node = self.nodes[at % SLOTS];
            self.sink(at, levels - at.ilog2(), node);
        }
        for (joined, pair) in (first_joined as u32..).zip(pairs) {
            let a = self.nodes[1];
            // The last one takes its place and sinks.
            let last = core::mem::replace(&mut self.nodes[self.len % SLOTS], FREE);
            self.len -= 1;
            let levels = self.len.ilog2();
            self.sink(1, levels, last);
            let b = self.nodes[1];
            let index = |node: u32| node & INDEX_MASK;
            *pair |= index(a) | index(b) << INDEX_BITS;
            let depth = |node: u32| node >> INDEX_BITS & DEPTH_MASK;
            let depth = depth(a).max(depth(b)) + 1;
            let freq = (a >> FREQ_SHIFT) + (b >> FREQ_SHIFT);
            let joined = freq << FREQ_SHIFT | depth << INDEX_BITS | joined;
            self.sink(1, levels, joined);
        }
        self.nodes[1] = FREE;
        self.len = 0;
    }

    /// Sets `lengths`, which are none yet, to those of the codes for these frequencies, and adds
    /// what the block costs to `cost`. `pairs` gets the symbols that have codes.
    #[inline(never)]
    pub(crate) fn build<const N: usize, const PAIRS: usize, const NODES: usize>(
        &mut self,
        freq: &[u16; N],
        alphabet: &Alphabet<N>,
        pairs: &mut Pairs<PAIRS>,
        lengths: &mut Lengths<NODES>,
        cost: &mut Cost,
    ) {
        let symbols = self.fill(freq, pairs);
        lengths.symbols = symbols;
        lengths.max_symbol = (pairs[symbols - 1] >> SYMBOL_SHIFT) as usize;
        let joined = &mut pairs[..symbols - 1];
        self.join(joined, NODES / 2);
        assign(
            joined,
            &mut lengths.of,
            &mut lengths.counts,
            alphabet.max_bits,
        );
        for symbol in 0..N {
            let freq = u32::from(freq[symbol]);
            let bits = lengths.of[symbol] + alphabet.extra_bits[symbol];
            cost.dynamic += freq * u32::from(bits);
            cost.fixed += freq * u32::from(alphabet.fixed_bits[symbol]);
        }
    }

    /// Step 1. Puts the symbols into `pairs` in order of their numbers; how many these are.
    fn fill<const N: usize, const PAIRS: usize>(
        &mut self,
        freq: &[u16; N],
        pairs: &mut Pairs<PAIRS>,
    ) -> usize {
        let leaf = |symbol: usize, freq: u16| u32::from(freq) << FREQ_SHIFT | symbol as u32;
        let mut len = 0;
        for (symbol, &freq) in freq.iter().enumerate() {
            // One that does not occur is overwritten by the next.
            pairs[len] = (symbol as u32) << SYMBOL_SHIFT;
            self.nodes[(1 + len) % SLOTS] = leaf(symbol, freq);
            len += usize::from(freq != 0);
        }
        self.nodes[(1 + len) % SLOTS] = FREE;
        // Those added occur in no block, so they cost nothing there.
        while len < 2 {
            let first = pairs[0] >> SYMBOL_SHIFT;
            let symbol = match len {
                1 if first < 2 => first + 1,
                _ => 0,
            };
            pairs[len] = symbol << SYMBOL_SHIFT;
            len += 1;
            self.nodes[len] = leaf(symbol as usize, 1);
        }
        self.len = len;
        if pairs[0] > pairs[1] {
            pairs.swap(0, 1);
        }
        len
    }
}

/// Step 3: the lengths of the ways to all nodes, which are 0 before, and how many codes have each
/// length.
#[inline(never)]
fn assign(pairs: &[u32], lengths: &mut [u8], counts: &mut [u16; LENGTHS], max_bits: usize) {
    let first_joined = lengths.len() / 2;
    let nodes = |&pair: &u32| [pair & INDEX_MASK, pair >> INDEX_BITS & INDEX_MASK];
    let mut excess = 0;
    for (pair, two) in pairs.iter().map(nodes).enumerate().rev() {
        let own = usize::from(lengths[first_joined + pair]);
        let mut bits = own + 1;
        if bits > max_bits {
            bits = max_bits;
            excess += 2;
        }
        for node in two {
            lengths[node as usize] = bits as u8;
        }
        // The pair itself, which was counted as a leaf, is none.
        counts[own % LENGTHS] = counts[own % LENGTHS].wrapping_sub(1);
        counts[bits % LENGTHS] += 2;
    }
    counts[0] = 0;
    if excess != 0 {
        balance(counts, excess, max_bits);
        let mut leaves = pairs
            .iter()
            .flat_map(nodes)
            .map(|node| node as usize)
            .filter(|&node| node < first_joined);
        for bits in (1..=max_bits).rev() {
            for leaf in leaves.by_ref().take(usize::from(counts[bits])) {
                lengths[leaf] = bits as u8;
            }
        }
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
        // A leaf moves one down and takes an excess leaf as its brother, whose own brother moves
        // one up in its place.
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

#[cfg(test)]
#[path = "../../../../tests/unit/deflate_huffman.rs"]
mod tests;
