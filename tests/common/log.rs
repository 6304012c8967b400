//! The calls made so far, and the report of the first difference.
#![forbid(unsafe_code)]

use super::api::code_name;
use super::gz_call::GzCall;
use std::ffi::c_int;
use std::fmt;

/// Parameters of deflateInit2_.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub level: c_int,
    pub window_bits: c_int,
    pub mem_level: c_int,
    pub strategy: c_int,
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings {
            level,
            window_bits,
            mem_level,
            strategy,
        } = self;
        write!(
            f,
            "level {level}, windowBits {window_bits}, memLevel {mem_level}, strategy {strategy}"
        )
    }
}

/// A member of z_stream that programs change between calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    TotalIn,
    TotalOut,
    Adler,
    DataType,
}

/// A call of inflate's half made on both libraries, with what is worth reading of its
/// arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InflateCall {
    Init { window_bits: c_int },
    Inflate { flush: c_int },
    Sync,
    Prime { bits: c_int, value: c_int },
    SetDictionary { len: usize },
    GetDictionary { buffer: bool, length: bool },
    GetHeader,
    Copy,
    Reset,
    Reset2 { window_bits: c_int },
    ResetKeep,
    Validate { check: c_int },
    Undermine { subvert: c_int },
    End,
}

impl InflateCall {
    fn name(&self) -> &'static str {
        match self {
            InflateCall::Init { .. } => "inflateInit2_",
            InflateCall::Inflate { .. } => "inflate",
            InflateCall::Sync => "inflateSync",
            InflateCall::Prime { .. } => "inflatePrime",
            InflateCall::SetDictionary { .. } => "inflateSetDictionary",
            InflateCall::GetDictionary { .. } => "inflateGetDictionary",
            InflateCall::GetHeader => "inflateGetHeader",
            InflateCall::Copy => "inflateCopy",
            InflateCall::Reset => "inflateReset",
            InflateCall::Reset2 { .. } => "inflateReset2",
            InflateCall::ResetKeep => "inflateResetKeep",
            InflateCall::Validate { .. } => "inflateValidate",
            InflateCall::Undermine { .. } => "inflateUndermine",
            InflateCall::End => "inflateEnd",
        }
    }
}

impl fmt::Display for InflateCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            InflateCall::Init { window_bits } | InflateCall::Reset2 { window_bits } => {
                write!(f, "{name}(windowBits {window_bits})")
            }
            InflateCall::Inflate { flush } => write!(f, "{name}({})", flush_name(*flush)),
            InflateCall::Prime { bits, value } => write!(f, "{name}({bits}, {value:#x})"),
            InflateCall::SetDictionary { len } => write!(f, "{name}({len} bytes)"),
            InflateCall::GetDictionary { buffer, length } => {
                write!(f, "{name}(buffer: {buffer}, length: {length})")
            }
            InflateCall::Validate { check: value } | InflateCall::Undermine { subvert: value } => {
                write!(f, "{name}({value})")
            }
            _ => write!(f, "{name}()"),
        }
    }
}

/// The name of a flush value.
fn flush_name(flush: c_int) -> String {
    const FLUSH: [&str; 7] = [
        "NO_FLUSH", "PARTIAL", "SYNC", "FULL", "FINISH", "BLOCK", "TREES",
    ];
    let known = usize::try_from(flush)
        .ok()
        .and_then(|index| FLUSH.get(index));
    known.map_or_else(|| flush.to_string(), ToString::to_string)
}

/// A call made on both libraries, with what is worth reading of its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Init(Settings),
    Deflate {
        flush: c_int,
    },
    Params {
        level: c_int,
        strategy: c_int,
    },
    Tune {
        good: c_int,
        lazy: c_int,
        nice: c_int,
        chain: c_int,
    },
    Prime {
        bits: c_int,
        value: c_int,
    },
    SetDictionary {
        len: Option<usize>,
    },
    GetDictionary {
        buffer: bool,
        length: bool,
    },
    SetHeader {
        null: bool,
    },
    Bound {
        len: u64,
    },
    Copy,
    Reset,
    ResetKeep,
    End,
    Set {
        field: Field,
        value: u64,
    },
    /// Of the other half.
    Inflate(InflateCall),
    /// Of a gz file.
    Gz(GzCall),
}

impl Call {
    /// True if a call reads input and writes output.
    fn moves_data(&self) -> bool {
        matches!(
            self,
            Call::Deflate { .. }
                | Call::Params { .. }
                | Call::Inflate(InflateCall::Inflate { .. } | InflateCall::Sync)
        )
    }

