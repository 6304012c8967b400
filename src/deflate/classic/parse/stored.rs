//! deflate_stored, level 0: stored blocks, as large as input and output allow.
//!
//! Bytes go from next_in straight to next_out when a block is worth it: at least the smaller of the
//! window and the pending buffer, or all there is when flushing. What is left is collected in the
//! window, and leaves as a stored block by way of the pending buffer when it has become large
//! enough, or when a flush asks for it. So a block's size depends on avail_in and avail_out, byte
//! for byte as in zlib.
//!
//! The window keeps the last bytes of all input, in case the level changes later. The chains are
//! not kept; slides are counted instead (`pending_slides`), and the strings still to be inserted
//! are counted by `insert`.
//!
//! Source: zlib 1.3.2 deflate.c, deflate_stored.
#![forbid(unsafe_code)]

use crate::deflate::block;
use crate::deflate::classic::state::Classic;
use crate::deflate::config::{BlockState, Flush, Last};
use crate::deflate::output::Output;
use crate::format::deflate::MAX_STORED;
use crate::io::Io;

/// Bytes of the largest block header: type and alignment in one, then LEN and NLEN.
const STORED_OVERHEAD: usize = 1 + block::STORED_LENGTHS_LEN;

/// What a call has copied past the window, as it stands at next_out: the window takes its bytes
/// from there, because a program may have changed the input since.
#[derive(Default)]
struct Passed<'io> {
    /// Bytes of all blocks.
    count: usize,
    /// Those of the last two blocks. All blocks but the last of a call have [`MAX_STORED`] bytes,
    /// some of the first of which may come from the window, so these are more than a window has, or
    /// all.
    last_two: [&'io [u8]; 2],
}

impl<'io> Passed<'io> {
    /// Adds a block's.
    fn add(&mut self, data: &'io [u8]) {
        self.count += data.len();
        self.last_two = [self.last_two[1], data];
    }

    /// The last `most` bytes, or all, in two parts.
    fn last_bytes(&self, most: usize) -> [&'io [u8]; 2] {
        let [older, newer] = self.last_two;
        let newer = &newer[newer.len().saturating_sub(most)..];
        let older = &older[older.len().saturating_sub(most - newer.len())..];
        [older, newer]
    }
}

impl Classic {
    /// Stores until the input or the room in next_out ends, or the flush is done.
    pub(crate) fn store(&mut self, io: &mut Io, out: &mut Output, flush: Flush) -> BlockState {
        self.adopt_lookahead();
        let mut passed = Passed::default();
        let last = self.copy_blocks(io, out, flush, &mut passed);
        if passed.count != 0 {
            self.keep_history(&passed);
        }
        if last {
            out.used_bits = u8::BITS;
            return BlockState::FinishDone;
        }
        if !matches!(flush, Flush::No | Flush::Finish)
            && io.input.avail() == 0
            && self.strstart as isize == self.block_start
        {
            return BlockState::BlockDone;
        }
        self.collect(io);
        if self.store_collected(io, out, flush) {
            out.used_bits = u8::BITS;
            return BlockState::FinishStarted;
        }
        BlockState::NeedMore
    }

    /// This parse has no lookahead, and its blocks begin in the window. It is so already, unless
    /// deflateResetKeep was called in the middle of another level's data.
    fn adopt_lookahead(&mut self) {
        self.strstart += self.lookahead;
        self.lookahead = 0;
        self.block_start = self.block_start.max(0);
    }

    /// Bytes in the window that are in no block.
    fn collected(&self) -> usize {
        (self.strstart as isize - self.block_start) as usize
    }

    /// Writes blocks straight to next_out. Returns true if the last one of the stream was among
    /// them.
    fn copy_blocks<'io>(
        &mut self,
        io: &mut Io<'io>,
        out: &mut Output,
        flush: Flush,
        passed: &mut Passed<'io>,
    ) -> bool {
        let worthy = (out.capacity() - STORED_OVERHEAD).min(self.w_size());
        loop {
            let header_len = block::stored_header_len(out);
            let Some(room) = io.output.avail().checked_sub(header_len) else {
                return false;
            };
            let from_window = self.collected();
            let all = from_window + io.input.avail();
            let len = all.min(MAX_STORED).min(room);
            // An empty block is written by the machine, as the mark of a flush.
            let empty = len == 0 && flush != Flush::Finish;
            if len < worthy && (empty || flush == Flush::No || len != all) {
                return false;
            }
            let last = flush == Flush::Finish && len == all;
            block::stored_header(out, len, Last::when(last));
            out.flush_pending(io);
            let from_window = from_window.min(len);
            if from_window != 0 {
                let start = self.block_start as usize;
                io.write(&self.window[start..start + from_window]);
                self.block_start += from_window as isize;
            }
            passed.add(io.pass(len - from_window));
            if last {
                return true;
            }
        }
    }

    /// Takes the bytes that were copied past the window into it.
    fn keep_history(&mut self, passed: &Passed) {
        let w_size = self.w_size();
        if passed.count >= w_size {
            self.pending_slides = 2;
            self.strstart = 0;
            self.insert = 0;
        } else if self.window.capacity() - self.strstart <= passed.count {
            self.slide_stored();
        }
        for data in passed.last_bytes(w_size) {
            self.window.write(self.strstart, data);
            self.appended(data.len());
        }
        self.block_start = self.strstart as isize;
    }

    /// Moves the upper half of the buffer to the lower one; the chains follow later.
    fn slide_stored(&mut self) {
        let w_size = self.w_size();
        self.window.copy_within(w_size..self.strstart, 0);
        self.strstart -= w_size;
        self.insert = self.insert.min(self.strstart);
        self.pending_slides = (self.pending_slides + 1).min(2);
    }

    /// So many bytes were appended to the window.
    fn appended(&mut self, count: usize) {
        self.strstart += count;
        self.insert += count.min(self.w_size() - self.insert);
    }

    /// Fills the window with input.
    fn collect(&mut self, io: &mut Io) {
        let w_size = self.w_size();
        let mut room = self.window.capacity() - self.strstart;
        if io.input.avail() > room && self.block_start >= w_size as isize {
            self.block_start -= w_size as isize;
            self.slide_stored();
            room += w_size;
        }
        let count = io.input.avail().min(room);
        if count != 0 {
            self.window
                .write_with(self.strstart, count, |room| io.read(room));
            self.appended(count);
        }
    }

    /// Makes a block of what the window has collected, if it is large enough or if a flush asks for
    /// it and it fits. Returns true if it was the last one of the stream.
    fn store_collected(&mut self, io: &mut Io, out: &mut Output, flush: Flush) -> bool {
        let room = (out.capacity() - block::stored_header_len(out)).min(MAX_STORED);
        let worthy = room.min(self.w_size());
        let collected = self.collected();
        let asked_for = (collected != 0 || flush == Flush::Finish)
            && flush != Flush::No
            && io.input.avail() == 0
            && collected <= room;
        if collected < worthy && !asked_for {
            return false;
        }
        let len = collected.min(room);
        let last = flush == Flush::Finish && io.input.avail() == 0 && len == collected;
        let start = self.block_start as usize;
        block::stored_header(out, len, Last::when(last));
        out.put_bytes(&self.window[start..start + len]);
        self.block_start += len as isize;
        out.flush_pending(io);
        last
    }
}
