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
//! 3. Lengths follow from the root down, in reverse order of step 2. Lengths above the
//!    limit are cut; then the counts per length are balanced (each excess pair moves a
//!    shorter leaf down), and lengths are given out again, the longest to the least
//!    frequent, in the order of step 2.
//! 4. Codes are counted up per length (canonical, RFC 1951 3.2.2), bits reversed, because
//!    deflate sends a code's first bit in the least significant place.
//!
//! A node is one number, `frequency << 16 | depth << 10 | index`: 16, 6 and 10 bits. A
//! frequency is below 2^16, because a block has at most 2^15 symbols; a depth is below 2^6,
//! because a tree of depth d needs a frequency of at least the d-th Fibonacci number. So
//! "less, or equal in frequency and depth" is one comparison.
//!
//! Cost: n log n steps for n symbols that occur; 4 KiB of stack.
//! Source: zlib 1.3.2 trees.c, build_tree and gen_bitlen, which credits Haruhiko
//! Okumura's `ar` for the balancing.
#![forbid(unsafe_code)]

use crate::format::deflate::{LITLEN_CODES, MAX_CODE_BITS};

/// Most nodes of a tree: every symbol, and one node less to join them, and one unused.
const MAX_NODES: usize = 2 * LITLEN_CODES + 1;
/// Bits of a node's index.
const INDEX_BITS: u32 = 10;
/// Mask of a node's index.
const INDEX_MASK: u32 = (1 << INDEX_BITS) - 1;
/// Where the frequency begins.
const FREQ_SHIFT: u32 = 16;
/// Mask of the depth, after its shift.
const DEPTH_MASK: u32 = (1 << (FREQ_SHIFT - INDEX_BITS)) - 1;

const _: () = assert!(MAX_NODES <= 1 << INDEX_BITS);

/// A code: for each symbol its bits, reversed for sending, and their number.
#[derive(Clone, Copy)]
pub struct Code<const N: usize> {
    /// Bits of each symbol that has a code.
    pub bits: [u16; N],
    /// Length in bits of each symbol's code, 0 for a symbol without one.
    pub lengths: [u8; N],
    /// The last symbol that has a code.
    pub max_symbol: usize,
}

/// What an alphabet adds to its codes.
pub struct Alphabet<'a> {
    /// Extra bits of symbols from `extra_base` on.
    pub extra_bits: &'a [u8],
    /// The first symbol that may have extra bits.
    pub extra_base: usize,
    /// Longest code allowed.
    pub max_bits: usize,
    /// Lengths of the fixed code to compare with; empty for the code-length alphabet.
    pub fixed_lengths: &'a [u8],
}

/// What a block costs, in bits, without its header.
#[derive(Clone, Copy, Default)]
pub struct Cost {
    /// With the codes that were built.
    pub dynamic: u64,
    /// With the fixed codes.
    pub fixed: u64,
}

/// The binary heap of step 2. Element 0 is not used; the least is element 1.
struct Heap {
    nodes: [u32; LITLEN_CODES + 1],
    len: usize,
}

impl Heap {
    fn push_last(&mut self, node: u32) {
        self.len += 1;
        self.nodes[self.len] = node;
    }

    /// Moves the node at `at` down until no child is less.
    #[inline]
    fn sift_down(&mut self, mut at: usize) {
        let nodes = &mut self.nodes[..=self.len];
        let node = nodes[at];
        let not_greater = |a: u32, b: u32| a <= b | INDEX_MASK;
        let mut child = 2 * at;
        while child < nodes.len() {
            if child + 1 < nodes.len() && not_greater(nodes[child + 1], nodes[child]) {
                child += 1;
            }
            if not_greater(node, nodes[child]) {
                break;
            }
            nodes[at] = nodes[child];
            at = child;
            child *= 2;
        }
        nodes[at] = node;
    }

