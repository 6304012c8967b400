//! One library's file in a sequence, and what a program sees of it after a call.
// gz files are C pointers.
#![allow(unsafe_code)]

use crate::common::api::{Api, Printf, oracle, our_gzprintf, ours};
use crate::common::gz_call::GzCall;
use crate::common::rng::Rng;
use rzlib::ffi::types::gzFile;
use std::ffi::{CStr, CString, c_int};
use std::io::Write;
use std::os::fd::IntoRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A library's functions and its file.
pub struct Side {
    api: &'static Api,
    gzprintf: Printf,
    /// Where the file is.
    pub path: PathBuf,
    file: gzFile,
}

/// What a call gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// What it returned; a pointer as 1, NULL as 0.
    pub code: i64,
    /// What it wrote to the buffer it got.
    pub data: Vec<u8>,
}

/// What a program can ask about an open file without changing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// gzerror's number and its text, with the path taken out.
    pub error: (c_int, String),
    pub tell: i64,
    pub offset: i64,
    pub eof: c_int,
    /// The shown fields: bytes that the macro can take, and the position.
    pub have: u32,
    pub pos: i64,
}

/// Bytes of the buffer that lie behind what a call may write.
const BEHIND: usize = 16;
/// What the buffer holds before a call.
const FILL: u8 = 0xa5;

/// Bytes to write; the same ones for the same seed.
pub fn bytes_of(seed: u64, len: usize) -> Vec<u8> {
    let rng = &mut Rng::new(seed);
    let alphabet = rng.pick(&[2, 26, 200]);
    (0..len)
        .map(|_| 1 + rng.below(alphabet) as u8 + if alphabet == 26 { b'a' } else { 0 })
        .collect()
}

/// Memory that data is written from. zlib compares its address with those of its buffers (see
/// `known.rs`); as a static it lies below all of malloc's memory.
static CALLERS: Mutex<[u8; CALLERS_LEN]> = Mutex::new([0; CALLERS_LEN]);
/// More than any call of a plan writes.
const CALLERS_LEN: usize = 400_000;

/// Calls `write` with data for a seed and a zero byte behind it.
fn with_data(seed: u64, len: usize, write: impl FnOnce(*const u8) -> i64) -> Given {
    let mut memory = CALLERS.lock().unwrap_or_else(PoisonError::into_inner);
    let data = bytes_of(seed, len);
    memory[..len].copy_from_slice(&data);
    memory[len] = 0;
    Given {
        code: write(memory.as_ptr()),
        data: Vec::new(),
    }
}

/// Has `call` fill a buffer of `len` bytes; what it wrote, and that it wrote nothing behind.
fn with_buffer(len: usize, call: impl FnOnce(*mut u8) -> (i64, usize)) -> Given {
    let mut buffer = vec![FILL; len + BEHIND];
    let (code, count) = call(buffer.as_mut_ptr());
    assert!(
        buffer[len..].iter().all(|&byte| byte == FILL),
        "written beyond the buffer"
    );
    buffer.truncate(count);
    Given { code, data: buffer }
}

impl Side {
    /// zlib's, with a file that is not open.
    pub fn zlib(path: PathBuf) -> Side {
        Side {
            api: &oracle().api,
            gzprintf: oracle().gzprintf,
            path,
            file: std::ptr::null_mut(),
        }
    }

    /// rzlib's.
    pub fn rzlib(path: PathBuf) -> Side {
        Side {
            api: ours(),
            gzprintf: our_gzprintf(),
            path,
            file: std::ptr::null_mut(),
        }
    }

