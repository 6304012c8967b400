//! The buffer against a plain model of it: a deque of bytes and the offset of its front.
#![forbid(unsafe_code)]

use std::collections::VecDeque;

use super::Buffer;
use crate::buf::OutBuf;

/// Bytes of the block.
const CAPACITY: usize = 16;

fn with_data(data: &[u8]) -> Buffer {
    let mut buffer = Buffer::alloc(CAPACITY).expect("memory");
    buffer.append(data);
    buffer
}

#[test]
fn no_block_holds_nothing() {
    let mut buffer = Buffer::default();
    assert!(buffer.is_empty() && buffer.data().is_empty());
    assert_eq!((buffer.capacity(), buffer.room(), buffer.end()), (0, 0, 0));
    assert!(!buffer.push_front(1));
    assert_eq!(buffer.take_byte(), None);
}

#[test]
fn data_is_consumed_from_the_front() {
    let mut buffer = with_data(b"abcdef");
    assert_eq!(buffer.take_byte(), Some(b'a'));
    buffer.consume(2);
    assert_eq!(buffer.data(), b"def");
    assert_eq!(
        (buffer.len(), buffer.end(), buffer.room()),
        (3, 6, CAPACITY - 6)
    );
    buffer.consume(4);
    assert!(buffer.is_empty());
    assert_eq!(
        buffer.end(),
        6,
        "the room before the data is not used again by itself"
    );
    buffer.restart_if_empty();
    assert_eq!((buffer.end(), buffer.room()), (0, CAPACITY));
}

#[test]
fn restart_keeps_data_and_compact_moves_it() {
    let mut buffer = with_data(b"abcdef");
    buffer.consume(4);
    buffer.restart_if_empty();
    assert_eq!((buffer.data(), buffer.end()), (&b"ef"[..], 6));
    buffer.compact();
    assert_eq!((buffer.data(), buffer.end()), (&b"ef"[..], 2));
    buffer.clear();
    assert_eq!((buffer.len(), buffer.end()), (0, 0));
}

#[test]
fn push_front_fills_the_whole_block() {
    let mut buffer = with_data(b"xy");
    for byte in (2..CAPACITY as u8).rev() {
        assert!(buffer.push_front(byte), "{byte}");
    }
    assert!(!buffer.push_front(0), "the block is full");
    let expected: Vec<u8> = (2..CAPACITY as u8).chain(*b"xy").collect();
    assert_eq!(buffer.data(), expected);
    assert_eq!(buffer.room(), 0);
}

#[test]
fn fill_and_take_move_as_much_as_there_is_room_for() {
    let mut buffer = with_data(b"ab");
    buffer.fill(3, |output| {
        assert_eq!(output.avail(), 3);
        output.write(b"cd");
    });
    buffer.append_zeros(2);
    assert_eq!(buffer.data(), b"abcd\0\0");
    let consumed = buffer.drain(|input| input.take(2).len());
    assert_eq!((consumed, buffer.data()), (2, &b"cd\0\0"[..]));
    let mut room = [core::mem::MaybeUninit::uninit(); 3];
    let mut output = OutBuf::new(&mut room);
    assert_eq!(buffer.take(&mut output), 3);
    assert_eq!((output.avail(), buffer.data()), (0, &b"\0"[..]));
}

#[test]
fn any_order_of_operations_keeps_the_data() {
    let mut buffer = Buffer::alloc(CAPACITY).expect("memory");
    let mut model = VecDeque::new();
    let mut seed = 1u32;
    for step in 0..20_000u32 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (what, byte) = (seed >> 29, step as u8);
        match what {
            0 | 1 if buffer.room() != 0 => {
                buffer.push(byte);
                model.push_back(byte);
            }
            2 => {
                let pushed = buffer.push_front(byte);
                assert_eq!(pushed, model.len() < CAPACITY);
                if pushed {
                    model.push_front(byte);
                }
            }
            3 | 4 => assert_eq!(buffer.take_byte(), model.pop_front()),
            5 => buffer.compact(),
            6 => buffer.restart_if_empty(),
            _ => {
                let count = usize::from(byte % 4);
                buffer.consume(count);
                model.drain(..count.min(model.len()));
            }
        }
        assert_eq!(buffer.data(), model.make_contiguous(), "step {step}");
    }
}
