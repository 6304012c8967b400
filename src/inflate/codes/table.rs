//! Decode tables: what the next bits of the input mean, found by one or two lookups.
//!
//! # Idea
//!
//! The next *root* bits index a table. A code of at most root bits fills all entries that
//! begin with it; the longer codes that share their first root bits are in a subtable that
//! the entry points to. An entry (`entry.rs`) says everything about its symbol, so that the decoder
//! never looks at the symbol: how many bits to drop (code and extra bits together), where
//! the extra bits lie, their base, and how many bits index the *next* lookup. The idea of
//! entries with everything in them, and of filling a table by doubling it from code length
//! to code length, is libdeflate's (deflate_decompress.c); the next index's width inside the
//! entry makes "drop the bits, index the next table" one BEXTR instruction.
//!
//! # Cost
//!
//! Bytes: 4 * ([`DIST_ENTRIES`] + [`LITLEN_ENTRIES`] + [`PADDING`]) in each stream. Root 11 would
//! not fit it. Root 10 may need 1,334 entries, which no compressor's codes come near; where
//! [`LITLEN_ENTRIES`] is not enough, root 9 is taken, which needs 852 at most (the numbers are
//! those of zlib's enough.c). While a block's code lengths are being read no table is needed, so
//! they lie in place of literal/length entries, and the table of the code-length code lies in
//! that of distance entries; once they are read, the symbols, sorted by them, lie there.
//! All this is in the annex of the stream's state (`annex.rs`).
#![forbid(unsafe_code)]

use crate::annex::Annex;
use crate::format::deflate::{
    CODE_LENGTH_CODES, DIST_CODES, END_OF_BLOCK, LITLEN_CODES, MAX_CODE_BITS,
};
use crate::inflate::codes::code::{
    ALL, BadLengths, Counts, PrefixCode, Single, weight, zlib_entries,
};
use crate::inflate::codes::entry::{
    CODE_SHIFT, DIST_SYMBOLS, DISTANCE, INVALID_DIST, INVALID_LITLEN, LITLEN_SYMBOLS, NEAR_CODES,
    ONE_BIT, Roots, SHORT_LENGTH_CODES, SPECIAL, complete_entry, dist_symbols, dropped_bits,
    is_dist_pointer, is_litlen_pointer, litlen_symbols, next_width, pointer, subtable_start,
};

/// Index bits of the literal/length table at most.
pub(crate) const LITLEN_ROOT: u32 = 10;
/// Index bits of the literal/length table if the subtables of the wider one do not fit.
const LITLEN_ROOT_NARROW: u32 = 9;
/// Index bits of the distance table at most.
pub(crate) const DIST_ROOT: u32 = 8;
/// Index bits of the code-length code's table: its longest code.
const CODE_LENGTH_ROOT: u32 = 7;

/// Room for literal/length entries; chosen so that a stream fits zlib's 7,160 bytes.
const LITLEN_ENTRIES: usize = 1280;
/// Entries that literals and lengths with `LITLEN_ROOT_NARROW` need at most.
const LITLEN_ENTRIES_NARROW: usize = 852;
/// Entries that distances with `DIST_ROOT` need at most.
const DIST_ENTRIES: usize = 402;
const _: () = assert!(LITLEN_ENTRIES >= LITLEN_ENTRIES_NARROW && DIST_ENTRIES >= LITLEN_CODES);
/// Words after the entries that are copied with the last one at most: 32 bytes from its last one
/// on.
pub(crate) const PADDING: usize = 8;
/// Words of a stream's tables.
const WORDS: usize = DIST_ENTRIES + LITLEN_ENTRIES + PADDING;
/// Where the literal/length entries begin: after the distance entries. One pointer then
/// leads to both tables in the fast loop, which is short of registers.
pub(crate) const LITLEN_AT: usize = DIST_ENTRIES;

/// Code lengths of a dynamic block at most, rounded up.
pub(crate) const MAX_LENGTHS: usize = (LITLEN_CODES + DIST_CODES).next_multiple_of(64);
/// Entries of the code-length code's table.
const CODE_LENGTH_ENTRIES: usize = 1 << CODE_LENGTH_ROOT;

/// Roots of the fixed tables: their longest codes.
const FIXED_ROOTS: Roots = Roots { litlen: 9, dist: 5 };
const FIXED_LEN: usize = DIST_ENTRIES + (1 << FIXED_ROOTS.litlen) + PADDING;
/// The fixed tables, laid out as a stream's own.
static FIXED_WORDS: [u32; FIXED_LEN] = fixed_words();

