//! Each set of instructions against the scalar form.

use super::kernel::{Cpu, Kernel, LANES};
use super::scalar::Scalar;
use super::set::Set;

/// All places where bytes may differ.
struct Agree;

impl Kernel for Agree {
    type End = ();

    fn run<C: Cpu>(self, cpu: C) {
        let mut a = C::Chunk::default();
        a.as_mut().fill(7);
        let width = a.as_mut().len();
        assert_eq!(cpu.agree(&a, &a), width);
        for first in 0..width {
            for second in first..width {
                let mut b = a;
                b.as_mut()[first] ^= 0x80;
                b.as_mut()[second] ^= 1;
                assert_eq!(cpu.agree(&a, &b), first);
            }
        }
    }
}

/// Many links, and all counts.
struct Least;

impl Kernel for Least {
    type End = ();

    fn run<C: Cpu>(self, cpu: C) {
        let mut state = 1u32;
        for _ in 0..100_000 {
            let links = [0; LANES].map(|_: u16| {
                state = state.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
                // Few values, so that there are ties and negative differences.
                (state >> 16) as u16 >> (state & 15)
            });
            for count in 1..=LANES {
                let expected = Scalar.least(&links, count);
                assert_eq!(cpu.least(&links, count), expected, "{links:?}, {count}");
            }
        }
    }
}

#[test]
fn bytes_agree_up_to_the_first_that_differs() {
    Set::all().for_each(|set| set.run(Agree));
}

#[test]
fn each_set_finds_what_the_scalar_form_finds() {
    Set::all().for_each(|set| set.run(Least));
}

#[test]
fn the_scalar_form_is_the_last() {
    assert!(matches!(Set::all().last(), Some(Set::Scalar(_))));
}
