//! A file's streams: gzip members through buffers of all lengths, and what damage they report.
#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use super::{Deflater, Inflater};
use crate::buf::{InBuf, OutBuf};
use crate::checksum::crc32;
use crate::deflate::config::Flush;
use crate::error::ReturnCode;

/// Text that compresses, longer than most buffers here.
fn text() -> Vec<u8> {
    (0..200)
        .flat_map(|line| format!("line {line}, ").into_bytes())
        .collect()
}

/// Calls `work` with room for `len` bytes; how many it wrote.
fn with_room<R>(len: usize, work: impl FnOnce(&mut OutBuf) -> R) -> (R, usize) {
    let mut room = vec![MaybeUninit::uninit(); len];
    let mut output = OutBuf::new(&mut room);
    let result = work(&mut output);
    let produced = output.produced();
    (result, produced)
}

/// A buffer that shows what was written to it.
fn collect<R>(all: &mut Vec<u8>, len: usize, work: impl FnOnce(&mut OutBuf) -> R) -> R {
    let mut buffer = crate::gz::buffer::Buffer::alloc(len).expect("memory");
    let result = buffer.fill(len, work);
    all.extend_from_slice(buffer.data());
    result
}

/// `data` as a member, with room for `room` bytes in each call.
fn member(deflater: &mut Deflater, data: &[u8], room: usize) -> Vec<u8> {
    let (mut input, mut all) = (InBuf::new(data), Vec::new());
    loop {
        let deflate = |output: &mut OutBuf| deflater.deflate(&mut input, output, Flush::Finish);
        match collect(&mut all, room, deflate) {
            ReturnCode::Ok => {}
            code => {
                assert_eq!((code, input.avail()), (ReturnCode::StreamEnd, 0));
                return all;
            }
        }
    }
}

/// The data of `member`, with `piece` bytes of input and output in each call; the last code.
fn decode(inflater: &mut Inflater, member: &[u8], piece: usize) -> (Vec<u8>, ReturnCode) {
    let mut all = Vec::new();
    let (mut at, mut code) = (0, ReturnCode::Ok);
    while code == ReturnCode::Ok {
        let mut input = InBuf::new(&member[at..member.len().min(at + piece)]);
        code = collect(&mut all, piece, |output| {
            inflater.inflate(&mut input, output)
        });
        at += input.consumed();
    }
    (all, code)
}

#[test]
fn members_are_gzip_and_decode_to_their_data() {
    let text = text();
    let mut deflater = Deflater::new(6, 0).expect("memory");
    let mut inflater = Inflater::new().expect("memory");
    let first = member(&mut deflater, &text, text.len());
    assert_eq!(first[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    let trailer = [crc32::update(0, &text), text.len() as u32]
        .map(u32::to_le_bytes)
        .concat();
    assert!(first.ends_with(&trailer) && first.len() < text.len() / 2);
    for piece in [1, 2, 3, 17, 5000] {
        deflater.reset();
        assert_eq!(
            member(&mut deflater, &text, piece),
            first,
            "room for {piece} bytes"
        );
        inflater.reset();
        let decoded = decode(&mut inflater, &first, piece);
        assert_eq!(
            decoded,
            (text.clone(), ReturnCode::StreamEnd),
            "pieces of {piece} bytes"
        );
    }
}

#[test]
fn level_and_strategy_are_checked_and_used() {
    for (level, strategy) in [(10, 0), (-2, 0), (6, 5), (6, -1)] {
        assert!(
            Deflater::new(level, strategy).is_none(),
            "{level} {strategy}"
        );
    }
    let text = text();
    let mut deflater = Deflater::new(0, 0).expect("memory");
    assert!(member(&mut deflater, &text, 10_000).len() > text.len());
    deflater.reset();
    let codes = [(10, 0), (6, 5), (9, 2)].map(|(level, strategy)| {
        with_room(100, |output| deflater.set_params(output, level, strategy)).0
    });
    let refused = ReturnCode::StreamError;
    assert_eq!(codes, [refused, refused, ReturnCode::Ok]);
    let huffman_only = member(&mut deflater, &text, 10_000).len();
    assert!(
        huffman_only < text.len() && huffman_only > text.len() / 3,
        "{huffman_only}"
    );
}

#[test]
fn damage_is_reported_with_inflates_message() {
    let mut damaged = member(&mut Deflater::new(6, 0).expect("memory"), b"abc", 100);
    let crc = damaged.len() - 8;
    damaged[crc] ^= 1;
    let mut inflater = Inflater::new().expect("memory");
    let decoded = decode(&mut inflater, &damaged, 100);
    assert_eq!(decoded, (b"abc".to_vec(), ReturnCode::DataError));
    assert_eq!(inflater.message, Some(c"incorrect data check"));
    assert_eq!(decode(&mut inflater, b"more", 4).1, ReturnCode::DataError);
    assert_eq!(inflater.message, Some(c"incorrect data check"), "it stays");
    inflater.reset();
    assert_eq!(inflater.message, None);
    damaged[crc] ^= 1;
    assert_eq!(
        decode(&mut inflater, &damaged, 100).1,
        ReturnCode::StreamEnd
    );
}
