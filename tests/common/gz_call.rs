//! The calls that a program makes for a gz file, as data.
#![forbid(unsafe_code)]

use std::ffi::c_int;

/// A call, but for the file. What is written is made of a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GzCall {
    Buffer {
        size: u32,
    },
    Read {
        len: u32,
    },
    ReadItems {
        size: usize,
        count: usize,
    },
    GetLine {
        len: c_int,
    },
    GetByte,
    /// gzgetc as the macro does it.
    GetByteByMacro,
    UngetByte {
        byte: c_int,
    },
    Direct,
    Write {
        len: u32,
        seed: u64,
    },
    WriteItems {
        size: usize,
        count: usize,
        seed: u64,
    },
    PutText {
        len: usize,
        seed: u64,
    },
    PutByte {
        byte: c_int,
    },
    /// gzprintf with as many bytes of text, and numbers.
    Print {
        len: usize,
        number: i64,
    },
    Flush {
        flush: c_int,
    },
    SetParams {
        level: c_int,
        strategy: c_int,
    },
    Seek {
        offset: i64,
        whence: c_int,
    },
    Seek64 {
        offset: i64,
        whence: c_int,
    },
    Rewind,
    Tell64,
    Offset,
    ClearError,
    /// gzclose_r for a file that is written, gzclose_w for one that is read.
    CloseWrong,
    /// Not a call: another program writes to the file's end.
    Grow {
        len: usize,
        seed: u64,
    },
    /// gzclose, and by its kind's own name.
    Close,
    CloseByKind,
}

impl GzCall {
    /// The name that statistics count it under.
    pub fn name(&self) -> &'static str {
        match self {
            GzCall::Buffer { .. } => "gzbuffer",
            GzCall::Read { .. } => "gzread",
            GzCall::ReadItems { .. } => "gzfread",
            GzCall::GetLine { .. } => "gzgets",
            GzCall::GetByte => "gzgetc",
            GzCall::GetByteByMacro => "gzgetc (macro)",
            GzCall::UngetByte { .. } => "gzungetc",
            GzCall::Direct => "gzdirect",
            GzCall::Write { .. } => "gzwrite",
            GzCall::WriteItems { .. } => "gzfwrite",
            GzCall::PutText { .. } => "gzputs",
            GzCall::PutByte { .. } => "gzputc",
            GzCall::Print { .. } => "gzprintf",
            GzCall::Flush { .. } => "gzflush",
            GzCall::SetParams { .. } => "gzsetparams",
            GzCall::Seek { .. } => "gzseek",
            GzCall::Seek64 { .. } => "gzseek64",
            GzCall::Rewind => "gzrewind",
            GzCall::Tell64 => "gztell64",
            GzCall::Offset => "gzoffset",
            GzCall::ClearError => "gzclearerr",
            GzCall::CloseWrong => "gzclose of the other kind",
            GzCall::Grow { .. } => "file grown",
            GzCall::Close => "gzclose",
            GzCall::CloseByKind => "gzclose_r or _w",
        }
    }
}
