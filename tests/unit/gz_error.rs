//! gzerror's codes and texts, and which errors make the next call fail.
#![forbid(unsafe_code)]

use super::{Errno, ErrorState, Text};
use crate::error::ReturnCode;

fn no_error() -> ErrorState {
    ErrorState::new(Text::new(&[c"a ", c"file"]).expect("memory"))
}

#[test]
fn numbers_are_decimal() {
    for number in [0, 7, -1, i32::MAX, i32::MIN] {
        let text = Text::numbered(c"<fd:", number, c">").expect("memory");
        assert_eq!(text.as_c_str().to_str(), Ok(&*format!("<fd:{number}>")));
    }
}

#[test]
fn a_text_names_the_file_except_without_memory() {
    let mut error = no_error();
    assert_eq!((error.code(), error.text()), (ReturnCode::Ok, c""));
    error.set(ReturnCode::DataError, c"bad");
    assert_eq!(
        (error.code(), error.text()),
        (ReturnCode::DataError, c"a file: bad")
    );
    error.set_out_of_memory();
    assert_eq!(
        (error.code(), error.text()),
        (ReturnCode::MemError, c"out of memory")
    );
    error.clear();
    assert_eq!((error.code(), error.text()), (ReturnCode::Ok, c""));
}

#[test]
fn a_system_call_has_the_systems_text_and_errno() {
    let mut error = no_error();
    error.set_errno(Errno::NOTHING_WRITTEN);
    let system = std::io::Error::last_os_error();
    assert_eq!(system.raw_os_error(), Some(libc::EIO));
    let text = error.text().to_str().expect("ASCII");
    let message = text.strip_prefix("a file: ").expect("the name");
    assert!(
        !message.is_empty() && system.to_string().starts_with(message),
        "{text}"
    );
    assert_eq!(error.code(), ReturnCode::Errno);
}

#[test]
fn only_some_errors_are_serious_or_fatal() {
    let mut error = no_error();
    assert!(!error.is_serious() && !error.is_fatal() && !error.is_stall());
    for code in [
        ReturnCode::Errno,
        ReturnCode::StreamError,
        ReturnCode::DataError,
    ] {
        error.set(code, c"");
        assert!(
            error.is_serious() && error.is_fatal() && !error.is_stall(),
            "{code:?}"
        );
    }
    error.set(ReturnCode::BufError, c"");
    assert!(!error.is_serious() && !error.is_fatal() && !error.is_stall());
    error.set_errno(Errno::STALLED);
    assert!(error.is_serious() && !error.is_fatal() && error.is_stall());
    error.set(ReturnCode::DataError, c"");
    assert!(
        error.is_fatal() && !error.is_stall(),
        "a later error is no stall"
    );
    error.set_stalled(ReturnCode::BufError, c"stalled");
    assert_eq!(
        (error.code(), error.text()),
        (ReturnCode::BufError, c"a file: stalled")
    );
    assert!(!error.is_serious() && error.is_stall());
    error.set_out_of_memory();
    assert!(error.is_fatal() && !error.is_stall());
}
