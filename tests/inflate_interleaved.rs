//! Hundreds of streams that take turns: each loses its line to others again and again, and all that
//! is visible is zlib's.

mod common;

use common::api::*;
use common::data::{KINDS, generate};
use common::drive::expect;
use common::log::{Log, Settings};
use common::pair::InflatePair;
use common::rng::Rng;
use common::streams::compress;
use std::cell::RefCell;
use std::ffi::c_int;
use std::rc::Rc;

/// Streams that are open at the same time.
const STREAMS: usize = 200;
/// Streams that are read to their end.
const READ: usize = 600;
/// Bytes of a stream's data at most.
const LONGEST: usize = 200_000;

/// A stream that is being read.
struct Reader {
    pair: InflatePair,
    stream: Vec<u8>,
    data: Vec<u8>,
    /// Bytes of the stream that were given.
    given: usize,
    /// Input and output at a time at most.
    pieces: [usize; 2],
}

impl Reader {
    /// One with a zalloc of its own, or without.
    fn new(number: usize, rng: &mut Rng) -> Self {
        let log = Rc::new(RefCell::new(Log::new(&format!("stream {number}"))));
        let fills = rng.percent(50).then_some([0x11, 0xee]);
        let mut pair = InflatePair::new(&log, fills);
        let bits = rng.pick(&[9, 12, 15, 15, 15]);
        expect(pair.init(bits));
        let mut reader = Reader {
            pair,
            stream: Vec::new(),
            data: Vec::new(),
            given: 0,
            pieces: [1, 1],
        };
        reader.begin(bits, rng);
        reader
    }

    /// Another stream's data, of a compressor with such a window.
    fn begin(&mut self, bits: c_int, rng: &mut Rng) {
        let settings = Settings {
            level: rng.pick(&[0, 1, 6, 6, 9]),
            window_bits: bits,
            mem_level: 8,
            strategy: 0,
        };
        let longest = rng.pick(&[1000, 20_000, LONGEST]);
        self.data = generate(rng.pick(&KINDS), rng.below(longest), rng);
        self.stream = compress(settings, &self.data, &[], None, rng);
        self.given = 0;
        self.pair.produced.clear();
        self.pieces = [(); 2].map(|()| rng.pick(&[20, 100, 600, 3000, 10_000, 1 << 20]));
    }

    /// One call, now and then with the next input. Whether the stream goes on.
    fn turn(&mut self, rng: &mut Rng) -> bool {
        if self.pair.avail_in() == 0 {
            let count = 1 + rng.below(self.pieces[0]);
            let end = self.stream.len().min(self.given + count);
            self.pair.set_input(&self.stream[self.given..end]);
            self.given = end;
        }
        expect(self.pair.set_output(1 + rng.below(self.pieces[1])));
        let code = expect(self.pair.inflate(Z_NO_FLUSH)).code;
        if rng.percent(1) {
            expect(self.pair.get_dictionary(true, true));
        }
        if rng.percent(1)
            && let (_, Some(copy)) = expect(self.pair.copy(0))
        {
            // The copy goes on, and the original is given up.
            let mut original = std::mem::replace(&mut self.pair, copy);
            self.pair.produced = std::mem::take(&mut original.produced);
            expect(original.end());
        }
        assert!(matches!(code, Z_OK | Z_BUF_ERROR | Z_STREAM_END));
        code != Z_STREAM_END
    }
}

#[test]
fn many_streams_take_turns() {
    let rng = &mut Rng::new(61);
    let mut readers: Vec<_> = (0..STREAMS).map(|i| Reader::new(i, rng)).collect();
    let mut read = 0;
    while read < READ {
        let reader = &mut readers[rng.below(STREAMS)];
        let mut turns = rng.pick(&[1, 1, 2, 10]);
        while turns != 0 && reader.turn(rng) {
            turns -= 1;
        }
        if turns != 0 {
            assert!(reader.pair.produced == reader.data, "data");
            read += 1;
            if rng.percent(50) {
                expect(reader.pair.reset2(15));
                reader.begin(15, rng);
            } else {
                expect(reader.pair.end());
                *reader = Reader::new(STREAMS + read, rng);
            }
        }
    }
}
