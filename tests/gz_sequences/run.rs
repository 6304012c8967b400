//! Runs a sequence on both libraries and compares after every call.

use crate::common::api::{Z_DATA_ERROR, Z_OK};
use crate::common::gz_call::GzCall;
use crate::common::log::{Call, Compared, Log};
use crate::common::naive::{End, decode};
use crate::common::pair::Outcome;
use crate::common::sequence::Counts;
use crate::known;
use crate::plan::{Made, Plan};
use crate::side::{Given, Seen, Side, reads};
use std::ffi::c_int;
use std::path::{Path, PathBuf};

/// A folder that is there as long as this value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("rzlib-gz-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is in the system's temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Bytes of a gzip header without optional fields, which is what is in the files; and of the
/// trailer.
const HEADER_LEN: usize = 10;
const TRAILER_LEN: usize = 8;

/// A second opinion on what can be decoded of a file of gzip members.
fn decodable(mut file: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(body) = file.get(HEADER_LEN..) {
        let decoded = decode(body, &[], 1 << 15, usize::MAX);
        all.extend(decoded.output);
        match body.get(decoded.used + TRAILER_LEN..) {
            Some(rest) if decoded.end == End::Complete => file = rest,
            _ => break,
        }
    }
    all
}

/// A sequence in progress.
struct Run<'plan> {
    plan: &'plan Plan,
    zlib: Side,
    ours: Side,
    log: Log,
    counts: Counts,
    reads: bool,
    /// A call was made that has zlib ask for its buffers.
    begun: bool,
    /// Data that was read, as long as nothing but reading was done.
    read: Option<Vec<u8>>,
}

fn put(path: &Path, plan: &Plan) {
    if plan.made != Made::Absent {
        std::fs::write(path, &*plan.bytes).expect("the file is written");
    }
}

/// Runs it.
pub fn run(plan: &Plan, context: &str) -> Compared<Counts> {
    let folder = Folder::new();
    let (zlib, ours) = (folder.0.join("z.gz"), folder.0.join("r.gz"));
    put(&zlib, plan);
    put(&ours, plan);
    let mut run = Run {
        plan,
        zlib: Side::zlib(zlib),
        ours: Side::rzlib(ours),
        log: Log::new(context),
        counts: Counts::default(),
        reads: reads(&plan.mode),
        begun: false,
        read: Some(Vec::new()),
    };
    run.whole()?;
    Ok(run.counts.clone())
}

