//! Keeps sequences to calls for which zlib's own behaviour is defined.
//!
//! These are the cases in which it is not (zlib 1.3.2, inflate.c and inffast.c):
//!
//! - inflate_fast gives whole bytes that it did not need back to next_in. It relies on
//!   holding less than 8 bits when it begins, and after inflatePrime there may be up to 32:
//!   then it gives back bytes that never were input, and next_in moves before its start.
//!   Here: as long as 8 or more bits may be held after inflatePrime, inflate gets less than
//!   258 bytes of room, with which inflate_fast is not used.
//! - inflateSync reads avail_in bytes at next_in without looking whether it is NULL.
//!   Here: not with a NULL next_in and avail_in above 0.
//! - windowBits of 0, 16 or 32 take the window from the header. inflateSync before any header
//!   makes the stream a raw one, with a window of 2^0 bytes. inflateReset2 to such windowBits
//!   keeps it, the next header sets another size, and zlib then writes beyond the window.
//!   Here: no inflateReset2 to such windowBits once inflateSync has gone well with them.
//! - inflateGetHeader writes to the header without looking whether it is NULL, and
//!   inflateSetDictionary reads a NULL dictionary. Neither is in a plan.

use crate::common::api::*;
use crate::plan::Action;
use std::ffi::c_int;

/// Room with which inflate_fast is not used, in bytes.
pub const SLOW_ROOM: usize = 257;

/// What is known about a stream's inside. A copy of a stream takes it over.
#[derive(Clone)]
pub struct Guard {
    /// Bits held, as far as the calls tell; never less than there are.
    held: u32,
    /// Some of them may be inflatePrime's and 8 or more.
    surplus: bool,
    /// The window's size comes from the header.
    from_header: bool,
    /// inflateSync went well since the window's size was set.
    synced: bool,
}

impl Guard {
    /// What is known after init.
    pub fn new(window_bits: c_int) -> Self {
        Guard {
            held: 0,
            surplus: false,
            from_header: from_header(window_bits),
            synced: false,
        }
    }

    /// True if zlib's behaviour is defined for an action on the stream. `null_input`: next_in
    /// is NULL and avail_in is not 0.
    pub fn allows(&self, action: &Action, null_input: bool) -> bool {
        match action {
            Action::Sync { .. } => !null_input,
            Action::Reset2(window_bits) | Action::Restart { window_bits, .. } => {
                !(from_header(*window_bits) && self.from_header && self.synced)
            }
            _ => true,
        }
    }

    /// True if inflate must not be given more than `SLOW_ROOM` bytes of room.
    pub fn slow(&self) -> bool {
        self.surplus
    }

    /// Notes a call of inflate, after which zlib told that it holds `held` bits.
    pub fn inflated(&mut self, code: c_int, held: u32) {
        // Other codes leave data_type as it was.
        if ![Z_STREAM_ERROR, Z_NEED_DICT, Z_MEM_ERROR].contains(&code) {
            self.held = held;
            self.surplus &= held >= 8;
        } else {
            // At most what one header field takes is read before these.
            self.held += 32;
        }
    }

    /// Notes an inflatePrime that went well.
    pub fn primed(&mut self, bits: c_int) {
        if bits < 0 {
            (self.held, self.surplus) = (0, false);
        } else if bits > 0 {
            self.held += bits as u32;
            self.surplus |= self.held >= 8;
        }
    }

    /// Notes a reset that went well, with new windowBits if there are any.
    pub fn reset(&mut self, window_bits: Option<c_int>) {
        (self.held, self.surplus) = (0, false);
        if let Some(window_bits) = window_bits {
            self.from_header = from_header(window_bits);
            self.synced = false;
        }
    }

    /// Notes a call of inflateSync.
    pub fn sync(&mut self, code: c_int) {
        if code == Z_OK {
            self.reset(None);
            self.synced = true;
        }
    }
}

/// True if these windowBits leave the window's size to the header.
fn from_header(window_bits: c_int) -> bool {
    [0, 16, 32].contains(&window_bits)
}
