//! Writes the headers and trailers of the zlib and gzip formats.
//!
//! A gzip header can be longer than the pending buffer, so it is written in pieces, each with a
//! status of its own in which it can be resumed. Compression starts only when the whole header has
//! left the pending buffer (`engine.rs`: an engine begins with an empty one).
//!
//! While a gzip header with FHCRC is written, `adler` holds the header's CRC-32.
#![forbid(unsafe_code)]

use core::ffi::c_ulong;

use super::config::{Params, Wrap};
use super::state::{Stage, State, Status};
use crate::checksum::check::Check;
use crate::format::gzip::{self, GzipHeader, HeaderSource};
use crate::format::zlib;
use crate::io::Io;

/// Writes what is left of the header. Does nothing once the stream is busy. `header` gives what the
/// caller set with deflateSetHeader.
pub(crate) fn write_header(state: &mut State, io: &mut Io, header: &HeaderSource) -> Stage {
    match state.status {
        Status::Busy | Status::Finish => Ok(()),
        Status::Init if state.wrap == Wrap::Raw => {
            state.status = Status::Busy;
            Ok(())
        }
        Status::Init => write_zlib_header(state, io),
        Status::Gzip | Status::Extra | Status::Name | Status::Comment | Status::HeaderCrc => {
            write_gzip_header(state, io, header().as_ref())
        }
    }
}

/// The header is complete. The first block may be made once all of it has left.
fn start_compressing(state: &mut State, io: &mut Io) -> Stage {
    state.status = Status::Busy;
    send_header(state, io)
}

/// Source: RFC 1950 2.2; what FLEVEL says of each level is zlib's.
fn write_zlib_header(state: &mut State, io: &mut Io) -> Stage {
    let params = state.engine.params();
    let flevel = match params.level {
        _ if params.strategy.is_simple() => 0,
        0..2 => 0,
        2..6 => 1,
        6 => 2,
        _ => 3,
    };
    let preset_dictionary = state.engine.has_history();
    let header = zlib::header(params.window_bits, flevel, preset_dictionary);
    state.output.put_bytes(&header);
    if preset_dictionary {
        state.output.put_bytes(&(io.adler as u32).to_be_bytes());
    }
    io.adler = Check::Adler32.initial();
    start_compressing(state, io)
}

/// XFL. Source: RFC 1952 2.3.1; the levels are zlib's.
fn extra_flags(params: &Params) -> u8 {
    match params.level {
        9 => gzip::XFL_SLOWEST,
        level if params.strategy.is_simple() || level < 2 => gzip::XFL_FASTEST,
        _ => 0,
    }
}

/// Writes the fields from the present status on. A stream without a caller's header goes from the
/// fixed part to Busy at once.
fn write_gzip_header(state: &mut State, io: &mut Io, header: Option<&GzipHeader>) -> Stage {
    if state.status == Status::Gzip {
        write_fixed_part(state, io, header);
        if header.is_none() {
            return start_compressing(state, io);
        }
    }
    while state.status != Status::HeaderCrc {
        write_field(state, io, header)?;
    }
    if header.is_some_and(|h| h.hcrc) {
        let crc16 = (io.adler as u16).to_le_bytes();
        if state.output.room() < crc16.len() {
            send_header(state, io)?;
        }
        state.output.put_bytes(&crc16);
        io.adler = Check::Crc32.initial();
    }
    start_compressing(state, io)
}

/// Everything before the optional fields, and XLEN.
fn write_fixed_part(state: &mut State, io: &mut Io, header: Option<&GzipHeader>) {
    io.adler = Check::Crc32.initial();
    let begin = state.output.pending();
    let xfl = extra_flags(state.engine.params());
    let (flags, time, os) = match header {
        Some(h) => (h.flags(), h.time, h.os),
        None => (0, 0, gzip::OS_UNIX),
    };
    state.output.put_bytes(&gzip::MAGIC);
    state.output.put_bytes(&[flags]);
    state.output.put_bytes(&time.to_le_bytes());
    state.output.put_bytes(&[xfl, os]);
    if let Some(h) = header {
        if h.extra.is_some() {
            state.output.put_bytes(&(h.extra_len as u16).to_le_bytes());
        }
        add_to_header_crc(state, io, header, begin);
        state.gzip_index = 0;
        state.status = Status::Extra;
    }
}

/// Writes the rest of the status's optional field, in pieces of what the pending buffer has room
/// for.
fn write_field(state: &mut State, io: &mut Io, header: Option<&GzipHeader>) -> Stage {
    let (field, next) = match state.status {
        Status::Extra => (header.and_then(|h| h.extra), Status::Name),
        Status::Name => (header.and_then(|h| h.name), Status::Comment),
        _ => (header.and_then(|h| h.comment), Status::HeaderCrc),
    };
    let bytes = field.unwrap_or_default();
    // The caller may have changed the field since the call before.
    let mut left = bytes.get(state.gzip_index..).unwrap_or_default();
    loop {
        let begin = state.output.pending();
        let count = left.len().min(state.output.room());
        state.output.put_bytes(&left[..count]);
        add_to_header_crc(state, io, header, begin);
        state.gzip_index += count;
        left = &left[count..];
        if left.is_empty() {
            state.gzip_index = 0;
            state.status = next;
            return Ok(());
        }
        send_header(state, io)?;
    }
}

/// Empties the pending buffer of what it has of the header, or ends the call.
fn send_header(state: &mut State, io: &mut Io) -> Stage {
    state.output.flush_pending(io);
    if state.output.pending() != 0 {
        return state.out_of_room();
    }
    Ok(())
}

/// Adds the pending bytes from `begin` on to the header's CRC, if it has one.
fn add_to_header_crc(state: &State, io: &mut Io, header: Option<&GzipHeader>, begin: usize) {
    if header.is_some_and(|h| h.hcrc) {
        io.adler = Check::Crc32.update(io.adler, state.output.pending_from(begin));
    }
}

/// Writes the trailer: Adler-32, or CRC-32 and ISIZE. ISIZE is `total_in`, which the caller may
/// have changed: zlib takes it from there too.
/// Source: RFC 1950 2.2, RFC 1952 2.3.1.
pub(crate) fn write_trailer(state: &mut State, io: &mut Io) {
    let check = io.adler as u32;
    if state.wrap == Wrap::Gzip {
        state.output.put_bytes(&check.to_le_bytes());
        let isize = (io.total_in & c_ulong::from(u32::MAX)) as u32;
        state.output.put_bytes(&isize.to_le_bytes());
    } else {
        state.output.put_bytes(&check.to_be_bytes());
    }
    state.output.flush_pending(io);
    state.trailer_done = true;
}