impl Run<'_> {
    fn whole(&mut self) -> Compared<()> {
        let Plan {
            mode, descriptor, ..
        } = self.plan;
        let theirs = self.zlib.open(mode, *descriptor);
        let mine = self.ours.open(mode, *descriptor);
        self.log.same("open", theirs, mine)?;
        self.counts.completed += 1;
        if !theirs {
            return Ok(());
        }
        if let Some(size) = self.plan.buffer {
            self.step(GzCall::Buffer { size })?;
        }
        for &call in &self.plan.calls {
            if known::is_left_out(self.plan, call, &self.zlib.seen()) {
                *self.counts.left_out.entry("of no use").or_default() += 1;
                continue;
            }
            self.protect(call)?;
            if self.step(call)? {
                return self.drain_damaged();
            }
        }
        let call = if self.plan.calls.len().is_multiple_of(2) {
            GzCall::Close
        } else {
            GzCall::CloseByKind
        };
        self.protect(call)?;
        self.close(call)?;
        let (theirs, mine) = (self.zlib.bytes(), self.ours.bytes());
        self.log.same_bytes("the file", &theirs, &mine, 0)?;
        self.check_data();
        Ok(())
    }

    /// Makes a write before a call with which zlib would write memory that it did not set.
    fn protect(&mut self, call: GzCall) -> Compared<()> {
        if known::writes_unset_memory(call, self.begun, self.zlib.seen()) {
            *self.counts.left_out.entry("zeros first").or_default() += 1;
            self.step(GzCall::ClearError)?;
            self.step(GzCall::Write { len: 1, seed: 1 })?;
        }
        Ok(())
    }

    /// One call on both. True if the two go different ways from here on.
    fn step(&mut self, call: GzCall) -> Compared<bool> {
        self.log.begin(0, Call::Gz(call), (0, 0));
        let (theirs, mine) = match call {
            GzCall::CloseWrong => (
                self.zlib.close_kind(self.reads, false),
                self.ours.close_kind(self.reads, false),
            ),
            GzCall::Grow { .. } if self.plan.made == Made::Absent => return Ok(false),
            _ => (self.zlib.call(call), self.ours.call(call)),
        };
        self.count(call, &theirs);
        self.begun |= known::begins(call, theirs.code);
        let (seen, mine_seen) = (self.zlib.seen(), self.ours.seen());
        if known::is_passed_over(self.plan, &seen, &mine_seen) {
            *self
                .counts
                .left_out
                .entry("damaged member passed over")
                .or_default() += 1;
            return Ok(true);
        }
        let parts = known::parts_at(self.plan, &seen);
        if parts && mine_seen.error.0 == Z_DATA_ERROR && theirs != mine {
            self.keep(call, &mine);
            return Ok(true);
        }
        self.log.same("code", theirs.code, mine.code)?;
        self.log.same_bytes("data", &theirs.data, &mine.data, 0)?;
        self.keep(call, &mine);
        if parts {
            self.log.same("error", &seen.error, &mine_seen.error)?;
            return Ok(true);
        }
        self.compare(&seen, &mine_seen)?;
        Ok(false)
    }

    fn compare(&mut self, zlib: &Seen, ours: &Seen) -> Compared<()> {
        if zlib != ours && known::is_known(self.plan, zlib, ours) {
            *self
                .counts
                .left_out
                .entry("error of a cut file")
                .or_default() += 1;
            return Ok(());
        }
        self.log.same("what is seen", zlib, ours)
    }

    fn count(&mut self, call: GzCall, theirs: &Given) {
        let outcome = Outcome {
            // Counts and positions are all the same to statistics.
            code: theirs.code.min(0) as c_int,
            read: 0,
            wrote: theirs.data.len(),
        };
        self.counts.call(Call::Gz(call), outcome);
        self.log
            .end(theirs.code as c_int, (0, theirs.data.len() as u64));
    }

    /// Keeps what was read in order.
    fn keep(&mut self, call: GzCall, given: &Given) {
        match (call, &mut self.read) {
            (GzCall::Read { .. }, Some(read)) => read.extend(&given.data),
            (GzCall::GetByte | GzCall::GetByteByMacro, Some(read)) if given.code >= 0 => {
                read.push(given.code as u8);
            }
            (
                GzCall::Direct
                | GzCall::Tell64
                | GzCall::Offset
                | GzCall::CloseWrong
                | GzCall::Buffer { .. }
                | GzCall::ClearError,
                _,
            ) => {}
            (_, read) => *read = None,
        }
    }

    fn close(&mut self, call: GzCall) -> Compared<()> {
        self.log.begin(0, Call::Gz(call), (0, 0));
        let (theirs, mine) = match call {
            GzCall::CloseByKind => (
                self.zlib.close_kind(self.reads, true),
                self.ours.close_kind(self.reads, true),
            ),
            _ => (self.zlib.call(call), self.ours.call(call)),
        };
        self.count(call, &theirs);
        if known::is_known_close(self.plan, theirs.code, mine.code) {
            *self
                .counts
                .left_out
                .entry("gzclose of a cut file")
                .or_default() += 1;
            return Ok(());
        }
        self.log.same("code", theirs.code, mine.code)
    }

    /// Ours goes on alone: it gives all data before the error, and then the error, until
    /// gzclose.
    fn drain_damaged(&mut self) -> Compared<()> {
        loop {
            let given = self.ours.call(GzCall::Read { len: 5000 });
            self.keep(GzCall::Read { len: 5000 }, &given);
            if given.code < 0 {
                break;
            }
            self.log
                .same("an end without an error", given.code != 0, true)?;
        }
        self.log
            .same("the error", Z_DATA_ERROR, self.ours.seen().error.0)?;
        let code = self.ours.call(GzCall::Close).code;
        self.log.same("gzclose", i64::from(Z_OK), code)?;
        if let (Some(read), true) = (&self.read, self.plan.descriptor.is_none()) {
            let all = decodable(&self.plan.bytes);
            let len = read.len().min(all.len());
            self.log.same_bytes("data", &all[..len], &read[..len], 0)?;
            self.counts.checked += 1;
        }
        Ok(())
    }

    /// What was read is what went in.
    fn check_data(&mut self) {
        if let (true, Some(read)) = (self.reads, &self.read)
            && self.plan.descriptor.is_none()
            && !read.is_empty()
            && self.plan.data.len() >= read.len()
        {
            assert!(
                self.plan.data.starts_with(read),
                "both libraries read what was not written"
            );
            self.counts.checked += 1;
        }
    }
}