/// The low `count` bits of `value` in reverse order: codes come highest bit first.
const fn reversed(value: usize, count: u32) -> usize {
    value.reverse_bits() >> (usize::BITS - count)
}

/// Source: RFC 1951 3.2.6. Seven bits tell the lengths of literal/length codes apart.
const fn fixed_words() -> [u32; FIXED_LEN] {
    let mut words = [0; FIXED_LEN];
    let litlen_symbols = litlen_symbols();
    let mut index = 0;
    while index < 1 << FIXED_ROOTS.litlen {
        let code = reversed(index, FIXED_ROOTS.litlen);
        let (symbol, bits) = match code >> 2 {
            prefix @ 0..24 => (256 + prefix, 7),
            24..96 => ((code >> 1) - 0x30, 8),
            96..100 => ((code >> 1) - 0xc0 + 280, 8),
            _ => (code - 0x190 + 144, 9),
        };
        let entry = complete_entry(litlen_symbols[symbol], bits, FIXED_ROOTS);
        words[DIST_ENTRIES + index] = entry;
        index += 1;
    }
    let dist_symbols = dist_symbols();
    let mut index = 0;
    while index < 1 << FIXED_ROOTS.dist {
        let symbol = dist_symbols[reversed(index, FIXED_ROOTS.dist)];
        words[index] = complete_entry(symbol, FIXED_ROOTS.dist, FIXED_ROOTS);
        index += 1;
    }
    words
}

/// A block suits the branchless loop if at least this share of its symbols is matches, and this
/// share is not; otherwise branches predict well. Photos have 10 % matches and are 6 % faster
/// without branches; filtered ones have 5 % and are 8 % slower, and what has none is 20 % slower.
const LEAST_DOUBT: u32 = ALL / 32 * 3;
/// And it must have no larger share of exceptions than this. HTML has 15 % and is 26 % faster
/// without branches; pixels in runs of one colour have 23 % and are 20 % slower, sparse zeros are
/// 15 % slower.
const MOST_EXCEPTIONS: u32 = ALL / 16 * 3;

/// zlib's roots, which decide how many entries its tables have.
const ZLIB_LITLEN_ROOT: u32 = 9;
const ZLIB_DIST_ROOT: u32 = 6;

/// How many entries of zlib's table memory are in use, or how to know.
#[derive(Clone, Copy)]
enum ZlibUse {
    Entries(u16),
    /// Those of the present literal/length code, and of the distance code.
    Litlen,
    Both,
}

/// Which tables decode.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CodeKind {
    Fixed,
    Dynamic,
}

/// Which of a dynamic block's two codes is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadCode {
    /// The literal/length code.
    Litlen,
    /// The distance code.
    Dist,
}

/// Distance entries, then literal/length entries, then padding; or, in place of the two kinds of
/// entries, the code-length table and code lengths.
pub(crate) type Words = [u32; WORDS];

/// The table of the code-length code.
pub(crate) type CodeLengthTable = [u32; CODE_LENGTH_ENTRIES];

/// The code-length symbol for these next bits, and its code bits.
#[inline(always)]
pub(crate) fn code_length(table: &CodeLengthTable, bits: u64) -> (u8, u32) {
    let entry = table[bits as usize % CODE_LENGTH_ENTRIES];
    ((entry >> CODE_SHIFT) as u8, dropped_bits(entry))
}

/// A stream's tables.
pub(crate) struct DecodeTables {
    words: Annex<Words>,
    litlen_counts: Counts,
    dist_counts: Counts,
    zlib_use: ZlibUse,
    litlen_root: u8,
    dist_root: u8,
    kind: CodeKind,
    suit_branchless: bool,
}

impl DecodeTables {
    /// Tables without codes, in this memory.
    pub(crate) fn empty(words: Annex<Words>) -> Self {
        DecodeTables {
            words,
            litlen_counts: [0; MAX_CODE_BITS + 1],
            dist_counts: [0; MAX_CODE_BITS + 1],
            zlib_use: ZlibUse::Entries(0),
            litlen_root: 0,
            dist_root: 0,
            kind: CodeKind::Fixed,
            suit_branchless: true,
        }
    }