    /// Takes out the least node; the last one takes its place and sinks.
    fn pop(&mut self) -> u32 {
        let least = self.nodes[1];
        self.nodes[1] = self.nodes[self.len];
        self.len -= 1;
        self.sift_down(1);
        least
    }
}

/// The tree of step 2.
struct Tree {
    /// Parent of each node but the root.
    parent: [u16; MAX_NODES],
    /// Nodes in the order in which they were taken out of the heap, backwards: the root
    /// first. Only the first `len` are used.
    order: [u16; MAX_NODES],
    len: usize,
}

/// Builds the code for these frequencies and adds what the block costs to `cost`.
pub fn build<const N: usize>(freq: &[u16; N], alphabet: &Alphabet, cost: &mut Cost) -> Code<N> {
    let mut code = Code {
        bits: [0; N],
        lengths: [0; N],
        max_symbol: 0,
    };
    let mut heap = Heap {
        nodes: [0; LITLEN_CODES + 1],
        len: 0,
    };
    let leaf = |symbol: usize, freq: u16| u32::from(freq) << FREQ_SHIFT | symbol as u32;
    for (symbol, &freq) in freq.iter().enumerate() {
        if freq != 0 {
            heap.push_last(leaf(symbol, freq));
            code.max_symbol = symbol;
        }
    }
    add_missing(&mut heap, &mut code.max_symbol, |symbol| leaf(symbol, 1));
    let mut tree = join(heap, N);
    let counts = assign_lengths(&mut tree, freq, alphabet, &mut code.lengths, cost);
    assign_codes(&mut code, &counts);
    code
}

/// Step 1's last part: at least two symbols. Those added occur in no block, so they cost
/// nothing there.
fn add_missing(heap: &mut Heap, max_symbol: &mut usize, leaf: impl Fn(usize) -> u32) {
    while heap.len < 2 {
        let symbol = match (heap.len, *max_symbol) {
            (0, _) => 0,
            (_, last @ 0..2) => last + 1,
            _ => 0,
        };
        *max_symbol = symbol.max(*max_symbol);
        heap.push_last(leaf(symbol));
    }
}

/// Step 2. `symbols` is the alphabet's size; joined nodes are numbered from there.
fn join(mut heap: Heap, symbols: usize) -> Tree {
    let mut tree = Tree {
        parent: [0; MAX_NODES],
        order: [0; MAX_NODES],
        len: 0,
    };
    let mut taken = MAX_NODES;
    let mut take = |order: &mut [u16; MAX_NODES], node: u32| {
        taken -= 1;
        order[taken] = (node & INDEX_MASK) as u16;
        usize::from(order[taken])
    };
    for at in (1..=heap.len / 2).rev() {
        heap.sift_down(at);
    }
    let mut next = symbols;
    while heap.len >= 2 {
        let a = heap.pop();
        let b = heap.nodes[1];
        for node in [a, b] {
            let index = take(&mut tree.order, node);
            tree.parent[index] = next as u16;
        }
        let depth = (a >> INDEX_BITS & DEPTH_MASK).max(b >> INDEX_BITS & DEPTH_MASK) + 1;
        let freq = (a >> FREQ_SHIFT) + (b >> FREQ_SHIFT);
        heap.nodes[1] = freq << FREQ_SHIFT | depth << INDEX_BITS | next as u32;
        heap.sift_down(1);
        next += 1;
    }
    take(&mut tree.order, heap.nodes[1]);
    tree.order.copy_within(taken.., 0);
    tree.len = MAX_NODES - taken;
    tree
}

