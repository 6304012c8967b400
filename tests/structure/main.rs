//! The module law, and the list of files with unsafe code: what `src/lib.rs` says of the sources
//! is what they are.
//!
//! `law.rs` is the law; `paths.rs` reads what a file imports. Paths are read from `use`
//! declarations and from code, not from the calls themselves: a method needs no import. Code in
//! modules named `tests` may import anything.
#![forbid(unsafe_code)]

mod law;
mod paths;

use law::{CRATE, FOLDERS, Module, law_of, may_import};
use paths::{module_of, paths};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// All source files, by module: the file below src, and its text.
fn sources() -> BTreeMap<Module, (String, String)> {
    fn walk(folder: &Path, module: &Module, found: &mut BTreeMap<Module, (String, String)>) {
        for entry in fs::read_dir(folder).expect("a folder of src") {
            let path = entry.expect("an entry of a folder").path();
            let stem = path.file_stem().expect("a name").to_string_lossy();
            let mut inner = module.clone();
            if path.is_dir() {
                inner.push(stem.into_owned());
                walk(&path, &inner, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let is_folders_own = stem == "mod" || stem == "lib";
                if !is_folders_own {
                    inner.push(stem.into_owned());
                }
                let text = fs::read_to_string(&path).expect("a source file");
                let name = path.strip_prefix(src()).expect("a file below src");
                let name = name.to_string_lossy().into_owned();
                assert!(found.insert(inner, (name, text)).is_none());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(&src(), &Module::new(), &mut found);
    found
}

fn src() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn imports_keep_the_law() {
    let sources = sources();
    let is_module = |module: &Module| sources.contains_key(module);
    let mut broken = Vec::new();
    let mut seen = 0;
    for (who, (file, text)) in &sources {
        // The root declares its modules; a file of tests may import anything.
        if who.is_empty() || who.last().is_some_and(|name| name == "tests") {
            continue;
        }
        for path in paths(text, who, is_module) {
            let whom = module_of(&path, is_module);
            // A folder by itself is a name for what stands in it.
            let is_folder = whom == path && sources[&whom].0.ends_with("mod.rs");
            seen += 1;
            if !is_folder && !may_import(who, &whom) {
                broken.push(format!("{file} may not import {}", path.join("::")));
            }
        }
    }
    assert!(seen > 200, "only {seen} imports were found");
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn the_law_names_all_modules_and_no_others() {
    let mut named = BTreeSet::new();
    let folders = FOLDERS.iter().map(|(folder, _)| *folder);
    for folder in folders.chain([""]) {
        for (name, allowed) in law_of(folder).expect("a folder of the law") {
            let whole = if folder.is_empty() {
                name.to_string()
            } else {
                format!("{folder}::{name}")
            };
            assert!(!allowed.contains(name), "{whole} may import itself");
            named.insert(whole);
        }
    }
    let sources = sources();
    let modules = sources.keys().filter(|module| {
        let is_tests = module.last().is_some_and(|name| name == "tests");
        !module.is_empty() && !is_tests
    });
    let mut modules: BTreeSet<_> = modules.map(|module| module.join("::")).collect();
    // A folder is no name of its own where the outer one's layers name what is in it.
    for name in &named {
        let outer = name.rsplit_once("::").map_or("", |(outer, _)| outer);
        if !outer.is_empty() && !FOLDERS.iter().any(|(folder, _)| *folder == outer) {
            modules.remove(outer);
        }
    }
    let only_one: Vec<_> = named.symmetric_difference(&modules).collect();
    assert!(
        only_one.is_empty(),
        "in the law or in src only: {only_one:?}"
    );
    // No circles at the top: rows name later rows only.
    for (at, (who, whom)) in CRATE.iter().enumerate() {
        for name in whom.split(' ').filter(|name| !name.is_empty()) {
            let is_later = CRATE[at + 1..].iter().any(|(later, _)| *later == name);
            assert!(is_later, "{name} stands above {who}, which may import it");
        }
    }
}

/// The files that the list in lib.rs names. A name without a folder stands in the folder of the
/// name before it, the first of an entry in src; `folder/*.rs` is all of it but mod.rs, and what
/// follows "except" is not meant.
fn listed(lib: &str, files: &BTreeSet<String>) -> BTreeSet<String> {
    let section = lib
        .split("//! # Where unsafe may stand")
        .nth(1)
        .expect("the section on unsafe");
    let section = section.split("//! #").next().expect("its text");
    let section: String = section
        .lines()
        .map(|line| line.trim_start_matches("//!").to_string() + "\n")
        .collect();
    let mut found = BTreeSet::new();
    for entry in section.split("\n - ").skip(1) {
        let entry = entry.split("\n\n").next().expect("the entry's text");
        let mut folder = String::new();
        for (part, is_meant) in entry.splitn(2, "except").zip([true, false]) {
            for name in part.split('`').skip(1).step_by(2) {
                let name = match name.rsplit_once('/') {
                    Some((before, _)) => {
                        folder = format!("{before}/");
                        name.to_string()
                    }
                    None => format!("{folder}{name}"),
                };
                let is_same = |file: &&String| match name.strip_suffix("*.rs") {
                    Some(folder) => file
                        .strip_prefix(folder)
                        .is_some_and(|rest| !rest.contains('/') && rest != "mod.rs"),
                    None => **file == name,
                };
                let same: Vec<_> = files.iter().filter(is_same).cloned().collect();
                assert!(!same.is_empty(), "lib.rs lists {name}, which is no file");
                for file in same {
                    if is_meant {
                        assert!(found.insert(file), "lib.rs lists {name} twice");
                    } else {
                        assert!(found.remove(&file), "lib.rs excepts {name} from nothing");
                    }
                }
            }
        }
    }
    found
}

#[test]
fn unsafe_stands_where_the_list_says() {
    let sources = sources();
    let files = sources.values().map(|(file, _)| file.clone()).collect();
    let listed = listed(&sources[&Module::new()].1, &files);
    assert!(!listed.is_empty(), "the list was not found");
    let mut wrong = Vec::new();
    for (file, text) in sources.values() {
        let has = |line: &str| text.lines().any(|found| found == line);
        let allows = has("#![allow(unsafe_code)]");
        let forbids = has("#![forbid(unsafe_code)]");
        // A folder's mod.rs cannot forbid what files of the folder allow.
        let may_have_neither = file.ends_with("mod.rs") || file == "lib.rs";
        if allows && !listed.contains(file) {
            wrong.push(format!(
                "{file} allows unsafe code and is not in lib.rs's list"
            ));
        } else if !allows && listed.contains(file) {
            wrong.push(format!(
                "{file} is in lib.rs's list and allows no unsafe code"
            ));
        } else if !allows && !forbids && !may_have_neither {
            wrong.push(format!("{file} neither allows nor forbids unsafe code"));
        } else if text.matches("unsafe_code").count() != usize::from(allows || forbids) {
            wrong.push(format!(
                "{file} allows or forbids unsafe code in a part of it"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