    /// The name that statistics count calls under.
    pub fn name(&self) -> &'static str {
        match self {
            Call::Init(_) => "deflateInit2_",
            Call::Deflate { .. } => "deflate",
            Call::Params { .. } => "deflateParams",
            Call::Tune { .. } => "deflateTune",
            Call::Prime { .. } => "deflatePrime",
            Call::SetDictionary { .. } => "deflateSetDictionary",
            Call::GetDictionary { .. } => "deflateGetDictionary",
            Call::SetHeader { .. } => "deflateSetHeader",
            Call::Bound { .. } => "deflateBound",
            Call::Copy => "deflateCopy",
            Call::Reset => "deflateReset",
            Call::ResetKeep => "deflateResetKeep",
            Call::End => "deflateEnd",
            Call::Set { .. } => "member set",
            Call::Inflate(call) => call.name(),
            Call::Gz(call) => call.name(),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Call::Init(settings) => write!(f, "{name}({settings})"),
            Call::Deflate { flush } => write!(f, "{name}({})", flush_name(*flush)),
            Call::Params { level, strategy } => write!(f, "{name}({level}, {strategy})"),
            Call::Tune {
                good,
                lazy,
                nice,
                chain,
            } => {
                write!(
                    f,
                    "{name}(good {good}, lazy {lazy}, nice {nice}, chain {chain})"
                )
            }
            Call::Prime { bits, value } => write!(f, "{name}({bits}, {value:#x})"),
            Call::SetDictionary { len: Some(len) } => write!(f, "{name}({len} bytes)"),
            Call::SetDictionary { len: None } => write!(f, "{name}(NULL)"),
            Call::GetDictionary { buffer, length } => {
                write!(f, "{name}(buffer: {buffer}, length: {length})")
            }
            Call::SetHeader { null } => {
                write!(f, "{name}({})", if *null { "NULL" } else { "a header" })
            }
            Call::Bound { len } => write!(f, "{name}({len})"),
            Call::Set { field, value } => write!(f, "{field:?} = {value:#x}"),
            Call::Inflate(call) => write!(f, "{call}"),
            Call::Gz(call) => write!(f, "{call:?}"),
            Call::Copy | Call::Reset | Call::ResetKeep | Call::End => write!(f, "{name}()"),
        }
    }
}

/// A call and what zlib did; equal calls in a row share an entry.
struct Entry {
    stream: usize,
    call: Call,
    /// avail_in and avail_out at the first of the calls.
    given: (u32, u32),
    code: c_int,
    /// Bytes read and written, by all of the calls.
    done: (u64, u64),
    count: u64,
}

/// All calls of one test run, on all its streams, in order.
pub struct Log {
    context: String,
    entries: Vec<Entry>,
    streams: usize,
}

impl Log {
    /// An empty log; `context` says which test data it belongs to.
    pub fn new(context: &str) -> Self {
        super::crash::note(context);
        Log {
            context: context.into(),
            entries: Vec::new(),
            streams: 0,
        }
    }

    /// The number of a new stream.
    pub fn new_stream(&mut self) -> usize {
        self.streams += 1;
        self.streams - 1
    }

    /// Notes a call that is about to be made.
    pub fn begin(&mut self, stream: usize, call: Call, given: (u32, u32)) {
        if let Some(last) = self.entries.last_mut()
            && (last.stream, last.call) == (stream, call)
            && last.given.1 == given.1
        {
            last.count += 1;
            return;
        }
        self.entries.push(Entry {
            stream,
            call,
            given,
            code: 0,
            done: (0, 0),
            count: 1,
        });
    }

    /// Completes the last call with what the oracle did.
    pub fn end(&mut self, code: c_int, done: (u64, u64)) {
        if let Some(last) = self.entries.last_mut() {
            last.code = code;
            last.done.0 += done.0;
            last.done.1 += done.1;
        }
    }

    /// That two results are the same.
    pub fn same<T: PartialEq + std::fmt::Debug>(
        &self,
        what: &str,
        zlib: T,
        ours: T,
    ) -> Compared<()> {
        if zlib == ours {
            return Ok(());
        }
        Err(self.difference(what, &format!("{zlib:?}"), &format!("{ours:?}")))
    }

    /// That two byte strings are the same; `before` bytes came before them.
    pub fn same_bytes(&self, what: &str, zlib: &[u8], ours: &[u8], before: usize) -> Compared<()> {
        if zlib == ours {
            return Ok(());
        }
        let at = zlib
            .iter()
            .zip(ours)
            .position(|(a, b)| a != b)
            .unwrap_or(zlib.len());
        let show = |bytes: &[u8]| {
            let end = bytes.len().min(at + 16);
            format!("{:02x?}", &bytes[at.min(end)..end])
        };
        Err(self.difference(&format!("{what} {}", before + at), &show(zlib), &show(ours)))
    }

    /// The report that `what` differs after the last call.
    pub fn difference(&self, what: &str, zlib: &str, ours: &str) -> Box<Difference> {
        let calls = self.entries.iter().map(|entry| entry.to_string()).collect();
        Box::new(Difference {
            context: self.context.clone(),
            calls,
            what: what.into(),
            zlib: zlib.into(),
            ours: ours.into(),
        })
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} {}", self.stream, self.call)?;
        if self.count > 1 {
            write!(f, " x {}", self.count)?;
        }
        if self.call.moves_data() {
            let (avail_in, avail_out) = self.given;
            write!(f, " with {avail_in} in, {avail_out} out")?;
        }
        write!(f, " = {}", code_name(self.code))?;
        if self.done != (0, 0) {
            write!(f, ", read {}, wrote {}", self.done.0, self.done.1)?;
        }
        Ok(())
    }
}

/// What a comparison yields: the first difference, if any.
pub type Compared<T> = Result<T, Box<Difference>>;

/// The first thing that was not the same in both libraries.
#[derive(Debug)]
pub struct Difference {
    /// Which test data.
    pub context: String,
    /// The calls up to the difference, the last one included.
    pub calls: Vec<String>,
    /// What differs.
    pub what: String,
    /// Its value with zlib.
    pub zlib: String,
    /// Its value with rzlib.
    pub ours: String,
}

/// Calls that a report shows; earlier ones are counted only.
const CALLS_SHOWN: usize = 200;

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.context)?;
        let hidden = self.calls.len().saturating_sub(CALLS_SHOWN);
        if hidden > 0 {
            writeln!(f, "  ({hidden} calls before these)")?;
        }
        for call in &self.calls[hidden..] {
            writeln!(f, "  {call}")?;
        }
        writeln!(f, "first difference after the last call: {}", self.what)?;
        writeln!(f, "  zlib:  {}", self.zlib)?;
        write!(f, "  rzlib: {}", self.ours)
    }
}
