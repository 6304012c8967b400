//! Reads the header and the trailer of zlib and gzip streams, as far as the input goes.
//!
//! Each phase takes what it needs whole or waits for it; `state.rs` lists them. Fields of a
//! gzip header go to the caller's gz_header as they come. Where zlib compares all the bits it
//! holds, which inflatePrime can have made more than the field's, so does this.
#![forbid(unsafe_code)]

use core::ffi::c_ulong;

use crate::buf::InBuf;
use crate::checksum::check::Check;
use crate::error::Halt;
use crate::format::gzip::{
    FCOMMENT, FEXTRA, FHCRC, FNAME, FTEXT, HeaderField, HeaderSink, MAGIC, OptionalField,
    RESERVED_FLAGS,
};
use crate::format::zlib::{CINFO_BASE, HEADER_MULTIPLE, METHOD_DEFLATE, PRESET_DICTIONARY};
use crate::inflate::decode::careful::BlockMode;
use crate::inflate::state::{Header, Phase, State, WRAP_CHECK, WRAP_GZIP, WRAP_ZLIB, Wrapper};
use crate::io::Io;

/// The sink for a gzip header's fields, if the caller wants them.
pub(crate) type Fields<'a> = Option<&'a mut dyn HeaderSink>;

/// Windows are of 2^15 bytes at most; a gzip stream's is always taken to be.
const MAX_WINDOW_BITS: u8 = 15;
/// ID1 and ID2 as they are read.
const GZIP_ID: u64 = u16::from_le_bytes([MAGIC[0], MAGIC[1]]) as u64;
/// CM in the low bits of CMF, or of FLG * 256 + CM.
const METHOD_MASK: u64 = 0xf;

/// Tells the caller of a field.
fn tell(fields: &mut Fields, field: HeaderField) {
    if let Some(fields) = fields {
        fields.set(field);
    }
}

/// Takes the header from the present phase on until Blocks is reached, or what ends the call.
#[inline(never)]
pub(crate) fn read_header(state: &mut State, io: &mut Io, fields: &mut Fields) -> Result<(), Halt> {
    while state.wrapper.phase < Phase::Blocks {
        match state.wrapper.phase {
            Phase::Head => head(state, io, fields)?,
            Phase::DictId => dictionary_id(state, io)?,
            Phase::Dict => dictionary(state, io)?,
            _ => gzip_field(state, io, fields)?,
        }
    }
    Ok(())
}

/// The first 2 bytes, which tell the wrapper. Source: RFC 1950 2.2, RFC 1952 2.3.1.
fn head(state: &mut State, io: &mut Io, fields: &mut Fields) -> Result<(), Halt> {
    let (wrapper, bits) = (&mut state.wrapper, &mut state.decoder.bits);
    if wrapper.wrap == 0 {
        wrapper.phase = Phase::Blocks;
        state.decoder.mode = BlockMode::TypeDo;
        return Ok(());
    }
    bits.need(16, &mut io.input)?;
    let hold = bits.hold;
    if wrapper.wrap & WRAP_GZIP != 0 && hold == GZIP_ID {
        if state.window.bits == 0 {
            state.window.bits = MAX_WINDOW_BITS;
        }
        wrapper.check = Check::Crc32.update(Check::Crc32.initial(), &MAGIC[..2]) as u32;
        bits.clear();
        wrapper.phase = Phase::Flags;
        return Ok(());
    }
    tell(fields, HeaderField::NoHeader);
    let multiple = ((hold & 0xff) << 8) + (hold >> 8);
    if wrapper.wrap & WRAP_ZLIB == 0 || !multiple.is_multiple_of(HEADER_MULTIPLE.into()) {
        return Err(Halt::Damaged(&c"incorrect header check"));
    }
    if hold & METHOD_MASK != METHOD_DEFLATE.into() {
        return Err(Halt::Damaged(&c"unknown compression method"));
    }
    bits.consume(4);
    let window_bits = (bits.peek(4) + u32::from(CINFO_BASE)) as u8;
    if state.window.bits == 0 {
        state.window.bits = window_bits;
    }
    if window_bits > MAX_WINDOW_BITS || window_bits > state.window.bits {
        return Err(Halt::Damaged(&c"invalid window size"));
    }
    wrapper.header = Header::Zlib;
    set_check(wrapper, io, Check::Adler32);
    if hold & u64::from(PRESET_DICTIONARY) << 8 != 0 {
        wrapper.phase = Phase::DictId;
    } else {
        wrapper.phase = Phase::Blocks;
        state.decoder.mode = BlockMode::Type;
    }
    bits.clear();
    Ok(())
}

