//! A block in two parts.

use super::*;

#[test]
fn what_runs_over_the_lower_part_is_seen_in_the_upper_one() {
    let allocator = Allocator::default_malloc();
    let mut buf = SplitBuf::alloc(&allocator, 8, 4).unwrap();
    assert_eq!((buf.lower_len(), buf.capacity()), (8, 32));
    buf.make_upper_ready(6);
    buf[5] = 7;
    // Only the beginning of the lower part is ready: the upper one is out of sight.
    buf.bytes_mut(3).fill(1);
    assert_eq!(buf.bytes(), [1, 1, 1]);
    let (all, upper) = buf.cells(10);
    assert_eq!((all.len(), upper.len()), (14, 6));
    all[9].set(5);
    assert_eq!(upper[1].get(), 5);
    assert_eq!(buf.bytes()[..4], [1, 1, 1, 0]);
    assert_eq!(*buf, [0, 5, 0, 0, 0, 7]);
    buf.make_upper_ready(100);
    assert_eq!(buf.bytes_mut(100).len(), 32);
    // SAFETY: the block came from this allocator.
    unsafe { allocator.free(buf.block()) };
}