    /// gzopen; by gzdopen of a descriptor at this position, if there is one. True if it is open.
    pub fn open(&mut self, mode: &CStr, descriptor: Option<u64>) -> bool {
        let path = CString::new(self.path.as_os_str().as_bytes()).expect("path without NUL");
        let descriptor = descriptor.and_then(|at| open_at(&self.path, mode, at));
        clear_next_state();
        // SAFETY: path and mode are strings; the descriptor is given away.
        self.file = unsafe {
            match descriptor {
                Some(fd) => {
                    let file = (self.api.gzdopen)(fd, mode.as_ptr());
                    if file.is_null() {
                        libc::close(fd);
                    }
                    file
                }
                None => (self.api.gzopen)(path.as_ptr(), mode.as_ptr()),
            }
        };
        !self.file.is_null()
    }

    /// What a program sees.
    pub fn seen(&self) -> Seen {
        let mut number = 99;
        // SAFETY: the file is open; the text is valid until the next call.
        unsafe {
            let text = CStr::from_ptr((self.api.gzerror)(self.file, &mut number));
            let name = self.path.to_string_lossy();
            let text = text.to_string_lossy().replace(&*name, "PATH");
            // A descriptor's number is as good as another.
            let text = match text.split_once(">: ") {
                Some((_, message)) => format!("<fd>: {message}"),
                None => text,
            };
            Seen {
                error: (number, text),
                tell: (self.api.gztell)(self.file),
                offset: (self.api.gzoffset)(self.file),
                eof: (self.api.gzeof)(self.file),
                have: (*self.file).have,
                pos: (*self.file).pos,
            }
        }
    }

    /// Makes a call. gzclose leaves no file.
    pub fn call(&mut self, call: GzCall) -> Given {
        let (api, file) = (self.api, self.file);
        let code = |code: i64| Given {
            code,
            data: Vec::new(),
        };
        // SAFETY: the file is open; buffers have the lengths that the calls are told.
        unsafe {
            match call {
                GzCall::Buffer { size } => code((api.gzbuffer)(file, size).into()),
                // The length that no int has is refused before the buffer is looked at.
                GzCall::Read { len: u32::MAX } => {
                    code((api.gzread)(file, std::ptr::null_mut(), u32::MAX).into())
                }
                GzCall::Read { len } => with_buffer(len as usize, |buffer| {
                    let got = (api.gzread)(file, buffer.cast(), len);
                    (got.into(), got.max(0) as usize)
                }),
                GzCall::ReadItems { size, count } => {
                    with_buffer(size.checked_mul(count).unwrap_or(0), |buffer| {
                        let got = (api.gzfread)(buffer.cast(), size, count, file);
                        (got as i64, got * size)
                    })
                }
                GzCall::GetLine { len } => with_buffer(len.max(0) as usize, |buffer| {
                    let line = (api.gzgets)(file, buffer.cast(), len);
                    match line.is_null() {
                        true => (0, 0),
                        // The text may have zeros; so compare all that may be written.
                        false => (1, len as usize),
                    }
                }),
                GzCall::GetByte => code((api.gzgetc)(file).into()),
                GzCall::GetByteByMacro => code(if (*file).have != 0 {
                    (*file).have -= 1;
                    (*file).pos += 1;
                    let byte = *(*file).next;
                    (*file).next = (*file).next.add(1);
                    byte.into()
                } else {
                    (api.gzgetc_)(file).into()
                }),
                GzCall::UngetByte { byte } => code((api.gzungetc)(byte, file).into()),
                GzCall::Direct => code((api.gzdirect)(file).into()),
                GzCall::Write { len, seed } => with_data(seed, len as usize, |data| {
                    (api.gzwrite)(file, data.cast(), len).into()
                }),
                GzCall::WriteItems { size, count, seed } => {
                    let len = size.checked_mul(count).unwrap_or(0);
                    with_data(seed, len, |data| {
                        (api.gzfwrite)(data.cast(), size, count, file) as i64
                    })
                }
                GzCall::PutText { len, seed } => {
                    with_data(seed, len, |text| (api.gzputs)(file, text.cast()).into())
                }
                GzCall::PutByte { byte } => code((api.gzputc)(file, byte).into()),
                GzCall::Print { len, number } => {
                    let text = CString::new(vec![b't'; len]).expect("no zero");
                    let (format, half) = (c"%d %s %g %ld|", number as f64 / 2.0);
                    let small = c_int::from(number as i16);
                    code(
                        (self.gzprintf)(file, format.as_ptr(), small, text.as_ptr(), half, number)
                            .into(),
                    )
                }
                GzCall::Flush { flush } => code((api.gzflush)(file, flush).into()),
                GzCall::SetParams { level, strategy } => {
                    code((api.gzsetparams)(file, level, strategy).into())
                }
                GzCall::Seek { offset, whence } => code((api.gzseek)(file, offset, whence)),
                GzCall::Seek64 { offset, whence } => code((api.gzseek64)(file, offset, whence)),
                GzCall::Rewind => code((api.gzrewind)(file).into()),
                GzCall::Tell64 => code((api.gztell64)(file)),
                GzCall::Offset => code((api.gzoffset64)(file)),
                GzCall::ClearError => {
                    (api.gzclearerr)(file);
                    code(0)
                }
                // One of the two closes, so only the other one may be called: see `run`.
                GzCall::CloseWrong => code(0),
                GzCall::Grow { len, seed } => {
                    let mut file = std::fs::OpenOptions::new()
                        .append(true)
                        .open(&self.path)
                        .expect("the file is there");
                    file.write_all(&bytes_of(seed, len)).expect("written");
                    code(0)
                }
                GzCall::Close | GzCall::CloseByKind => {
                    self.file = std::ptr::null_mut();
                    code((api.gzclose)(file).into())
                }
            }
        }
    }

