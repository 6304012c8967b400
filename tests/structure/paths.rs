//! The paths that a source file names. A small reader, not a parser: it knows words, braces,
//! `use`, `mod` and what is no code.
#![forbid(unsafe_code)]

use super::law::Module;
use std::collections::{BTreeMap, BTreeSet};

/// The words and signs of a source text, without comments, literals and lifetimes. `::` is one.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let starts = |at: usize, with: &str| {
        with.chars()
            .enumerate()
            .all(|(i, c)| chars.get(at + i) == Some(&c))
    };
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found: Vec<String> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let begin = at;
        if starts(at, "//") {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if starts(at, "/*") {
            let mut depth = 0;
            loop {
                if starts(at, "/*") {
                    depth += 1;
                    at += 2;
                } else if starts(at, "*/") {
                    depth -= 1;
                    at += 2;
                } else {
                    at += 1;
                }
                if depth == 0 || at >= chars.len() {
                    break;
                }
            }
        } else if chars[at] == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if chars[at] == '\'' {
            // A character, or a lifetime, which no quote ends.
            at += 1;
            if chars.get(at) == Some(&'\\') {
                at += 2;
                while at < chars.len() && chars[at] != '\'' {
                    at += 1;
                }
                at += 1;
            } else if chars.get(at + 1) == Some(&'\'') {
                at += 2;
            } else {
                while at < chars.len() && is_word(chars[at]) {
                    at += 1;
                }
            }
        } else if is_word(chars[at]) {
            while at < chars.len() && is_word(chars[at]) {
                at += 1;
            }
            let word: String = chars[begin..at].iter().collect();
            let hashes = chars[at..].iter().take_while(|&&c| c == '#').count();
            let is_raw = matches!(word.as_str(), "r" | "br" | "cr");
            if is_raw && chars.get(at + hashes) == Some(&'"') {
                let end = format!("\"{}", "#".repeat(hashes));
                at += hashes + 1;
                while at < chars.len() && !starts(at, &end) {
                    at += 1;
                }
                at += end.len();
            } else {
                found.push(word);
            }
        } else if starts(at, "::") {
            at += 2;
            found.push("::".into());
        } else {
            if !chars[at].is_whitespace() {
                found.push(chars[at].into());
            }
            at += 1;
        }
    }
    found
}

