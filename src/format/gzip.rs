//! The gzip format (RFC 1952): the fields and flags of the header.
#![forbid(unsafe_code)]

/// ID1, ID2 and CM (deflate).
pub(crate) const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
/// FLG bit: the file is probably text.
pub(crate) const FTEXT: u8 = 1;
/// FLG bit: a CRC-16 of the header is present.
pub(crate) const FHCRC: u8 = 2;
/// FLG bit: an extra field is present.
pub(crate) const FEXTRA: u8 = 4;
/// FLG bit: a file name is present.
pub(crate) const FNAME: u8 = 8;
/// FLG bit: a comment is present.
pub(crate) const FCOMMENT: u8 = 16;
/// XFL: compressed with maximum effort.
pub(crate) const XFL_SLOWEST: u8 = 2;
/// XFL: compressed with least effort.
pub(crate) const XFL_FASTEST: u8 = 4;
/// OS: Unix.
pub(crate) const OS_UNIX: u8 = 3;
/// Bytes of header and trailer when there are no optional fields.
pub(crate) const WRAPPER_LEN: usize = 18;

/// The header that a caller sets with deflateSetHeader.
pub(crate) struct GzipHeader<'a> {
    /// Whether to set FTEXT.
    pub text: bool,
    /// MTIME, seconds since 1970.
    pub time: u32,
    /// OS.
    pub os: u8,
    /// The bytes of the extra field to write. XLEN has 16 bits, so of a longer field this is the
    /// caller's length modulo 65536, as in zlib.
    pub extra: Option<&'a [u8]>,
    /// Length of the extra field as the caller gave it.
    pub extra_len: u32,
    /// File name with its terminating NUL.
    pub name: Option<&'a [u8]>,
    /// Comment with its terminating NUL.
    pub comment: Option<&'a [u8]>,
    /// Whether to set FHCRC and write the CRC-16.
    pub hcrc: bool,
}

/// Returns the caller's header, or None for the default one. It is called only when the header
/// is written, because the caller may not have filled it in before.
pub(crate) type HeaderSource<'a> = dyn Fn() -> Option<GzipHeader<'a>> + 'a;

impl<'a> GzipHeader<'a> {
    /// FLG.
    pub(crate) fn flags(&self) -> u8 {
        let bit = |set: bool, flag: u8| if set { flag } else { 0 };
        bit(self.text, FTEXT)
            | bit(self.hcrc, FHCRC)
            | bit(self.extra.is_some(), FEXTRA)
            | bit(self.name.is_some(), FNAME)
            | bit(self.comment.is_some(), FCOMMENT)
    }

    /// Length of the optional fields as zlib counts it, with the caller's length of the extra
    /// field in 32 bits.
    pub(crate) fn optional_len(&self) -> usize {
        let extra = self.extra.map_or(0, |_| self.extra_len.wrapping_add(2));
        let text = |field: Option<&[u8]>| field.map_or(0, <[u8]>::len);
        extra as usize + text(self.name) + text(self.comment) + if self.hcrc { 2 } else { 0 }
    }
}

/// The reserved bits of FLG in FLG * 256 + CM.
pub(crate) const RESERVED_FLAGS: u32 = 0xe000;

/// What inflate has read of a gzip header. A number with more bits than its field is truncated as
/// in zlib.
pub(crate) enum HeaderField {
    /// FTEXT.
    Text(bool),
    /// MTIME.
    Time(u64),
    /// XFL in the low byte, OS above it.
    FlagsAndOs(u64),
    /// XLEN.
    ExtraLen(u32),
    /// There is no such field.
    Absent(OptionalField),
    /// The header is complete; whether it had FHCRC.
    Complete(bool),
    /// The stream has no gzip header.
    NoHeader,
}

/// A field that a gzip header may have or not.
#[derive(Clone, Copy)]
pub(crate) enum OptionalField {
    /// The extra field.
    Extra,
    /// The file name.
    Name,
    /// The comment.
    Comment,
}

/// Receives a gzip header as inflate reads it (inflateGetHeader).
pub(crate) trait HeaderSink {
    /// All of a field but the bytes of an optional one.
    fn set(&mut self, field: HeaderField);
    /// The next bytes of the extra field; `left` bytes of it were missing before.
    fn extra(&mut self, left: u32, data: &[u8]);
    /// The next bytes of a field after `stored` bytes; returns how many are stored now.
    fn append(&mut self, field: OptionalField, stored: u32, data: &[u8]) -> u32;
}

#[cfg(test)]
#[path = "../../tests/unit/format_gzip.rs"]
mod tests;