/// Begins the check value of the data.
fn set_check(wrapper: &mut Wrapper, io: &mut Io, check: Check) {
    io.adler = check.initial();
    wrapper.check = io.adler as u32;
}

fn dictionary_id(state: &mut State, io: &mut Io) -> Result<(), Halt> {
    let bits = &mut state.decoder.bits;
    bits.need(32, &mut io.input)?;
    state.wrapper.check = (bits.hold as u32).swap_bytes();
    io.adler = c_ulong::from(state.wrapper.check);
    bits.clear();
    state.wrapper.phase = Phase::Dict;
    Ok(())
}

fn dictionary(state: &mut State, io: &mut Io) -> Result<(), Halt> {
    if !state.wrapper.have_dictionary {
        return Err(Halt::NeedDictionary);
    }
    set_check(&mut state.wrapper, io, Check::Adler32);
    state.wrapper.phase = Phase::Blocks;
    state.decoder.mode = BlockMode::Type;
    Ok(())
}

/// One field of a gzip header.
fn gzip_field(state: &mut State, io: &mut Io, fields: &mut Fields) -> Result<(), Halt> {
    let (wrapper, bits) = (&mut state.wrapper, &mut state.decoder.bits);
    let bits_needed = match wrapper.phase {
        Phase::Flags | Phase::Os => 16,
        Phase::ExtraLen if wrapper.header.has(FEXTRA) => 16,
        Phase::HeaderCrc if wrapper.header.has(FHCRC) => 16,
        Phase::Time => 32,
        _ => 0,
    };
    bits.need(bits_needed, &mut io.input)?;
    let hold = bits.hold;
    match wrapper.phase {
        Phase::Flags => {
            // Without any bit set, zlib cannot tell the flags from those of a zlib header, and
            // with all of them (inflatePrime can set those of the next bytes, too) from those of
            // no header. Both are errors here, but inflateSync may go on from them.
            wrapper.header = match hold as u32 {
                0 => Header::Zlib,
                u32::MAX => Header::None,
                flags => Header::Gzip(flags),
            };
            if hold & 0xff != METHOD_DEFLATE.into() {
                return Err(Halt::Damaged(&c"unknown compression method"));
            }
            if hold as u32 & RESERVED_FLAGS != 0 {
                return Err(Halt::Damaged(&c"unknown header flags set"));
            }
            tell(fields, HeaderField::Text(wrapper.header.has(FTEXT)));
            wrapper.phase = Phase::Time;
        }
        Phase::Time => {
            tell(fields, HeaderField::Time(hold));
            wrapper.phase = Phase::Os;
        }
        Phase::Os => {
            tell(fields, HeaderField::FlagsAndOs(hold));
            wrapper.phase = Phase::ExtraLen;
        }
        Phase::ExtraLen => {
            if wrapper.header.has(FEXTRA) {
                wrapper.field = hold as u32;
                tell(fields, HeaderField::ExtraLen(hold as u32));
            } else {
                tell(fields, HeaderField::Absent(OptionalField::Extra));
            }
            wrapper.phase = Phase::Extra;
        }
        Phase::Extra => return extra_field(wrapper, io, fields),
        Phase::Name | Phase::Comment => return text_field(wrapper, io, fields),
        _ => {
            let compared = wrapper.wrap & WRAP_CHECK != 0 && wrapper.header.has(FHCRC);
            if compared && hold != (wrapper.check & 0xffff).into() {
                return Err(Halt::Damaged(&c"header crc mismatch"));
            }
            tell(fields, HeaderField::Complete(wrapper.header.has(FHCRC)));
            if wrapper.header.has(FHCRC) {
                bits.clear();
            }
            set_check(wrapper, io, Check::Crc32);
            wrapper.phase = Phase::Blocks;
            state.decoder.mode = BlockMode::Type;
            return Ok(());
        }
    }
    if bits_needed != 0 {
        let bytes = hold.to_le_bytes();
        add_to_header_crc(wrapper, &bytes[..bits_needed as usize / 8]);
        bits.clear();
    }
    Ok(())
}