    /// gzclose_r or gzclose_w: the one for the file's kind, or the other one, which refuses.
    pub fn close_kind(&mut self, reads: bool, right: bool) -> Given {
        let file = self.file;
        // SAFETY: the file is open, and stays so for the wrong kind only.
        let code = unsafe {
            if reads == right {
                (self.api.gzclose_r)(file)
            } else {
                (self.api.gzclose_w)(file)
            }
        };
        if right {
            self.file = std::ptr::null_mut();
        }
        Given {
            code: code.into(),
            data: Vec::new(),
        }
    }

    /// The file's bytes; none if it is not there.
    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).unwrap_or_default()
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        if !self.file.is_null() {
            // SAFETY: a sequence ended early; the file is still open.
            unsafe { (self.api.gzclose)(self.file) };
        }
    }
}

/// Makes the next block of malloc for zlib's state hold zeros. In a file for writing zlib uses a
/// member that it never sets (`past`, which only reading has), so that gzseek and gztell depend
/// on what the memory held.
fn clear_next_state() {
    /// Bytes of zlib 1.3.2's gz_state on LP64 systems.
    const STATE_LEN: usize = 248;
    /// More blocks than malloc keeps of a length in this thread's cache.
    const BLOCKS: usize = 16;
    // SAFETY: blocks of malloc are cleared and freed. One of them is the next of this length.
    unsafe {
        let blocks = [(); BLOCKS].map(|()| libc::malloc(STATE_LEN));
        for block in blocks {
            assert!(!block.is_null());
            libc::memset(block, 0, STATE_LEN);
        }
        for block in std::hint::black_box(blocks) {
            libc::free(block);
        }
    }
}

/// True if a mode is for reading: the last letter of r, w and a counts.
pub fn reads(mode: &CStr) -> bool {
    let letters = mode.to_bytes().iter().rev();
    letters.copied().find(|byte| b"rwa".contains(byte)) == Some(b'r')
}

/// A descriptor for a mode's kind, `at` bytes from the file's beginning.
fn open_at(path: &Path, mode: &CStr, at: u64) -> Option<c_int> {
    use std::io::{Seek, SeekFrom};
    let reads = reads(mode);
    let mut file = std::fs::OpenOptions::new()
        .read(reads)
        .write(!reads)
        .create(!reads)
        .truncate(false)
        .open(path)
        .ok()?;
    file.seek(SeekFrom::Start(at)).ok()?;
    Some(file.into_raw_fd())
}
