//! inflateBack: random streams, windows and callbacks; the calls of in() and out() with their
//! arguments, and all that is left afterwards, are zlib's.
//!
//! One case is asserted of rzlib alone: a match that reaches back further than the window or
//! the output. zlib's inflate_fast then takes for written what is not, as long as the window
//! has not been filled once, and reaches beyond a small window afterwards: it copies stale
//! bytes and goes on. rzlib reports "invalid distance too far back" in each case.
//!
//! next_out and avail_out are not compared: zlib keeps them for itself while it works, so that
//! what they hold afterwards depends on how it works.
//!
//! RZLIB_SEQUENCES and RZLIB_SEED as in the random sequences.
// Streams are called through C functions, and call back.
#![allow(unsafe_code)]

mod common;

use common::api::*;
use common::memory::{Guarded, Heap, heap_zalloc, heap_zfree};
use common::naive::{End, decode};
use common::rng::Rng;
use common::sequence::from_environment;
use common::streams::{Wrap, compressed, damage, noise, synthetic};
use rzlib::ffi::types::*;
use std::ffi::{CStr, c_int, c_uint, c_void};
use std::ptr::null_mut;
use std::rc::Rc;

/// Streams opened by default.
const STREAMS: u64 = 1500;

/// How the callbacks and the first input are for one stream.
#[derive(Clone)]
struct Script {
    data: Rc<Vec<u8>>,
    /// Bytes in next_in at first; None for a NULL next_in with a wrong avail_in.
    first: Option<usize>,
    /// Bytes that in() gives, over and over.
    pieces: Vec<usize>,
    /// The call of in() that gives nothing, counted from 1; whether it sets the pointer to NULL.
    no_input: (usize, bool),
    /// The call of out() that fails, counted from 1, and what it returns.
    fail: (usize, c_int),
}

/// A call of a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    In { len: usize },
    Out { at: usize, len: usize, code: c_int },
}

/// What the callbacks work on.
struct Caller {
    script: Script,
    /// Bytes of the data given so far.
    given: usize,
    piece: Guarded,
    window: usize,
    ins: usize,
    outs: usize,
    events: Vec<Event>,
    output: Vec<u8>,
}

impl Caller {
    fn new(script: &Script, window: *mut u8) -> Self {
        Caller {
            script: script.clone(),
            given: 0,
            piece: Guarded::new(0xee),
            window: window as usize,
            ins: 0,
            outs: 0,
            events: Vec::new(),
            output: Vec::new(),
        }
    }

    /// The next piece of the data, in memory that ends at an unreadable page.
    fn next(&mut self, len: usize) -> (*mut u8, usize) {
        let rest = &self.script.data[self.given..];
        let len = len.min(rest.len());
        self.given += len;
        (self.piece.place_copy(&rest[..len]), len)
    }
}

/// in_func of a `Caller`.
///
/// # Safety
/// `desc` is a live caller, `buf` is writable.
unsafe extern "C-unwind" fn give(desc: voidpf, buf: *mut *mut z_input_byte) -> c_uint {
    // SAFETY: desc is the caller that run() passed; nothing else refers to it in the call.
    let caller = unsafe { &mut *desc.cast::<Caller>() };
    let pieces = &caller.script.pieces;
    let (start, len) = if caller.ins + 1 == caller.script.no_input.0 {
        let start = if caller.script.no_input.1 {
            null_mut()
        } else {
            caller.piece.place(0)
        };
        (start, 0)
    } else {
        caller.next(pieces[caller.ins % pieces.len()])
    };
    caller.ins += 1;
    caller.events.push(Event::In { len });
    // SAFETY: the library passes the address of a pointer.
    unsafe { *buf = start };
    len as c_uint
}

/// out_func of a `Caller`.
///
/// # Safety
/// `desc` is a live caller, `buf` points to `len` bytes.
unsafe extern "C-unwind" fn take(desc: voidpf, buf: *mut Bytef, len: c_uint) -> c_int {
    // SAFETY: desc is the caller that run() passed; nothing else refers to it in the call.
    let caller = unsafe { &mut *desc.cast::<Caller>() };
    // SAFETY: the library passes output of this length.
    let bytes = unsafe { std::slice::from_raw_parts(buf, len as usize) };
    caller.output.extend_from_slice(bytes);
    caller.outs += 1;
    let code = if caller.outs == caller.script.fail.0 {
        caller.script.fail.1
    } else {
        0
    };
    caller.events.push(Event::Out {
        at: (buf as usize).wrapping_sub(caller.window),
        len: len as usize,
        code,
    });
    code
}

