//! inflate's copies of matches against a loop over bytes, for each processor's code, between two
//! pages that can be neither read nor written.
//!
//! A module of `src/inflate/decode/copy.rs`, because through the C functions it is the input and
//! the buffers that say which copy takes place, and what it writes after a match.
//!
//! Unsafe because the copies are.
#![allow(unsafe_code)]

use super::*;
use crate::format::deflate::MAX_MATCH;
use crate::inflate::decode::cpu::scalar::Scalar;

/// Memory whose first byte lies after, and whose last byte before, a page that is out of bounds.
struct Guarded {
    map: *mut u8,
    len: usize,
}

/// Bytes of a page, or of several.
const PAGE: usize = 1 << 16;

impl Guarded {
    /// Memory of two pages.
    fn new() -> Self {
        let len = 4 * PAGE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new mapping, of which the middle is made accessible.
        unsafe {
            let map = libc::mmap(core::ptr::null_mut(), len, libc::PROT_NONE, flags, -1, 0);
            assert!(map != libc::MAP_FAILED);
            let map = map.cast::<u8>();
            let access = libc::PROT_READ | libc::PROT_WRITE;
            assert_eq!(libc::mprotect(map.add(PAGE).cast(), 2 * PAGE, access), 0);
            Guarded { map, len }
        }
    }

    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the middle of the mapping is accessible, and zero at first.
        unsafe { core::slice::from_raw_parts_mut(self.map.add(PAGE), 2 * PAGE) }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: the mapping is this one's.
        unsafe { libc::munmap(self.map.cast(), self.len) };
    }
}

/// What is in memory that nothing should write to.
const CANARY: u8 = 0xa5;

/// What a match of distance `dist` is, after `history`.
fn expected(history: &[u8], dist: usize, len: usize) -> Vec<u8> {
    let mut bytes = history.to_vec();
    for _ in 0..len {
        bytes.push(bytes[bytes.len() - dist]);
    }
    bytes
}

fn history(len: usize) -> Vec<u8> {
    (0..len as u32)
        .map(|i| (i * i * 31 + i * 7 + 1) as u8)
        .collect()
}

/// Calls `copy` with where a match of distance `dist` goes, after so many `written` bytes: once
/// with these at the beginning of the memory, once with the match, and `after` bytes, at its end.
/// No more than `after` bytes may be written after it, and none before.
fn check(
    memory: &mut Guarded,
    (written, dist, len): (usize, usize, usize),
    after: usize,
    copy: &dyn Fn(*mut u8),
) {
    let before = history(written);
    let expected = expected(&before, dist, len);
    let size = memory.bytes().len();
    for begin in [0, size - written - len - after] {
        let end = (begin + written + len + 2 * after + CHUNK).min(size);
        let area = &mut memory.bytes()[begin..end];
        area.fill(CANARY);
        area[..written].copy_from_slice(&before);
        copy(area[written..].as_mut_ptr());
        assert!(
            area[..written + len] == expected,
            "{written} {dist} {len} at {begin}"
        );
        let written_after = area[written + len..]
            .iter()
            .rposition(|&byte| byte != CANARY);
        assert!(
            written_after.is_none_or(|last| last < after),
            "{written} {dist} {len} at {begin}"
        );
    }
}

/// Each near distance, some far ones, and each length, with no more history than there must be.
fn check_overlapping<C: Cpu>(cpu: C) {
    let mut memory = Guarded::new();
    for dist in (1..=66).chain([100, 257, 258, 259, 1000]) {
        for len in 3..=MAX_MATCH {
            for written in [dist, CHUNK - 1, CHUNK, CHUNK + 1, dist + 3] {
                if written < dist {
                    continue;
                }
                check(&mut memory, (written, dist, len), OVERSHOOT, &|out| {
                    // SAFETY: so much is written before, and there is room after it.
                    unsafe {
                        let from = out.sub(dist).cast_const();
                        copy_overlapping(cpu, out, from, dist, len, written);
                    }
                });
            }
        }
    }
}

#[test]
fn matches_are_copied_on_any_processor() {
    check_overlapping(Scalar);
}

#[cfg(target_arch = "x86_64")]
#[test]
fn matches_are_copied_with_bmi_and_ssse3() {
    if let Some(cpu) = crate::cpu::Ssse3Bmi::get() {
        check_overlapping(cpu);
    }
}

#[test]
fn exact_copies_write_nothing_after_a_match() {
    let mut memory = Guarded::new();
    for dist in (1..=40).chain([258, 300]) {
        for len in 0..=MAX_MATCH {
            check(&mut memory, (dist, dist, len), 0, &|out| {
                // SAFETY: so much is written before, and there is room.
                unsafe { copy_exact(out.sub(dist), out, len) }
            });
        }
    }
}

#[test]
fn exact_copies_from_after_their_target_move_bytes_down() {
    for dist in 1..40 {
        for len in 0..100 {
            let mut bytes = history(200);
            let expected = bytes[dist..dist + len].to_vec();
            let to = bytes.as_mut_ptr();
            // SAFETY: both places are in the vector.
            unsafe { copy_exact(to.add(dist), to, len) };
            assert!(
                bytes[..len] == expected && bytes[len..] == history(200)[len..],
                "{dist} {len}"
            );
        }
    }
}

#[test]
fn pairs_of_pieces_come_from_elsewhere() {
    let (mut memory, mut source) = (Guarded::new(), Guarded::new());
    for len in 1..=MAX_MATCH {
        // What is read, and written, is the length rounded up to pairs.
        let read = len.next_multiple_of(2 * CHUNK);
        let from = source.bytes();
        let from = &mut from[2 * PAGE - read..];
        from.copy_from_slice(&history(read));
        let area = &mut memory.bytes()[2 * PAGE - read..];
        area.fill(CANARY);
        // SAFETY: so much can be read and written.
        unsafe { copy_in_pairs(from.as_ptr(), area.as_mut_ptr(), len) };
        assert!(area == from, "{len}");
    }
}
