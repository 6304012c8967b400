//! The zlib format (RFC 1950): the header.
#![forbid(unsafe_code)]

/// CM of the compression method deflate.
pub(crate) const METHOD_DEFLATE: u16 = 8;
/// CINFO is the base-2 logarithm of the window size, minus this.
pub(crate) const CINFO_BASE: u16 = 8;
/// The FDICT bit of FLG.
pub(crate) const PRESET_DICTIONARY: u16 = 0x20;
/// CMF * 256 + FLG must be a multiple of this.
pub(crate) const HEADER_MULTIPLE: u16 = 31;

/// The two bytes of the header: CMF, then FLG with FLEVEL (0 fastest .. 3 slowest), FDICT and
/// FCHECK. `window_bits` is 8..=15.
/// Source: RFC 1950 2.2.
pub(crate) fn header(window_bits: u8, flevel: u16, preset_dictionary: bool) -> [u8; 2] {
    let cmf = METHOD_DEFLATE + ((u16::from(window_bits) - CINFO_BASE) << 4);
    let flags = (flevel << 6)
        | if preset_dictionary {
            PRESET_DICTIONARY
        } else {
            0
        };
    let header = (cmf << 8) | flags;
    (header + HEADER_MULTIPLE - header % HEADER_MULTIPLE).to_be_bytes()
}

#[cfg(test)]
#[path = "../../tests/unit/format_zlib.rs"]
mod tests;
