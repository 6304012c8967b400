//! Matches that begin in one segment of the history and end in another, or in the output, against a
//! history in one piece.
//!
//! A module of `src/inflate/output/history.rs`, because through the C functions the segments are as
//! long as windows and buffers happen to make them.
//!
//! Unsafe because the segments are raw memory.
#![allow(unsafe_code)]

use super::*;

#[test]
fn matches_run_through_all_segments() {
    let bytes: Vec<u8> = (0..60u8).collect();
    for lens in [
        [0, 0, 0],
        [5, 0, 0],
        [1, 7, 20],
        [0, 10, 3],
        [20, 0, 15],
        [4, 4, 0],
    ] {
        for near in [0, 1, 6] {
            let total = near + lens.iter().sum::<usize>();
            let all = &bytes[..total];
            let mut end = total - near;
            let mut output = all[end..].to_vec();
            output.resize(near + 80, 0xa5);
            let segments = lens.map(|len| {
                let segment = Segment::new(&all[end - len..end]);
                end -= len;
                segment
            });
            for dist in near + 1..total + 3 {
                for len in 3..60 {
                    let mut output = output.clone();
                    let mut expected = all.to_vec();
                    let history = SegmentedHistory {
                        near: output.as_ptr(),
                        segments,
                    };
                    // SAFETY: there is room for `len` bytes after the near ones.
                    let found =
                        unsafe { history.copy_far(output.as_mut_ptr().add(near), dist, len) };
                    assert_eq!(found, dist <= total, "{lens:?} {near} {dist} {len}");
                    if found {
                        (0..len).for_each(|_| expected.push(expected[expected.len() - dist]));
                    }
                    let written = expected.len() - all.len();
                    assert!(output[..near + written] == expected[total - near..]);
                    assert!(output[near + written..].iter().all(|&byte| byte == 0xa5));
                }
            }
        }
    }
}
