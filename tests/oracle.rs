//! The oracle is zlib 1.3.2 and nothing else, and what is compared with it is rzlib.
// dladdr and C strings.
#![allow(unsafe_code)]

mod common;

use common::api::{oracle, ours};
use std::ffi::{CStr, OsStr, c_void};
use std::fs::canonicalize;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// The file that the code at `address` was loaded from.
fn object_of(name: &str, address: *const c_void) -> PathBuf {
    // SAFETY: all members of Dl_info may be zero.
    let mut info: libc::Dl_info = unsafe { std::mem::zeroed() };
    // SAFETY: dladdr takes any address and fills the structure.
    let found = unsafe { libc::dladdr(address, &mut info) };
    assert!(
        found != 0 && !info.dli_fname.is_null(),
        "{name} lies in no object"
    );
    // SAFETY: dladdr found the object, whose name stays valid while it is loaded.
    let file = unsafe { CStr::from_ptr(info.dli_fname) };
    canonicalize(OsStr::from_bytes(file.to_bytes())).expect("path of a loaded object")
}

#[test]
fn each_function_exists_twice() {
    let zlib = oracle().api.addresses();
    let ours = ours().addresses();
    assert_eq!(zlib.len(), ours.len());
    for ((name, theirs), (same_name, mine)) in zlib.into_iter().zip(ours) {
        assert_eq!(name, same_name);
        assert_ne!(
            theirs, mine,
            "{name} is the same function in both libraries"
        );
    }
}

#[test]
fn each_library_has_its_own_object() {
    let program = std::env::current_exe()
        .and_then(canonicalize)
        .expect("path of the program");
    let object = canonicalize(&oracle().path).expect("path of the oracle");
    assert_ne!(program, object);
    for (name, address) in oracle().api.addresses() {
        assert_eq!(object_of(name, address), object, "zlib's {name}");
    }
    for (name, address) in ours().addresses() {
        assert_eq!(object_of(name, address), program, "rzlib's {name}");
    }
}

#[test]
fn the_oracle_is_zlib_1_3_2() {
    // SAFETY: zlibVersion takes nothing and returns a constant string.
    let version = unsafe { CStr::from_ptr((oracle().api.zlibVersion)()) };
    assert_eq!(version, c"1.3.2");
}

#[test]
fn both_report_the_same_version_flags_and_messages() {
    let (zlib, ours) = (&oracle().api, ours());
    // SAFETY: these functions have no preconditions; zError takes the codes of zlib.h.
    unsafe {
        assert_eq!(
            CStr::from_ptr((zlib.zlibVersion)()),
            CStr::from_ptr((ours.zlibVersion)())
        );
        assert_eq!((zlib.zlibCompileFlags)(), (ours.zlibCompileFlags)());
        for code in -6..=2 {
            let texts = [(zlib.zError)(code), (ours.zError)(code)].map(|text| CStr::from_ptr(text));
            assert_eq!(texts[0], texts[1], "zError({code})");
        }
    }
}
