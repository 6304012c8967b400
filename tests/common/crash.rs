//! Tells which test data a crash belongs to: a signal ends the process before any report.
// Signal handlers and write(2) are C.
#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::ffi::c_int;
use std::sync::Once;

/// Bytes kept of a note.
const NOTE_LEN: usize = 200;

/// A note of fixed size, so that a signal handler can read it without allocating.
struct Note(UnsafeCell<[u8; NOTE_LEN]>);

thread_local! {
    static NOTE: Note = const { Note(UnsafeCell::new([0; NOTE_LEN])) };
}

/// Says what this thread is about to do; printed if it crashes. Cheap.
pub fn note(text: &str) {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(install);
    NOTE.with(|note| {
        let len = text.len().min(NOTE_LEN - 1);
        // SAFETY: only this thread's code and its signal handler, which does not return to
        // it, refer to the note, and no reference to it outlives a call.
        let bytes = unsafe { &mut *note.0.get() };
        bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
        bytes[len..].fill(0);
    });
}

fn install() {
    let handler = report as extern "C" fn(c_int) as libc::sighandler_t;
    for signal in [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGABRT,
        libc::SIGFPE,
        libc::SIGILL,
    ] {
        // SAFETY: the handler only uses functions that are safe in a signal handler.
        unsafe { libc::signal(signal, handler) };
    }
}

extern "C" fn report(signal: c_int) {
    let say = |bytes: &[u8]| {
        // SAFETY: write(2) may be called in a signal handler; the slice is valid.
        unsafe { libc::write(2, bytes.as_ptr().cast(), bytes.len()) };
    };
    say(b"\ncrash in: ");
    NOTE.with(|note| {
        // SAFETY: the handler runs on the thread that owns the note and interrupts it.
        let bytes = unsafe { &*note.0.get() };
        say(bytes.split(|&byte| byte == 0).next().unwrap_or(&[]));
    });
    say(b"\n");
    // SAFETY: restores the default action, which ends the process with this signal.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
}
