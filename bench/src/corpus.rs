//! What is measured: files, or inputs made on the spot.

use crate::worst;
use std::path::{Path, PathBuf};

/// Where an input's bytes come from.
enum Source {
    File(PathBuf),
    Made(worst::Maker),
}

/// Data to compress.
pub struct Input {
    /// For messages.
    pub name: String,
    source: Source,
}

impl Input {
    fn file(path: PathBuf) -> Input {
        Input {
            name: name_of(&path),
            source: Source::File(path),
        }
    }

    /// Its path, if it is a file.
    pub fn path(&self) -> Option<&Path> {
        match &self.source {
            Source::File(path) => Some(path),
            Source::Made(_) => None,
        }
    }

    /// Its bytes.
    pub fn read(&self) -> Result<Vec<u8>, String> {
        match &self.source {
            Source::File(path) => {
                std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
            }
            Source::Made(make) => Ok(make()),
        }
    }
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The named files, and all files in the named folders, in order.
pub fn files(named: impl Iterator<Item = PathBuf>) -> Result<Vec<Input>, String> {
    let mut files = Vec::new();
    for path in named {
        let failed = |error| format!("{}: {error}", path.display());
        if !path.is_dir() {
            files.push(path);
            continue;
        }
        let mut inside = std::fs::read_dir(&path)
            .and_then(|entries| {
                entries
                    .map(|entry| entry.map(|entry| entry.path()))
                    .collect::<Result<Vec<_>, _>>()
            })
            .map_err(failed)?;
        inside.sort();
        files.extend(inside.into_iter().filter(|path| path.is_file()));
    }
    Ok(files.into_iter().map(Input::file).collect())
}

/// Inputs that are hard for a search.
pub fn worst() -> Vec<Input> {
    worst::INPUTS
        .iter()
        .map(|&(name, make)| Input {
            name: name.into(),
            source: Source::Made(make),
        })
        .collect()
}
