//! The position in a file: gzseek, gztell, gzoffset, gzeof.
//!
//! Positions count uncompressed bytes. A seek forward only notes the distance (`Common::skip`);
//! the next call that needs data skips it, or writes zeros. A seek backward, for reading only,
//! returns to the start of the file and skips from there. In a plain file that is read, a seek
//! moves the descriptor.
//!
//! Source: zlib.h; zlib 1.3.2 gzlib.c. zlib also looks at "past the end" in files for writing,
//! where it never sets it; here only a reader has it.
#![forbid(unsafe_code)]

use super::file::GzFile;
use super::member::Stage;
use super::os::Whence;

/// How far the position is past the last byte read or written.
fn pending_skip(file: &GzFile) -> i64 {
    match file {
        GzFile::Reading(reader) if reader.past => 0,
        _ => file.common().skip,
    }
}

/// gzseek: the new position; None after an error, relative to the end of the file, to before its
/// start, or backward in a file for writing.
pub(crate) fn seek(file: &mut GzFile, offset: i64, whence: Whence) -> Option<i64> {
    if file.common().error.is_serious() {
        return None;
    }
    let mut offset = match whence {
        Whence::Start => offset.checked_sub(file.common().pos)?,
        Whence::Current => {
            let skip = pending_skip(file);
            file.common_mut().skip = 0;
            offset.checked_add(skip)?
        }
        Whence::End => return None,
    };
    if let GzFile::Reading(reader) = file {
        let target = reader.common.pos.checked_add(offset)?;
        if reader.members.stage == Stage::Copy && target >= 0 {
            return reader.seek_copied(offset);
        }
    }
    if offset < 0 {
        let GzFile::Reading(reader) = file else {
            return None;
        };
        offset = offset.checked_add(reader.common.pos)?;
        if offset < 0 || reader.rewind().is_err() {
            return None;
        }
    }
    if let GzFile::Reading(reader) = file {
        offset = reader.skip_buffered(offset);
    }
    let common = file.common_mut();
    common.skip = offset;
    common.pos.checked_add(offset)
}

/// gztell: the position.
pub(crate) fn tell(file: &GzFile) -> i64 {
    file.common().pos.wrapping_add(pending_skip(file))
}

/// gzoffset: the offset in the compressed file, not counting buffered input; None if the file
/// cannot seek.
pub(crate) fn offset(file: &GzFile) -> Option<i64> {
    let offset = file.common().file.seek(0, Whence::Current)?;
    let waiting = match file {
        GzFile::Reading(reader) => reader.members.source.input.len(),
        GzFile::Writing(_) => 0,
    };
    Some(offset - waiting as i64)
}

/// gzeof: whether a call has asked for bytes past the end.
pub(crate) fn is_past_end(file: &GzFile) -> bool {
    matches!(file, GzFile::Reading(reader) if reader.past)
}

#[cfg(test)]
#[path = "../../tests/unit/gz_seek.rs"]
mod tests;
