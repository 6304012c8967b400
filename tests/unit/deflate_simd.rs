//! Vectors against one element after the other.

use super::*;

#[test]
fn bytes_agree_up_to_the_first_that_differs() {
    let Some(vectors) = Vectors::new() else {
        return;
    };
    let a = [7u8; WIDTH];
    for first in 0..WIDTH {
        for second in first..WIDTH {
            let mut b = a;
            b[first] ^= 0x80;
            b[second] ^= 1;
            // SAFETY: both are as long.
            assert_eq!(unsafe { vectors.agree(a.as_ptr(), b.as_ptr()) }, first);
        }
    }
    // SAFETY: as above.
    assert_eq!(unsafe { vectors.agree(a.as_ptr(), a.as_ptr()) }, WIDTH);
}

#[test]
fn vectors_find_what_one_by_one_finds() {
    let Some(vectors) = Vectors::new() else {
        return;
    };
    let mut state = 1u32;
    for _ in 0..100_000 {
        let links = [0; LANES].map(|_: u16| {
            state = state.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
            // Few values, so that there are ties and negative differences.
            (state >> 16) as u16 >> (state & 15)
        });
        for count in 1..=LANES {
            assert_eq!(
                vectors.least(&links, count),
                least_one_by_one(&links, count),
                "{links:?}, {count}"
            );
        }
    }
}