    /// The same tables in this memory.
    pub(crate) fn copy(&self, mut words: Annex<Words>) -> Self {
        words.copy_from_slice(&*self.words);
        DecodeTables { words, ..*self }
    }

    /// The stream starts over: what inflateCodesUsed says does, too.
    pub(crate) fn reset(&mut self) {
        self.zlib_use = ZlibUse::Entries(0);
    }

    /// Decodes with the fixed codes.
    pub(crate) fn use_fixed(&mut self) {
        self.kind = CodeKind::Fixed;
        self.litlen_root = FIXED_ROOTS.litlen as u8;
        self.dist_root = FIXED_ROOTS.dist as u8;
        self.suit_branchless = true;
    }

    /// Both tables, the literal/length entries beginning at [`LITLEN_AT`], and the index bits
    /// of these.
    #[inline(always)]
    pub(crate) fn lookup(&self) -> (&[u32], u32) {
        let root = self.litlen_root.into();
        match self.kind {
            CodeKind::Fixed => (&FIXED_WORDS, root),
            CodeKind::Dynamic => (&*self.words, root),
        }
    }

    /// Whether the block is one for `branchless.rs`.
    #[inline(always)]
    pub(crate) fn suit_branchless(&self) -> bool {
        self.suit_branchless
    }

    /// The literal/length entry for these next bits, after subtables. If fewer bits are held
    /// than its code has, it is not the right one.
    pub(crate) fn litlen(&self, bits: u64) -> u32 {
        let (words, root) = self.lookup();
        let litlen = &words[LITLEN_AT..];
        let entry = at(litlen, 0, bits, root);
        if entry & SPECIAL != 0 && is_litlen_pointer(entry) {
            return in_subtable(litlen, entry, bits);
        }
        entry
    }

    /// The same for a distance.
    pub(crate) fn dist(&self, bits: u64) -> u32 {
        let (dist, _) = self.lookup();
        let entry = at(dist, 0, bits, self.dist_root.into());
        if entry & SPECIAL != 0 && is_dist_pointer(entry) {
            return in_subtable(dist, entry, bits);
        }
        entry
    }

    /// The table of the code-length code, and the code lengths that are read.
    #[inline(always)]
    pub(crate) fn header_parts(&mut self) -> (&mut CodeLengthTable, &mut [u32; MAX_LENGTHS]) {
        let (first, second) = self.words.split_at_mut(LITLEN_AT);
        let ((table, _), (lengths, _)) = (first.as_chunks_mut(), second.as_chunks_mut());
        (&mut table[0], &mut lengths[0])
    }

    /// Builds the table of the code-length code, from its lengths in the order of the symbols,
    /// which lie where code lengths do.
    pub(crate) fn build_code_lengths(&mut self) -> Result<(), BadLengths> {
        self.zlib_use = ZlibUse::Entries(0);
        let (table, lengths) = self.header_parts();
        let lengths = &lengths[..CODE_LENGTH_CODES];
        let code = PrefixCode::new(lengths, Single::Refused)?;
        if code.max == 0 {
            // Every bit is a symbol that says "length 0".
            table.fill(1);
            self.zlib_use = ZlibUse::Entries(2);
            return Ok(());
        }
        let mut sorted = [0; CODE_LENGTH_CODES];
        code.sort(lengths, &mut sorted);
        let entry = |symbol: usize, bits| (symbol as u32) << CODE_SHIFT | bits;
        code.fill(&sorted, table, CODE_LENGTH_ROOT, entry, |_, _| 0);
        self.zlib_use = ZlibUse::Entries(1 << code.max);
        Ok(())
    }

