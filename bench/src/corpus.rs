//! The files that are measured.

use std::path::PathBuf;

/// The named files, and all files in the named folders, in order.
pub fn files(named: impl Iterator<Item = PathBuf>) -> Result<Vec<PathBuf>, String> {
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
    Ok(files)
}
