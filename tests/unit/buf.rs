//! The buffers of a call: what is consumed and produced, and what is left.
#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use super::{InBuf, OutBuf};

#[test]
fn input_is_taken_in_order_and_counted() {
    let mut input = InBuf::new(b"abcdef");
    assert_eq!(input.next_byte(), Some(b'a'));
    assert_eq!(input.take(2), b"bc");
    assert_eq!(
        (input.consumed(), input.avail(), input.rest()),
        (3, 3, &b"def"[..])
    );
    input.give_back(2);
    assert_eq!((input.consumed(), input.rest()), (1, &b"bcdef"[..]));
    assert_eq!(input.take(100), b"bcdef", "no more than there is");
    assert_eq!(
        (input.consumed(), input.avail(), input.next_byte()),
        (6, 0, None)
    );
}

#[test]
fn input_that_is_moved_out_keeps_its_place() {
    let mut input = InBuf::new(b"abc");
    input.take(1);
    let mut moved = input.take_all();
    assert_eq!((input.avail(), input.consumed()), (0, 0));
    assert_eq!((moved.consumed(), moved.take(9)), (1, &b"bc"[..]));
}

#[test]
fn output_is_written_in_order_and_counted() {
    let mut room = [MaybeUninit::new(b'-'); 8];
    let mut output = OutBuf::new(&mut room);
    output.write(b"ab");
    output.write(b"");
    assert_eq!((output.produced(), output.avail()), (2, 6));
    let free = output.take_room();
    assert_eq!((free.len(), output.avail(), output.produced()), (6, 0, 2));
    let (now, later) = free.split_at_mut(3);
    now.write_copy_of_slice(b"cde");
    output.return_room(later, 3);
    output.write(b"f");
    assert_eq!((output.produced(), output.avail()), (6, 2));
}