/// What a `use` declaration names: each path, with the name that it has in this file.
fn use_tree(
    tokens: &[String],
    at: &mut usize,
    mut path: Vec<String>,
    found: &mut Vec<(Vec<String>, String)>,
) {
    loop {
        match tokens[*at].as_str() {
            "{" => {
                *at += 1;
                while tokens[*at] != "}" {
                    use_tree(tokens, at, path.clone(), found);
                    if tokens[*at] == "," {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            "::" => *at += 1,
            word => {
                // `{self}` is the path before it.
                if word != "self" || path.is_empty() {
                    path.push(word.into());
                }
                *at += 1;
                if tokens[*at] == "::" {
                    continue;
                }
                let mut name = path.last().expect("a word of a path").clone();
                if tokens[*at] == "as" {
                    name = tokens[*at + 1].clone();
                    *at += 2;
                }
                found.push((path, name));
                return;
            }
        }
    }
}

/// A path from the crate's root, if it is one into this crate.
fn absolute(path: &[String], module: &Module) -> Option<Module> {
    let mut from = module.clone();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => from.clear(),
        "self" => {}
        "super" => {
            while rest.first().is_some_and(|word| word == "super") {
                from.pop();
                rest = &rest[1..];
            }
            from.extend_from_slice(rest);
            return Some(from);
        }
        _ => return None,
    }
    from.extend_from_slice(&rest[1..]);
    Some(from)
}

/// All paths into this crate that a file's code names, but for code in modules named `tests`.
/// `is_module` tells modules from what stands in them.
pub fn paths(text: &str, file: &Module, is_module: impl Fn(&Module) -> bool) -> BTreeSet<Module> {
    let tokens = tokens(text);
    let mut found = BTreeSet::new();
    // Modules that a `use` gave a name here.
    let mut names: BTreeMap<String, Module> = BTreeMap::new();
    // Modules in the file that are open, each with the depth of braces outside it.
    let mut inner: Vec<(String, usize)> = Vec::new();
    let mut depth = 0;
    let mut at = 0;
    while at < tokens.len() {
        let word = tokens[at].as_str();
        let before = if at == 0 { "" } else { &tokens[at - 1] };
        let after = |n: usize| tokens.get(at + n).map_or("", |token| token.as_str());
        let in_tests = inner.iter().any(|(name, _)| name == "tests");
        let mut module = file.clone();
        module.extend(inner.iter().map(|(name, _)| name.clone()));
        if word == "{" {
            depth += 1;
        } else if word == "}" {
            depth -= 1;
            if inner.last().is_some_and(|&(_, outside)| outside == depth) {
                inner.pop();
            }
        } else if word == "mod" && after(2) == "{" {
            inner.push((after(1).into(), depth));
        } else if word == "use" && !in_tests {
            let mut named = Vec::new();
            at += 1;
            use_tree(&tokens, &mut at, Vec::new(), &mut named);
            for (path, name) in named {
                let Some(path) = absolute(&path, &module) else {
                    continue;
                };
                if is_module(&path) {
                    names.insert(name, path.clone());
                }
                found.insert(path);
            }
            continue;
        } else if after(1) == "::" && before != "::" && !in_tests {
            // `pub(in crate::inflate)` names whom something is visible to.
            let is_visibility = before == "in" && at > 1 && tokens[at - 2] == "(";
            let mut path = vec![word.to_string()];
            let mut end = at + 1;
            while tokens[end] == "::" && tokens[end + 1].starts_with(|c: char| c.is_alphabetic()) {
                path.push(tokens[end + 1].clone());
                end += 2;
            }
            let named = names.get(word).map(|module| {
                let mut path_there = module.clone();
                path_there.extend_from_slice(&path[1..]);
                path_there
            });
            if let Some(path) = absolute(&path, &module).or(named)
                && !is_visibility
            {
                found.insert(path);
            }
            at = end;
            continue;
        }
        at += 1;
    }
    found
}

/// The module that a path leads to: itself or what it stands in.
pub fn module_of(path: &Module, is_module: impl Fn(&Module) -> bool) -> Module {
    let mut module = path.clone();
    while !is_module(&module) {
        module.pop();
    }
    module
}

#[test]
fn all_forms_of_paths_are_read() {
    let text = r##"
        //! See [`crate::in_a_comment`].
        use core::ffi::c_int;
        use super::table::{self, DIST_ROOT, deep::{Er, er as other}};
        use crate::{buf::*, inflate};
        pub(in crate::visibility) const TEXT: &str = "crate::in_a_text";
        const RAW: &str = r#"" crate::in_a_raw_text"#;
        fn f<'a>(c: &'a u8) -> bool { crate::io::read('"', '\'', c) || inflate::state::g() }
        mod inline {
            fn g() { super::own(); super::super::wrapper::h(); }
        }
        mod tests { use crate::in_tests; }
        fn h() { table::build::<u8>(self::own2) }
    "##;
    let module = |path: &str| path.split("::").map(String::from).collect::<Module>();
    let modules = ["inflate", "inflate::table"].map(module);
    let found = paths(text, &module("inflate::fast"), |m| modules.contains(m));
    let expected = [
        "buf::*",
        "inflate",
        "inflate::fast::own",
        "inflate::fast::own2",
        "inflate::state::g",
        "inflate::table",
        "inflate::table::DIST_ROOT",
        "inflate::table::build",
        "inflate::table::deep::Er",
        "inflate::table::deep::er",
        "inflate::wrapper::h",
        "io::read",
    ];
    assert_eq!(found, expected.map(module).into());
}