/// All that can be seen of a call of inflateBack.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    code: c_int,
    message: Option<String>,
    next_in_null: bool,
    /// Distance of next_in + avail_in from the end of the last input.
    input_end: usize,
    avail_in: c_uint,
    totals: [uLong; 4],
    data_type: c_int,
    events: Vec<Event>,
    output: Vec<u8>,
}

/// A stream of one library, with its window.
struct Side {
    api: &'static Api,
    strm: Box<z_stream>,
    window: Guarded,
    start: *mut u8,
    heap: Option<Rc<Heap>>,
}

impl Side {
    fn new(api: &'static Api, fill: Option<u8>) -> Self {
        let heap = fill.map(Heap::new);
        let strm = z_stream {
            next_in: null_mut(),
            avail_in: 77,
            total_in: 1,
            next_out: null_mut(),
            avail_out: 78,
            total_out: 2,
            msg: null_mut(),
            state: null_mut(),
            zalloc: heap.as_ref().map(|_| heap_zalloc as _),
            zfree: heap.as_ref().map(|_| heap_zfree as _),
            opaque: heap.as_ref().map_or(null_mut(), |heap| heap.opaque()),
            data_type: 3,
            adler: 4,
            reserved: 5,
        };
        Side {
            api,
            strm: Box::new(strm),
            // The same in both libraries: zlib may copy bytes of the window it never wrote.
            window: Guarded::new(0x5d),
            start: null_mut(),
            heap,
        }
    }

    fn init(&mut self, bits: c_int) -> c_int {
        let size = size_of::<z_stream>() as c_int;
        let room = if (8..=15).contains(&bits) {
            1 << bits
        } else {
            1
        };
        self.start = self.window.place(room);
        let strm = &raw mut *self.strm;
        // SAFETY: the stream's members are set and the window has 2^bits bytes.
        unsafe { (self.api.inflateBackInit_)(strm, bits, self.start, VERSION.as_ptr(), size) }
    }

    fn run(&mut self, script: &Script) -> Seen {
        let mut caller = Caller::new(script, self.start);
        match script.first {
            Some(len) => {
                let (start, len) = caller.next(len);
                (self.strm.next_in, self.strm.avail_in) = (start, len as c_uint);
            }
            None => (self.strm.next_in, self.strm.avail_in) = (null_mut(), 1000),
        }
        let (strm, desc) = (&raw mut *self.strm, &raw mut caller);
        // SAFETY: the stream is open, the caller outlives the call, and its callbacks do what
        // inflateBack asks of them.
        let code = unsafe {
            let desc = desc.cast::<c_void>();
            (self.api.inflateBack)(strm, Some(give), desc, Some(take), desc)
        };
        let strm = &*self.strm;
        let last = caller.piece.bytes().as_ptr_range().end as usize;
        let null = strm.next_in.is_null();
        let end = strm.next_in as usize + strm.avail_in as usize;
        Seen {
            code,
            // SAFETY: msg is NULL or a constant string of the library.
            message: (!strm.msg.is_null())
                .then(|| unsafe { CStr::from_ptr(strm.msg) }.to_string_lossy().into()),
            next_in_null: null,
            input_end: if null { 0 } else { last.wrapping_sub(end) },
            avail_in: strm.avail_in,
            totals: [strm.total_in, strm.total_out, strm.adler, strm.reserved],
            data_type: strm.data_type,
            events: caller.events,
            output: caller.output,
        }
    }

    fn end(&mut self) -> c_int {
        let strm = &raw mut *self.strm;
        // SAFETY: the stream is open or has a NULL state.
        unsafe { (self.api.inflateBackEnd)(strm) }
    }

    /// That nothing but the window and the heap's own blocks was touched.
    fn check_memory(&self, what: &str) {
        let len = self.window.bytes().len();
        assert!(self.window.untouched(len, 0), "{what}: before the window");
        if let Some(heap) = &self.heap {
            assert_eq!(heap.mistake(), None, "{what}");
        }
    }
}

