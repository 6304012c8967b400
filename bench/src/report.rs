//! Results as Markdown tables.

use crate::corpus::Input;
use crate::library::Library;
use crate::measure::{Least, Part, Row, Sum, Work};
use std::fmt::Write;

fn title(part: Part) -> &'static str {
    match part {
        Part::Deflate => "deflate, 64 KiB in and out at a time",
        Part::Inflate => "inflate of level-6 data, in pieces",
        Part::Messages => "messages at level 6, one stream that is reset",
        Part::Sync => "messages of 200 bytes at level 6, one stream, Z_SYNC_FLUSH",
        Part::Checksums => "check values",
        Part::OneShot => "one call, level 6",
    }
}

fn name(work: Work) -> String {
    match work {
        Work::Deflate { level } => format!("level {level}"),
        Work::Inflate { chunk: usize::MAX } => "all at once".into(),
        Work::Inflate { chunk } => format!("{chunk} bytes"),
        Work::Messages { size } => format!("{size} bytes"),
        Work::Flushed => "flushed".into(),
        Work::Crc32 => "crc32".into(),
        Work::Adler32 => "adler32".into(),
        Work::CompressAtOnce => "compress2".into(),
        Work::DecompressAtOnce => "uncompress".into(),
    }
}

/// Megabytes of data in a second.
pub fn speed(sum: Sum) -> f64 {
    sum.bytes as f64 / sum.time.as_secs_f64() / 1e6
}

/// Size in percent of the data.
pub fn size(sum: Sum) -> f64 {
    100.0 * sum.packed as f64 / sum.bytes as f64
}

fn makes_streams(work: Work) -> bool {
    matches!(
        work,
        Work::Deflate { .. } | Work::Messages { .. } | Work::Flushed | Work::CompressAtOnce
    )
}

fn cell(sum: Option<Sum>, work: Work) -> String {
    match sum {
        None => "-".into(),
        Some(sum) if makes_streams(work) => format!("{:.1} ({:.2} %)", speed(sum), size(sum)),
        Some(sum) => format!("{:.0}", speed(sum)),
    }
}

/// All tables. The last library's speed is compared with the others'.
pub fn markdown(rows: &[Row], libraries: &[Library], inputs: &[Input]) -> String {
    let mut text = format!(
        "{} inputs. MB/s of data, and size where it is made; the ratio for all, and the least one.\n",
        inputs.len()
    );
    let mut part = None;
    for row in rows {
        if part != Some(row.part) {
            part = Some(row.part);
            let mut line = String::from("| |");
            let mut rule = String::from("| --- |");
            for library in libraries {
                let _ = write!(line, " {} |", library.name);
                rule.push_str(" --- |");
            }
            for library in &libraries[..libraries.len() - 1] {
                let _ = write!(line, " x {} |", library.name);
                rule.push_str(" --- |");
            }
            let _ = write!(text, "\n{}:\n\n{line}\n{rule}\n", title(row.part));
        }
        let _ = write!(text, "| {} |", name(row.work));
        for sum in &row.sums {
            let _ = write!(text, " {} |", cell(*sum, row.work));
        }
        let (last, others) = match row.sums.split_last() {
            Some(split) => split,
            None => continue,
        };
        for (other, least) in others.iter().zip(&row.least) {
            let _ = match (last, other, least) {
                (Some(last), Some(other), Some(Least { ratio, name })) => {
                    let all = speed(*last) / speed(*other);
                    write!(text, " {all:.2} ({ratio:.2} {name}) |")
                }
                _ => write!(text, " - |"),
            };
        }
        text.push('\n');
    }
    text
}