    /// Builds the tables of a dynamic block, whose code lengths are read: so many of literals and
    /// lengths, then so many of distances.
    pub(crate) fn build(&mut self, litlen_count: usize, dist_count: usize) -> Result<(), BadCode> {
        self.zlib_use = ZlibUse::Entries(0);
        let (idle, lengths) = self.words.split_at_mut(LITLEN_AT);
        let (litlen_lengths, dist_lengths) =
            lengths[..litlen_count + dist_count].split_at(litlen_count);
        let litlen_code =
            PrefixCode::new(litlen_lengths, Single::Accepted).map_err(|_| BadCode::Litlen)?;
        self.zlib_use = ZlibUse::Litlen;
        self.litlen_counts = litlen_code.counts;
        let dist_code =
            PrefixCode::new(dist_lengths, Single::Accepted).map_err(|_| BadCode::Dist)?;
        self.zlib_use = ZlibUse::Both;
        self.dist_counts = dist_code.counts;
        self.kind = CodeKind::Dynamic;

        let lengths = &litlen_lengths[END_OF_BLOCK + 1..];
        let matches = weight(lengths);
        let long = weight(lengths.get(SHORT_LENGTH_CODES..).unwrap_or_default());
        let near = weight(&dist_lengths[..NEAR_CODES.min(dist_lengths.len())]);
        // The entries of literals and lengths come over the code lengths, those of distances, which
        // come last, over the literals and lengths as they are sorted.
        litlen_code.sort(litlen_lengths, &mut idle[..LITLEN_CODES]);
        let mut dist_symbols = [0; DIST_CODES];
        dist_code.sort(dist_lengths, &mut dist_symbols);

        let mut roots = Roots {
            litlen: litlen_code.max.min(LITLEN_ROOT),
            dist: dist_code.max.clamp(1, DIST_ROOT),
        };
        if !self.fill_litlen(&litlen_code, roots) {
            roots.litlen = LITLEN_ROOT_NARROW;
            self.fill_litlen(&litlen_code, roots);
        }
        self.fill_dist(&dist_code, &dist_symbols, roots);
        // A single code has one bit, and the other bit is never there.
        let rare_dists = match dist_code.complete {
            true => near + dist_code.deep(roots.dist),
            false => 2 * near,
        };
        let exceptions = long + litlen_code.deep(roots.litlen) + matches * rare_dists / ALL;
        let doubt = matches.min(ALL.saturating_sub(matches));
        self.suit_branchless = doubt >= LEAST_DOUBT && exceptions <= MOST_EXCEPTIONS;
        self.litlen_root = roots.litlen as u8;
        self.dist_root = roots.dist as u8;
        Ok(())
    }

    fn fill_litlen(&mut self, code: &PrefixCode, roots: Roots) -> bool {
        let (sorted, table) = self.words.split_at_mut(LITLEN_AT);
        let table = &mut table[..LITLEN_ENTRIES];
        if !code.complete {
            table[1] = INVALID_LITLEN | ONE_BIT;
        }
        let entry = |symbol: usize, bits| {
            let entry = LITLEN_SYMBOLS
                .get(symbol)
                .copied()
                .unwrap_or(INVALID_LITLEN);
            complete_entry(entry, bits, roots)
        };
        let pointer = |start: usize, width: u32| pointer(start, width, roots.litlen);
        code.fill(sorted, table, roots.litlen, entry, pointer)
    }

    fn fill_dist(&mut self, code: &PrefixCode, sorted: &[u32], roots: Roots) {
        let table = &mut self.words[..DIST_ENTRIES];
        if !code.complete {
            table[..2].fill(INVALID_DIST | ONE_BIT);
        }
        let entry = |symbol: usize, bits| {
            let entry = DIST_SYMBOLS.get(symbol).copied().unwrap_or(INVALID_DIST);
            complete_entry(entry, bits, roots)
        };
        let pointer = |start: usize, width: u32| pointer(start, width, roots.dist) | DISTANCE;
        code.fill(sorted, table, roots.dist, entry, pointer);
    }

    /// What inflateCodesUsed says: entries of zlib's tables in use.
    pub(crate) fn zlib_entries(&self) -> u32 {
        let litlen = || zlib_entries(&self.litlen_counts, ZLIB_LITLEN_ROOT);
        match self.zlib_use {
            ZlibUse::Entries(entries) => entries.into(),
            ZlibUse::Litlen => litlen(),
            ZlibUse::Both => litlen() + zlib_entries(&self.dist_counts, ZLIB_DIST_ROOT),
        }
    }
}

/// The entry that `width` bits select in the table that begins at `start`.
fn at(table: &[u32], start: usize, bits: u64, width: u32) -> u32 {
    let index = start + (bits as usize & ((1 << width) - 1));
    table.get(index).copied().unwrap_or(0)
}

/// The entry in the subtable that `pointer` points to.
fn in_subtable(table: &[u32], pointer: u32, bits: u64) -> u32 {
    let bits = bits >> dropped_bits(pointer);
    at(table, subtable_start(pointer), bits, next_width(pointer))
}

#[cfg(test)]
#[path = "../../../tests/unit/inflate_tables.rs"]
mod tests;
