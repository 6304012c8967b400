//! Parses the mode string of gzopen and gzdopen.
//!
//! | character | meaning |
//! | --- | --- |
//! | r, w, a | read; write; append. The last one counts, and there must be one |
//! | 0..9 | level |
//! | f, h, R, F | strategy: filtered, Huffman only, RLE, fixed |
//! | T | write without compression; refused for reading |
//! | G | read gzip files only; refused for writing. The last of T and G counts |
//! | x | fail if the file exists (O_EXCL) |
//! | e | close on exec (O_CLOEXEC) |
//! | N | do not block (O_NONBLOCK) |
//! | + | refused |
//!
//! All other characters, such as 'b', are ignored. Source: zlib.h, gzopen; zlib 1.3.2 gzlib.c.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::deflate::config::Z_DEFAULT_COMPRESSION;

/// What the file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reading.
    Read,
    /// Writing from the start, discarding what the file holds.
    Write,
    /// Writing at the end of the file.
    Append,
}

/// Whether the file is plain, that is, not compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direct {
    /// Gzip; for reading, once a member has begun.
    No,
    /// Plain. A file for reading counts as plain until it has been examined, because an empty
    /// file is.
    Yes,
    /// For reading: gzip, whatever the file looks like.
    GzipOnly,
}

/// A parsed mode string.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenMode {
    /// What the file is opened for.
    pub purpose: Purpose,
    /// -1 or 0..=9.
    pub level: c_int,
    /// Z_DEFAULT_STRATEGY..=Z_FIXED.
    pub strategy: c_int,
    /// Whether the file is plain.
    pub direct: Direct,
    /// O_EXCL.
    pub exclusive: bool,
    /// O_CLOEXEC.
    pub close_on_exec: bool,
    /// O_NONBLOCK.
    pub non_blocking: bool,
}

impl OpenMode {
    /// Parses `text`; None where zlib refuses it.
    pub(crate) fn parse(text: &[u8]) -> Option<OpenMode> {
        let mut purpose = None;
        let mut direct = Direct::No;
        let mut mode = OpenMode {
            purpose: Purpose::Read,
            level: Z_DEFAULT_COMPRESSION,
            strategy: 0,
            direct,
            exclusive: false,
            close_on_exec: false,
            non_blocking: false,
        };
        for &letter in text {
            match letter {
                b'0'..=b'9' => mode.level = c_int::from(letter - b'0'),
                b'r' => purpose = Some(Purpose::Read),
                b'w' => purpose = Some(Purpose::Write),
                b'a' => purpose = Some(Purpose::Append),
                b'+' => return None,
                b'x' => mode.exclusive = true,
                b'e' => mode.close_on_exec = true,
                b'N' => mode.non_blocking = true,
                b'T' => direct = Direct::Yes,
                b'G' => direct = Direct::GzipOnly,
                b'f' => mode.strategy = 1, // Z_FILTERED
                b'h' => mode.strategy = 2, // Z_HUFFMAN_ONLY
                b'R' => mode.strategy = 3, // Z_RLE
                b'F' => mode.strategy = 4, // Z_FIXED
                _ => {}
            }
        }
        mode.purpose = purpose?;
        mode.direct = match (mode.purpose, direct) {
            (Purpose::Read, Direct::Yes) => return None,
            (Purpose::Read, Direct::No) => Direct::Yes,
            (Purpose::Write | Purpose::Append, Direct::GzipOnly) => return None,
            (_, direct) => direct,
        };
        Some(mode)
    }
}

#[cfg(test)]
#[path = "../../tests/unit/gz_mode.rs"]
mod tests;
