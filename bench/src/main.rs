//! Measures libraries with zlib's interface, and libdeflate and ISA-L, side by side.
//!
//! ```text
//! rzlib-bench [OPTION...] NAME=LIBRARY.so ... -- FILE|FOLDER...
//! rzlib-bench [OPTION...] NAME=LIBRARY.so ... --worst
//!   --rounds N      rounds; the fastest counts (default 3)
//!   --parts A,B     of deflate, inflate, messages, sync, checksums, oneshot, streams, callers
//!                   (default all)
//!   --levels A,B    for deflate (default 0 to 9)
//!   --plots FOLDER  writes deflate.svg and inflate.svg there
//!   --worst         also inputs that are hard for a search for matches
//! ```
//!
//! A name that begins with "libdeflate" or "isal" chooses that library's own interface. All
//! libraries take turns with each file, so that what else the machine does hits all of them, and a
//! library's time for a file is that of its fastest round. What is stated is the sum of all bytes
//! over the sum of all times; the last library is compared with the others, by that sum and by the
//! input for which it was least. Every result is decompressed, or compared with the data, in the
//! first round.
//!
//! The parts streams and callers use the beginnings of the files only, and state CPU time. callers
//! runs programs of the system, each with one library after the other in libz's place; the first
//! library is what the others are compared with, and those without zlib's interface have no part in
//! either.

mod corpus;
mod library;
mod measure;
mod plot;
mod report;
mod stream;
mod streams;
mod worst;

use corpus::Input;
use library::Library;
use measure::{Part, Plan, measure};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// What the command line says.
struct Arguments {
    plan: Plan,
    libraries: Vec<Library>,
    inputs: Vec<Input>,
    plots: Option<PathBuf>,
}

fn numbers(text: &str) -> Result<Vec<i32>, String> {
    text.split(',')
        .map(|number| number.parse().map_err(|_| format!("{number} is no number")))
        .collect()
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments {
        plan: Plan {
            rounds: 3,
            parts: Part::ALL.to_vec(),
            levels: (0..=9).collect(),
        },
        libraries: Vec::new(),
        inputs: Vec::new(),
        plots: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--rounds" => {
                arguments.plan.rounds = value()?.parse().map_err(|_| "--rounds: no number")?;
            }
            "--parts" => {
                arguments.plan.parts = value()?
                    .split(',')
                    .map(|name| Part::of_name(name).ok_or(format!("{name} is no part")))
                    .collect::<Result<_, _>>()?;
            }
            "--levels" => arguments.plan.levels = numbers(&value()?)?,
            "--plots" => arguments.plots = Some(value()?.into()),
            "--worst" => arguments.inputs = corpus::worst(),
            "--" => break,
            _ => {
                let (name, path) = word
                    .split_once('=')
                    .ok_or(format!("{word} is not NAME=LIBRARY"))?;
                arguments
                    .libraries
                    .push(Library::open(name, path.as_ref())?);
            }
        }
    }
    arguments
        .inputs
        .extend(corpus::files(words.map(PathBuf::from))?);
    if arguments.libraries.is_empty() || arguments.inputs.is_empty() {
        return Err("usage: rzlib-bench [OPTION...] NAME=LIBRARY.so ... -- FILE|FOLDER...".into());
    }
    Ok(arguments)
}

/// Measures streams and prints their tables.
fn streams(rounds: usize, libraries: &[Library], inputs: &[Input]) -> Result<(), String> {
    let files: Vec<Vec<u8>> = inputs
        .iter()
        .filter(|input| input.path().is_some())
        .map(Input::read)
        .collect::<Result<_, _>>()?;
    let rows = streams::measure(rounds, libraries, &files)?;
    print!("{}", report::streams_markdown(&rows, libraries));
    Ok(())
}

/// Runs the script that measures programs of the system, which prints a table of its own.
fn callers(rounds: usize, libraries: &[Library], inputs: &[Input]) -> Result<(), String> {
    let python = std::env::var_os("PYTHON").unwrap_or("python3".into());
    let with_streams = libraries.iter().filter(|library| library.zlib().is_some());
    let status = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/callers/callers.py"))
        .arg(rounds.to_string())
        .args(with_streams.map(|library| format!("{}={}", library.name, library.path.display())))
        .arg("--")
        .args(inputs.iter().filter_map(Input::path))
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err("callers.py failed".into())
    }
}

fn run() -> Result<(), String> {
    let Arguments {
        plan,
        libraries,
        inputs,
        plots,
    } = arguments()?;
    let has_files = inputs.iter().any(|input| input.path().is_some());
    let wants = |part| has_files && plan.parts.contains(&part);
    // Before the others: what it forks is to have no memory of a library that has worked.
    if wants(Part::Streams) {
        streams(plan.rounds, &libraries, &inputs)?;
    }
    let results = measure(&plan, &libraries, &inputs)?;
    if !results.is_empty() {
        print!("{}", report::markdown(&results, &libraries, &inputs));
    }
    if wants(Part::Callers) {
        callers(plan.rounds, &libraries, &inputs)?;
    }
    if let Some(folder) = plots {
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        plot::write(&results, &libraries, &folder).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
