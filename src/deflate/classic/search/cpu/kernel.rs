//! The traits between the indexes' loops and the sets of instructions: `Kernel` and `Cpu`.
#![forbid(unsafe_code)]

/// Links looked at at once.
pub(crate) const LANES: usize = 8;

/// A loop that is written once, and compiled for each [`Cpu`], which runs it.
pub(crate) trait Kernel {
    /// Why it ended.
    type End;

    /// The loop, to be inlined into code that is compiled for the processor.
    fn run<C: Cpu>(self, cpu: C) -> Self::End;
}

/// A loop in which the compiler alone finds use for the instructions.
impl<F: FnOnce()> Kernel for F {
    type End = ();

    #[inline(always)]
    fn run<C: Cpu>(self, _: C) {
        self();
    }
}

/// A processor with certain instructions. Where it is not
/// [`Scalar`](crate::deflate::classic::search::cpu::scalar::Scalar), the value proves that they are
/// there.
pub(crate) trait Cpu: Copy {
    /// Bytes compared at once, an array.
    type Chunk: AsMut<[u8]> + Copy + Default;

    /// Runs a loop, compiled for this processor.
    fn run<K: Kernel>(self, kernel: K) -> K::End;

    /// The least of `links[i] - i` (0 where that is negative) for `i` below `count`, which is
    /// 1..=[`LANES`], and the first `i` that has it.
    fn least(self, links: &[u16; LANES], count: usize) -> (usize, usize);

    /// How many bytes agree before the first that differs.
    fn agree(self, a: &Self::Chunk, b: &Self::Chunk) -> usize;
}