/// Adds bytes of the header to its CRC, if it has one that is compared.
fn add_to_header_crc(wrapper: &mut Wrapper, bytes: &[u8]) {
    if wrapper.header.has(FHCRC) && wrapper.wrap & WRAP_CHECK != 0 {
        wrapper.check = Check::Crc32.update(wrapper.check.into(), bytes) as u32;
    }
}

fn extra_field(wrapper: &mut Wrapper, io: &mut Io, fields: &mut Fields) -> Result<(), Halt> {
    if wrapper.header.has(FEXTRA) {
        let data = io.input.take(wrapper.field as usize);
        if let (Some(fields), false) = (fields, data.is_empty()) {
            fields.extra(wrapper.field, data);
        }
        add_to_header_crc(wrapper, data);
        wrapper.field -= data.len() as u32;
        if wrapper.field != 0 {
            return Err(Halt::Wait);
        }
    }
    wrapper.field = 0;
    wrapper.phase = Phase::Name;
    Ok(())
}

/// File name or comment: all bytes up to a zero byte.
fn text_field(wrapper: &mut Wrapper, io: &mut Io, fields: &mut Fields) -> Result<(), Halt> {
    let (field, flag, next) = match wrapper.phase {
        Phase::Name => (OptionalField::Name, FNAME, Phase::Comment),
        _ => (OptionalField::Comment, FCOMMENT, Phase::HeaderCrc),
    };
    if wrapper.header.has(flag) {
        let waiting = io.input.rest();
        let end = waiting.iter().position(|&byte| byte == 0);
        let data = io.input.take(end.map_or(waiting.len(), |zero| zero + 1));
        if let Some(fields) = fields {
            wrapper.field = fields.append(field, wrapper.field, data);
        }
        add_to_header_crc(wrapper, data);
        if end.is_none() {
            return Err(Halt::Wait);
        }
    } else {
        tell(fields, HeaderField::Absent(field));
    }
    wrapper.phase = next;
    wrapper.field = 0;
    Ok(())
}

/// The trailer, from the present phase on until the stream is complete.
/// Source: RFC 1950 2.2, RFC 1952 2.3.1.
#[inline(never)]
pub(crate) fn read_trailer(state: &mut State, input: &mut InBuf) -> Result<(), Halt> {
    let (wrapper, bits) = (&mut state.wrapper, &mut state.decoder.bits);
    let is_gzip = matches!(wrapper.header, Header::Gzip(_));
    let compared = wrapper.wrap & WRAP_CHECK != 0;
    if wrapper.phase == Phase::Check {
        if wrapper.wrap != 0 {
            bits.need(32, input)?;
            let check = if is_gzip {
                bits.hold
            } else {
                (bits.hold as u32).swap_bytes().into()
            };
            if compared && check != wrapper.check.into() {
                return Err(Halt::Damaged(&c"incorrect data check"));
            }
            bits.clear();
        }
        wrapper.phase = Phase::Length;
    }
    if wrapper.phase == Phase::Length {
        if wrapper.wrap != 0 && is_gzip {
            bits.need(32, input)?;
            if compared && bits.hold != wrapper.total.into() {
                return Err(Halt::Damaged(&c"incorrect length check"));
            }
            bits.clear();
        }
        wrapper.phase = Phase::Done;
    }
    Ok(())
}