fn script(rng: &mut Rng, bits: c_int) -> Script {
    let len = match rng.below(4) {
        0 => rng.size(2_000),
        1 => rng.below(3 << bits),
        2 => rng.below(300_000),
        _ => rng.size(40_000),
    };
    let mut source = match rng.below(10) {
        0 => noise(Wrap::Raw, rng.size(300), rng),
        1 => synthetic(Wrap::Raw, len.min(20_000), true, rng),
        2..5 => synthetic(Wrap::Raw, len.min(60_000), false, rng),
        _ => compressed(Wrap::Raw, len, rng),
    };
    if rng.percent(15) {
        damage(&mut source, rng);
    }
    if rng.percent(20) {
        source.bytes.extend(b"and what comes after");
    }
    let never = usize::MAX;
    Script {
        data: Rc::new(source.bytes),
        first: rng.percent(60).then(|| rng.size(1_000)),
        pieces: match rng.below(4) {
            0 => vec![1],
            1 => vec![usize::MAX],
            2 => (0..5).map(|_| 1 + rng.below(10)).collect(),
            _ => (0..5).map(|_| 1 + rng.size(5_000)).collect(),
        },
        no_input: match rng.below(8) {
            0 => (1 + rng.size(20), rng.percent(50)),
            _ => (never, false),
        },
        fail: match rng.below(8) {
            0 => (1 + rng.size(8), rng.pick(&[1, -1, c_int::MIN])),
            _ => (never, 0),
        },
    }
}

/// What zlib, or where it goes wrong the format, says of a script's data.
fn check(sides: &mut [Side; 2], script: &Script, bits: c_int, what: &str) -> (End, c_int) {
    let window = 1 << bits;
    let expected = decode(&script.data, &[], window, usize::MAX / 2);
    if expected.end == End::TooFar {
        // Only what comes before it can be compared, and zlib may not stop at it.
        let mine = sides[1].run(script);
        let stopped_before = mine.code == Z_BUF_ERROR;
        if stopped_before {
            assert!(expected.output.starts_with(&mine.output), "{what}: output");
            return (expected.end, mine.code);
        }
        assert_eq!(mine.code, Z_DATA_ERROR, "{what}: code");
        let message = mine.message.as_deref();
        assert_eq!(message, Some("invalid distance too far back"), "{what}");
        assert!(mine.output == expected.output, "{what}: output");
        return (expected.end, mine.code);
    }
    let [zlib, mine] = sides.each_mut().map(|side| side.run(script));
    if zlib != mine {
        assert!(zlib.output == mine.output, "{what}: output differs");
        let same = zlib.events.iter().zip(&mine.events);
        let same = same.take_while(|(theirs, mine)| theirs == mine).count();
        let [theirs, ours] = [&zlib, &mine].map(|seen| seen.events.get(same));
        assert_eq!(theirs, ours, "{what}: call of in() or out() number {same}");
        let strip = |seen: Seen| Seen {
            events: Vec::new(),
            output: Vec::new(),
            ..seen
        };
        assert_eq!(strip(zlib), strip(mine), "{what}");
        return (expected.end, Z_OK);
    }
    if zlib.code == Z_STREAM_END {
        assert_eq!(expected.end, End::Complete, "{what}: the naive decoder");
        assert!(zlib.output == expected.output, "{what}: the naive decoder");
    } else if zlib.code == Z_DATA_ERROR {
        assert_eq!(expected.end, End::Invalid, "{what}: the naive decoder");
    }
    (expected.end, zlib.code)
}

#[test]
fn random_streams_windows_and_callbacks() {
    let first = from_environment("RZLIB_SEED", 20_261_125);
    let count = from_environment("RZLIB_SEQUENCES", STREAMS);
    let (mut too_far, mut complete, mut invalid, mut stopped) = (0, 0, 0, 0);
    for seed in (0..count).map(|index| first.wrapping_add(index)) {
        let rng = &mut Rng::new(seed);
        let what = format!("RZLIB_SEED={seed} RZLIB_SEQUENCES=1");
        common::crash::note(&what);
        let fills = rng.percent(60).then(|| [rng.byte(), rng.byte()]);
        let mut sides = [
            Side::new(&oracle().api, fills.map(|fills| fills[0])),
            Side::new(ours(), fills.map(|fills| fills[1])),
        ];
        let bits = rng.pick(&[8, 9, 10, 12, 14, 15, 15, 15]);
        assert_eq!(sides.each_mut().map(|side| side.init(bits)), [Z_OK; 2]);
        // A stream reads several deflate streams, one after the other.
        for _ in 0..rng.between(1, 3) {
            let script = script(rng, bits);
            match check(&mut sides, &script, bits, &what) {
                (End::TooFar, _) => too_far += 1,
                (_, Z_STREAM_END) => complete += 1,
                (_, Z_DATA_ERROR) => invalid += 1,
                _ => stopped += 1,
            }
        }
        for side in &sides {
            side.check_memory(&what);
        }
        assert_eq!(sides.each_mut().map(Side::end), [Z_OK; 2], "{what}: end");
        assert_eq!(sides.each_mut().map(Side::end), [Z_STREAM_ERROR; 2]);
        for side in &sides {
            side.check_memory(&what);
            let left = side.heap.as_ref().map_or(0, |heap| heap.live());
            assert_eq!(left, 0, "{what}: blocks not freed");
        }
    }
    println!(
        "{count} sequences from seed {first}: {complete} streams complete, {invalid} invalid, \
         {stopped} stopped, {too_far} with a distance too far back (rzlib alone)"
    );
    if count >= STREAMS {
        assert!(complete > count / 2 && invalid > count / 20 && stopped > count / 20);
        assert!(too_far > count / 100);
    }
}

