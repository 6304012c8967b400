//! Results as Markdown tables.

use crate::corpus::Input;
use crate::library::Library;
use crate::measure::{Least, Part, Row, Sum, Work};
use crate::stream::Allocator;
use crate::streams::{self, Kind};
use std::fmt::Write;

const KIBIBYTE: usize = 1024;

fn title(part: Part) -> &'static str {
    match part {
        Part::Deflate => "deflate, 64 KiB in and out at a time",
        Part::Inflate => "inflate of level-6 data, in pieces",
        Part::Messages => "messages at level 6, one stream that is reset",
        Part::Sync => "messages of 200 bytes at level 6, one stream, Z_SYNC_FLUSH",
        Part::Checksums => "check values",
        Part::OneShot => "one call, level 6",
        Part::Streams => "streams",
        Part::Callers => "callers",
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

/// The head of a table, with a column for each library and for each comparison of the last one.
fn head(title: &str, libraries: &[&str]) -> String {
    let mut line = String::from("| |");
    let mut rule = String::from("| --- |");
    for library in libraries {
        let _ = write!(line, " {library} |");
        rule.push_str(" --- |");
    }
    for library in &libraries[..libraries.len() - 1] {
        let _ = write!(line, " x {library} |");
        rule.push_str(" --- |");
    }
    format!("\n{title}:\n\n{line}\n{rule}\n")
}

/// All tables. The last library's speed is compared with the others'.
pub fn markdown(rows: &[Row], libraries: &[Library], inputs: &[Input]) -> String {
    let mut text = format!(
        "{} inputs. MB/s of data, and size where it is made; the ratio for all, and the least one.\n",
        inputs.len()
    );
    let names: Vec<&str> = libraries.iter().map(|library| &library.name[..]).collect();
    let mut part = None;
    for row in rows {
        if part != Some(row.part) {
            part = Some(row.part);
            text += &head(title(row.part), &names);
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

fn streams_title(work: streams::Work) -> &'static str {
    match work {
        streams::Work::Interleaved { .. } => "streams that take turns in one thread, MB/s",
        streams::Work::Short { .. } => {
            "a new stream for each message: us of CPU time a stream, and page faults"
        }
        streams::Work::Threads { .. } => {
            "threads, each with a new stream for each 16 KiB: us of CPU time a stream"
        }
    }
}

fn streams_name(row: &streams::Row) -> String {
    let zalloc = match row.allocator {
        Allocator::Own => "own zalloc",
        Allocator::Default => "zalloc NULL",
    };
    match row.work {
        streams::Work::Interleaved {
            level,
            streams,
            piece,
        } => format!(
            "level {level}, {streams} x {} KiB, {zalloc}",
            piece / KIBIBYTE
        ),
        streams::Work::Short {
            kind,
            size,
            first_thread,
        } => {
            let kind = match kind {
                Kind::Deflate { level } => format!("level {level}"),
                Kind::Inflate => "inflate".into(),
            };
            let thread = if first_thread { "1st" } else { "2nd" };
            format!("{kind}, {size} bytes, {thread} thread, {zalloc}")
        }
        streams::Work::Threads { level, threads } => {
            format!("level {level}, {threads} threads, {zalloc}")
        }
    }
}

fn streams_cell(work: streams::Work, cost: streams::Cost) -> String {
    let each = cost.seconds / cost.streams * 1e6;
    match work {
        streams::Work::Interleaved { .. } => format!("{:.1}", cost.bytes / cost.seconds / 1e6),
        streams::Work::Short { .. } => {
            format!("{each:.1} ({:.1})", cost.faults / cost.streams)
        }
        streams::Work::Threads { .. } => format!("{each:.0}"),
    }
}

/// The tables of streams. Libraries without streams are left out.
pub fn streams_markdown(rows: &[streams::Row], libraries: &[Library]) -> String {
    let with_streams = libraries.iter().filter(|library| library.zlib().is_some());
    let names: Vec<&str> = with_streams.map(|library| &library.name[..]).collect();
    let mut text = String::new();
    let mut title = "";
    for row in rows {
        if title != streams_title(row.work) {
            title = streams_title(row.work);
            text += &head(title, &names);
        }
        let _ = write!(text, "| {} |", streams_name(row));
        let costs: Vec<streams::Cost> = row.costs.iter().flatten().copied().collect();
        for &cost in &costs {
            let _ = write!(text, " {} |", streams_cell(row.work, cost));
        }
        if let Some((last, others)) = costs.split_last() {
            for other in others {
                let _ = write!(text, " {:.2} |", other.seconds / last.seconds);
            }
        }
        text.push('\n');
    }
    text
}
