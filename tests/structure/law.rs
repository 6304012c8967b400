//! The module law: which module may import which.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet};

/// The modules at the top, and all that each may import. A row names later rows only, so there
/// are no circles.
pub const CRATE: &[(&str, &str)] = &[
    ("testing", "deflate inflate pool"),
    (
        "ffi",
        "gz deflate inflate io checksum format pool buf annex alloc error",
    ),
    ("gz", "deflate inflate io format buf annex alloc error"),
    (
        "deflate",
        "io checksum format pool buf annex alloc error cpu",
    ),
    (
        "inflate",
        "io checksum format pool buf annex alloc error cpu",
    ),
    ("io", "checksum buf error"),
    ("checksum", "cpu"),
    ("annex", "alloc"),
    ("format", ""),
    ("pool", ""),
    ("buf", ""),
    ("alloc", ""),
    ("error", ""),
    ("cpu", ""),
];

/// The folders, each in layers from the top down: a module may import those of later layers, and
/// no other of its folder. A folder in a folder is one name in the outer one's layers, and has
/// layers of its own; or its modules stand in the outer one's layers, where they lie among those.
pub const FOLDERS: &[(&str, &[&str])] = &[
    (
        "ffi",
        &[
            "back deflate inflate oneshot checksum tables",
            "version",
            "gz",
            "handle",
            "border unfinished",
            "types",
        ],
    ),
    ("ffi::gz", &["open printf read seek write", "handle"]),
    (
        "gz",
        &[
            "seek",
            "file",
            "read write",
            "member compress",
            "source",
            "common",
            "codec buffer error",
            "os",
            "mode",
        ],
    ),
    (
        "deflate",
        &[
            "control oneshot",
            "stream",
            "wrapper bound",
            "state",
            "engines",
            "classic",
            "engine",
            "block",
            "output",
            "config",
        ],
    ),
    (
        "deflate::classic",
        &[
            "engine",
            "parse::stored parse::fast parse::slow parse::rle parse::huff",
            "parse::fast_bulk parse::slow_bulk",
            "parse::bulk",
            "parse::common",
            "window",
            "choose",
            "state",
            "search::index_slot",
            "search::index",
            "search::anchors search::sample search::longest_match block::trees",
            "search::anchor_index search::buckets",
            "search::tables search::query block::symbols",
            "search::chains block::huffman",
            "search::cpu levels",
        ],
    ),
    (
        "inflate",
        &[
            "control oneshot back",
            "stream",
            "wrapper",
            "state",
            "output",
            "decode",
            "codes",
        ],
    ),
    (
        "inflate::output",
        &[
            "lined staged short ring",
            "buffered",
            "history window",
            "line",
            "bulk",
        ],
    ),
    (
        "inflate::decode",
        &[
            "careful",
            "sink",
            "tail",
            "fast",
            "branchless branchy",
            "loops",
            "copy",
            "cpu",
            "position chunk",
        ],
    ),
    ("inflate::codes", &["block", "table", "code", "entry bits"]),
    ("checksum", &["copying", "check", "adler32 crc32"]),
    (
        "checksum::adler32",
        &["update", "ssse3 avx2 avx512vnni", "vectors", "sums"],
    ),
    (
        "deflate::classic::search::cpu",
        &["set", "avx2 scalar", "kernel"],
    ),
    ("inflate::decode::cpu", &["bmi scalar", "kernel"]),
    ("format", &["deflate gzip zlib"]),
    ("pool", &["slot", "pages"]),
];

/// A module's path in the crate, such as `["inflate", "fast"]`; the crate's root is empty.
pub type Module = Vec<String>;

/// The law of one folder: for each of its modules, what it may import of the folder.
pub fn law_of(folder: &str) -> Option<BTreeMap<&'static str, BTreeSet<&'static str>>> {
    if folder.is_empty() {
        let row = |&(who, whom): &(&'static str, &'static str)| (who, whom.split(' ').collect());
        return Some(CRATE.iter().map(row).collect());
    }
    let (_, layers) = FOLDERS.iter().find(|(name, _)| *name == folder)?;
    let mut law = BTreeMap::new();
    for (depth, layer) in layers.iter().enumerate() {
        let below: BTreeSet<_> = layers[depth + 1..]
            .iter()
            .flat_map(|l| l.split(' '))
            .collect();
        for name in layer.split(' ') {
            assert!(
                law.insert(name, below.clone()).is_none(),
                "{folder}::{name} stands twice"
            );
        }
    }
    Some(law)
}

/// The innermost folder with a law that has all of a path in it, and the path from there.
fn folder_of(path: &[String]) -> (String, &[String]) {
    let is_folder =
        |name: &str| name.is_empty() || FOLDERS.iter().any(|(folder, _)| *folder == name);
    let depth = (0..=path.len())
        .rev()
        .find(|&depth| is_folder(&path[..depth].join("::")));
    let depth = depth.expect("the crate itself, at least");
    (path[..depth].join("::"), &path[depth..])
}

/// Whether a module may import another, by the law of the innermost folder that has both in it.
pub fn may_import(who: &Module, whom: &Module) -> bool {
    let common = who.iter().zip(whom).take_while(|(a, b)| a == b).count();
    if common == who.len() {
        // Itself, or a folder's mod.rs what stands in the folder.
        return true;
    }
    if common == whom.len() {
        // What stands in a folder would reach its neighbours by way of mod.rs.
        return false;
    }
    let (folder, between) = folder_of(&who[..common]);
    let law = law_of(&folder).expect("a folder with a law");
    let inside = common - between.len();
    // A name of the law is one word, or more where an inner folder has no layers of its own.
    let name_of = |module: &Module| {
        let from_here = &module[inside..];
        let names = (1..=from_here.len()).map(|words| from_here[..words].join("::"));
        names
            .into_iter()
            .find(|name| law.contains_key(name.as_str()))
    };
    match (name_of(who), name_of(whom)) {
        (Some(who), Some(whom)) => law[who.as_str()].contains(whom.as_str()),
        _ => false,
    }
}