/// Step 3. Returns how many codes each length has.
fn assign_lengths<const N: usize>(
    tree: &mut Tree,
    freq: &[u16; N],
    alphabet: &Alphabet,
    lengths: &mut [u8; N],
    cost: &mut Cost,
) -> [u16; MAX_CODE_BITS + 1] {
    let mut counts = [0u16; MAX_CODE_BITS + 1];
    let mut excess = 0;
    // Depth of each node, the root's being 0.
    let mut depth = [0u8; MAX_NODES];
    let order = &tree.order[..tree.len];
    for &node in &order[1..] {
        let node = usize::from(node);
        let mut bits = usize::from(depth[usize::from(tree.parent[node])]) + 1;
        if bits > alphabet.max_bits {
            bits = alphabet.max_bits;
            excess += 1;
        }
        depth[node] = bits as u8;
        if node < N {
            lengths[node] = bits as u8;
            counts[bits] += 1;
        }
    }
    if excess != 0 {
        balance(&mut counts, excess, alphabet.max_bits);
        let mut leaves = order.iter().rev().filter(|&&node| usize::from(node) < N);
        for bits in (1..=alphabet.max_bits).rev() {
            for &leaf in leaves.by_ref().take(usize::from(counts[bits])) {
                lengths[usize::from(leaf)] = bits as u8;
            }
        }
    }
    add_cost(freq, alphabet, lengths, cost);
    counts
}

/// Moves leaves between lengths until no more than a complete code has room for are left.
fn balance(counts: &mut [u16; MAX_CODE_BITS + 1], mut excess: i32, max_bits: usize) {
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

/// Adds what the symbols cost with these lengths and with the fixed ones.
fn add_cost<const N: usize>(
    freq: &[u16; N],
    alphabet: &Alphabet,
    lengths: &[u8; N],
    cost: &mut Cost,
) {
    for (symbol, &freq) in freq.iter().enumerate() {
        if freq == 0 {
            continue;
        }
        let extra = symbol
            .checked_sub(alphabet.extra_base)
            .map_or(0, |i| u64::from(alphabet.extra_bits[i]));
        cost.dynamic += u64::from(freq) * (u64::from(lengths[symbol]) + extra);
        if let Some(&fixed) = alphabet.fixed_lengths.get(symbol) {
            cost.fixed += u64::from(freq) * (u64::from(fixed) + extra);
        }
    }
}

/// Step 4.
fn assign_codes<const N: usize>(code: &mut Code<N>, counts: &[u16; MAX_CODE_BITS + 1]) {
    let next = first_codes(counts);
    give_codes(&code.lengths, next, &mut code.bits);
}

/// The first code of each length. Source: RFC 1951 3.2.2.
const fn first_codes(counts: &[u16; MAX_CODE_BITS + 1]) -> [u16; MAX_CODE_BITS + 1] {
    let mut next = [0u16; MAX_CODE_BITS + 1];
    let mut bits = 1;
    while bits <= MAX_CODE_BITS {
        next[bits] = (next[bits - 1] + counts[bits - 1]) << 1;
        bits += 1;
    }
    next
}

/// Gives each symbol the next code of its length, reversed.
const fn give_codes(lengths: &[u8], mut next: [u16; MAX_CODE_BITS + 1], bits: &mut [u16]) {
    let mut symbol = 0;
    while symbol < bits.len() {
        let length = lengths[symbol] as usize;
        if length != 0 {
            bits[symbol] = next[length].reverse_bits() >> (16 - length);
            next[length] += 1;
        }
        symbol += 1;
    }
}

/// The canonical code with these lengths, for the first `N` symbols of a complete set.
pub const fn fixed_code<const N: usize, const ALL: usize>(all: &[u8; ALL]) -> Code<N> {
    let mut counts = [0u16; MAX_CODE_BITS + 1];
    let mut symbol = 0;
    while symbol < ALL {
        counts[all[symbol] as usize] += 1;
        symbol += 1;
    }
    let mut code = Code {
        bits: [0; N],
        lengths: [0; N],
        max_symbol: N - 1,
    };
    symbol = 0;
    while symbol < N {
        code.lengths[symbol] = all[symbol];
        symbol += 1;
    }
    give_codes(&code.lengths, first_codes(&counts), &mut code.bits);
    code
}
