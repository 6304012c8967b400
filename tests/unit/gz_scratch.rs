//! Files for tests of gz: their content, and readers and writers of them.
#![forbid(unsafe_code)]

use std::ffi::CString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

use crate::gz::file::GzFile;
use crate::gz::mode::OpenMode;
use crate::gz::read::Reader;
use crate::gz::write::Writer;

/// A file in the system's folder for temporary files, removed when this is dropped.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// A new file with this content.
    pub(super) fn new(content: &[u8]) -> Scratch {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("rzlib-unit-{}-{count}", process::id()));
        fs::write(&path, content).expect("the file can be written");
        Scratch(path)
    }

    /// A new gzip file with this data.
    pub(super) fn gzip(data: &[u8]) -> Scratch {
        let scratch = Scratch::new(&[]);
        let mut file = scratch.open("w");
        assert_eq!(
            writer(&mut file).write(data.len() as u32, |_| data),
            data.len()
        );
        assert_eq!(file.close().code(), 0);
        scratch
    }

    /// Opens the file.
    pub(super) fn open(&self, mode: &str) -> GzFile {
        let path = CString::new(self.0.to_str().expect("UTF-8")).expect("no NUL");
        let mode = OpenMode::parse(mode.as_bytes()).expect("a mode");
        GzFile::open(&path, &mode).expect("the file can be opened")
    }

    /// What the file holds.
    pub(super) fn content(&self) -> Vec<u8> {
        fs::read(&self.0).expect("the file can be read")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The reader of a file for reading.
pub(super) fn reader(file: &mut GzFile) -> &mut Reader {
    match file {
        GzFile::Reading(reader) => reader,
        GzFile::Writing(_) => panic!("a file for writing"),
    }
}

/// The writer of a file for writing.
pub(super) fn writer(file: &mut GzFile) -> &mut Writer {
    match file {
        GzFile::Reading(_) => panic!("a file for reading"),
        GzFile::Writing(writer) => writer,
    }
}
