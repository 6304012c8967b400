//! Real files at every level: what the machine has at hand, and the corpus that RZLIB_CORPUS
//! names.
//!
//! The files of each folder are sorted by path and taken at even distances, so that a machine
//! always gives the same ones. A folder that is not there gives none.

mod common;

use common::data::{Kind, generate};
use common::drive::{Chunks, check_round_trip, compress, expect};
use common::log::{Log, Settings};
use common::pair::Pair;
use common::rng::Rng;
use std::cell::RefCell;
use std::ffi::c_int;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Folders of the system: headers, documents, and Python sources; with how many bytes at most
/// are taken from each.
const FOLDERS: [(&str, usize); 4] = [
    ("/usr/include", 1_500_000),
    ("/usr/share/doc", 2_500_000),
    ("/usr/share/common-licenses", 500_000),
    ("/usr/lib", 3_000_000),
];
/// Bytes taken from this project's own files, and from this program's own code.
const OWN_BYTES: usize = 500_000;
/// Bytes read of one file of the system.
const FILE_BYTES: usize = 400_000;
/// Files taken from a folder.
const FILES: usize = 120;

/// All plain files below a folder, sorted. Links are not followed.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// Name and content.
type File = (String, Vec<u8>);

/// Up to `FILES` files of a list, at even distances, no more than `most` bytes together.
fn sample(paths: &[PathBuf], most: usize) -> Vec<File> {
    let mut files = Vec::new();
    let mut left = most;
    for path in paths.iter().step_by(paths.len().div_ceil(FILES).max(1)) {
        let Ok(mut bytes) = std::fs::read(path) else {
            continue;
        };
        bytes.truncate(FILE_BYTES.min(left));
        left -= bytes.len();
        files.push((path.display().to_string(), bytes));
    }
    files
}

fn files_at_hand() -> Vec<File> {
    let mut files = Vec::new();
    for (folder, most) in FOLDERS {
        files.extend(sample(&files_below(Path::new(folder)), most));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut own = files_below(&root.join("src"));
    own.extend(files_below(&root.join("tests")));
    files.extend(sample(&own, OWN_BYTES));
    let program = std::env::current_exe().expect("path of the program");
    let mut code = std::fs::read(&program).expect("the program's own file");
    code.truncate(OWN_BYTES);
    files.push((program.display().to_string(), code));
    files
}

/// Compresses a file with one reset stream after the other, in one piece and in pieces.
fn check_file((name, bytes): &File, settings: &[Settings], rng: &mut Rng) {
    for &settings in settings {
        let context = format!("{name}, {} bytes, {settings}", bytes.len());
        let log = Rc::new(RefCell::new(Log::new(&context)));
        let mut pair = Pair::new(&log, None);
        expect(pair.init(settings));
        expect(compress(&mut pair, bytes, Chunks::Whole, rng));
        expect(check_round_trip(
            &pair.log(),
            settings,
            &pair.produced,
            &[],
            bytes,
        ));
        expect(pair.reset());
        let most = rng.pick(&[1000, 16_384, 100_000]);
        expect(compress(&mut pair, bytes, Chunks::UpTo(most), rng));
        expect(check_round_trip(
            &pair.log(),
            settings,
            &pair.produced,
            &[],
            bytes,
        ));
        expect(pair.end());
    }
}

fn level(level: c_int, window_bits: c_int) -> Settings {
    Settings {
        level,
        window_bits,
        mem_level: 8,
        strategy: 0,
    }
}

/// All levels, and another stream of drawn parameters.
fn all_levels(rng: &mut Rng) -> Vec<Settings> {
    let wraps = [15, -15, 31];
    let mut all: Vec<Settings> = (1..=9)
        .map(|number| level(number, rng.pick(&wraps)))
        .collect();
    all.push(Settings {
        level: rng.between(0, 9) as c_int,
        window_bits: rng.pick(&[9, 12, -13, 31]),
        mem_level: rng.between(1, 9) as c_int,
        strategy: rng.between(1, 4) as c_int,
    });
    all
}

#[test]
fn files_of_this_machine() {
    let rng = &mut Rng::new(21);
    let files = files_at_hand();
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    println!("{} files, {bytes} bytes", files.len());
    assert!(bytes > 200_000, "at least this project and this program");
    for file in &files {
        check_file(file, &all_levels(rng), rng);
    }
}

#[test]
fn files_of_the_corpus() {
    let Some(folder) = std::env::var_os("RZLIB_CORPUS") else {
        println!("skipped: RZLIB_CORPUS does not name a folder");
        return;
    };
    let rng = &mut Rng::new(22);
    let paths = files_below(Path::new(&folder));
    assert!(!paths.is_empty(), "no files in {}", folder.display());
    for path in paths {
        let bytes = std::fs::read(&path).expect("a file of the corpus");
        let file = (path.display().to_string(), bytes);
        println!("{}, {} bytes", file.0, file.1.len());
        check_file(&file, &all_levels(rng), rng);
    }
}

#[test]
fn more_than_a_window_of_each_strategy() {
    // The two halves of a file that repeats itself at a distance just out of reach.
    let rng = &mut Rng::new(23);
    let half = generate(Kind::Mixed, 32_768 - 262 + 1, rng);
    let file = (
        "a file and its copy".to_string(),
        [&half[..], &half[..]].concat(),
    );
    for strategy in 0..=4 {
        let settings = [0, 1, 3, 4, 6, 9].map(|number| Settings {
            strategy,
            ..level(number, 15)
        });
        check_file(&file, &settings, rng);
    }
}
