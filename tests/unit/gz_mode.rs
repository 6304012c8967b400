//! Mode strings: what each character means, which one counts, and what is refused.
#![forbid(unsafe_code)]

use super::{Direct, OpenMode, Purpose};

fn parse(text: &str) -> OpenMode {
    OpenMode::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text:?} is refused"))
}

#[test]
fn the_last_purpose_counts_and_there_must_be_one() {
    for (text, purpose) in [
        ("r", Purpose::Read),
        ("w", Purpose::Write),
        ("a", Purpose::Append),
        ("rw", Purpose::Write),
        ("wa", Purpose::Append),
        ("ar", Purpose::Read),
    ] {
        assert_eq!(parse(text).purpose, purpose, "{text}");
    }
    for text in ["", "b", "9", "xeN"] {
        assert!(OpenMode::parse(text.as_bytes()).is_none(), "{text}");
    }
}

#[test]
fn levels_and_strategies_have_zlibs_numbers() {
    for level in 0..=9 {
        assert_eq!(parse(&format!("w{level}")).level, level);
    }
    assert_eq!(parse("w16").level, 6, "the last digit counts");
    for (text, strategy) in [
        ("w", 0),
        ("wf", 1),
        ("wh", 2),
        ("wR", 3),
        ("wF", 4),
        ("wfR", 3),
    ] {
        assert_eq!(parse(text).strategy, strategy, "{text}");
    }
    assert_eq!((parse("wb").level, parse("rt-").level), (-1, -1));
}

#[test]
fn t_and_g_are_for_one_purpose_each() {
    for (text, direct) in [
        ("r", Some(Direct::Yes)),
        ("rG", Some(Direct::GzipOnly)),
        ("Gr", Some(Direct::GzipOnly)),
        ("rTG", Some(Direct::GzipOnly)),
        ("rT", None),
        ("rGT", None),
        ("w", Some(Direct::No)),
        ("wT", Some(Direct::Yes)),
        ("aGT", Some(Direct::Yes)),
        ("wG", None),
        ("aTG", None),
    ] {
        let parsed = OpenMode::parse(text.as_bytes()).map(|mode| mode.direct);
        assert_eq!(parsed, direct, "{text}");
    }
}

#[test]
fn flags_are_independent_and_plus_is_refused() {
    for (text, flags) in [
        ("w", [false, false, false]),
        ("wx", [true, false, false]),
        ("we", [false, true, false]),
        ("wN", [false, false, true]),
        ("Nexwb", [true, true, true]),
    ] {
        let mode = parse(text);
        let set = [mode.exclusive, mode.close_on_exec, mode.non_blocking];
        assert_eq!(set, flags, "{text}");
    }
    for text in ["r+", "+r", "w9+"] {
        assert!(OpenMode::parse(text.as_bytes()).is_none(), "{text}");
    }
}