#[test]
fn windows_that_are_not_allowed_and_null_arguments() {
    for bits in [-15, -8, 0, 1, 7, 16, 31, 47, c_int::MAX, c_int::MIN] {
        let codes = [&oracle().api, ours()].map(|api| Side::new(api, None).init(bits));
        assert_eq!(codes, [Z_STREAM_ERROR; 2], "windowBits {bits}");
    }
    let size = size_of::<z_stream>() as c_int;
    for version in [None, Some(c"0"), Some(c"1"), Some(c"1.9"), Some(c"2.3")] {
        for size in [0, size - 1, size, size + 1] {
            for (have_stream, have_window) in [(true, true), (false, true), (true, false)] {
                let codes = [&oracle().api, ours()].map(|api| {
                    let mut side = Side::new(api, None);
                    let window = side.window.place(256);
                    let strm = &raw mut *side.strm;
                    let version = version.map_or(std::ptr::null(), CStr::as_ptr);
                    let strm = if have_stream { strm } else { null_mut() };
                    let window = if have_window { window } else { null_mut() };
                    // SAFETY: what is not NULL is valid; the window has 2^8 bytes.
                    let code = unsafe { (api.inflateBackInit_)(strm, 8, window, version, size) };
                    side.end();
                    code
                });
                let what = (version, size, have_stream, have_window);
                assert_eq!(codes[0], codes[1], "{what:?}");
            }
        }
    }
    for api in [&oracle().api, ours()] {
        let mut side = Side::new(api, None);
        // SAFETY: NULL is what is tested; the stream has a NULL state.
        let codes = unsafe {
            [
                (api.inflateBackEnd)(null_mut()),
                (api.inflateBackEnd)(&mut *side.strm),
                (api.inflateBack)(null_mut(), Some(give), null_mut(), Some(take), null_mut()),
                (api.inflateBack)(
                    &mut *side.strm,
                    Some(give),
                    null_mut(),
                    Some(take),
                    null_mut(),
                ),
            ]
        };
        assert_eq!(codes, [Z_STREAM_ERROR; 4]);
    }
}

#[test]
fn streams_of_the_other_kind_are_refused() {
    // zlib would write to a window that is not there.
    let api = ours();
    let (version, size) = (VERSION.as_ptr(), size_of::<z_stream>() as c_int);
    let (mut back, mut plain) = (Side::new(api, None), Side::new(api, None));
    assert_eq!(back.init(8), Z_OK);
    let mut caller = Caller::new(&script(&mut Rng::new(1), 8), null_mut());
    let desc = (&raw mut caller).cast::<c_void>();
    let strm = &raw mut *plain.strm;
    // SAFETY: both streams are open and the callbacks have what they need.
    let codes = unsafe {
        assert_eq!((api.inflateInit2_)(strm, -15, version, size), Z_OK);
        let codes = [
            (api.inflateBack)(strm, Some(give), desc, Some(take), desc),
            (api.inflateBackEnd)(strm),
            (api.inflate)(&mut *back.strm, 0),
            (api.inflateEnd)(&mut *back.strm),
        ];
        assert_eq!((api.inflateEnd)(strm), Z_OK);
        codes
    };
    assert_eq!(codes, [Z_STREAM_ERROR; 4]);
    assert!(caller.events.is_empty());
    assert_eq!(back.end(), Z_OK);
}

#[test]
fn no_memory() {
    for api in [&oracle().api, ours()] {
        let mut side = Side::new(api, Some(7));
        if let Some(heap) = &side.heap {
            heap.fail(1);
        }
        assert_eq!(side.init(15), Z_MEM_ERROR);
        assert_eq!(side.init(15), Z_OK);
        assert_eq!(side.end(), Z_OK);
    }
}
