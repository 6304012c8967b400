//! Memory that catches mistakes: buffers that end at an unmapped page, and an allocator
//! that fills, fences and counts its blocks.
// mmap, malloc and the callbacks of zalloc work on raw memory.
#![allow(unsafe_code)]

use rzlib::ffi::types::{uInt, voidpf};
use std::cell::Cell;
use std::rc::Rc;

/// Size of a page in bytes, as far as the guards are concerned; x86-64 and most others.
const PAGE: usize = 4096;
/// Bytes before a placed buffer that must keep their value.
const FENCE: usize = 64;
/// What a `Guarded` maps first; untouched pages cost nothing.
const FIRST_MAPPING: usize = 1 << 20;

/// A buffer whose last byte lies right before a page that cannot be read or written.
pub struct Guarded {
    map: *mut u8,
    /// Usable bytes, without the guard page.
    capacity: usize,
    /// Bytes placed last.
    len: usize,
    /// Value of the bytes that were not written.
    fill: u8,
}

impl Guarded {
    /// An empty buffer; what is not written holds `fill`.
    pub fn new(fill: u8) -> Self {
        let mut buffer = Guarded {
            map: std::ptr::null_mut(),
            capacity: 0,
            len: 0,
            fill,
        };
        buffer.map(FIRST_MAPPING);
        buffer
    }

    fn map(&mut self, capacity: usize) {
        self.unmap();
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: an anonymous mapping at an address of the kernel's choice touches nothing else.
        let map =
            unsafe { libc::mmap(std::ptr::null_mut(), capacity + PAGE, access, flags, -1, 0) };
        assert!(map != libc::MAP_FAILED, "mmap of {capacity} bytes failed");
        self.map = map.cast();
        self.capacity = capacity;
        // SAFETY: the last page of the mapping made above, which nothing refers to yet.
        let code = unsafe { libc::mprotect(self.map.add(capacity).cast(), PAGE, libc::PROT_NONE) };
        assert!(code == 0, "mprotect failed");
    }

    fn unmap(&mut self) {
        if !self.map.is_null() {
            // SAFETY: the mapping was made by map() with this size and is forgotten here.
            unsafe { libc::munmap(self.map.cast(), self.capacity + PAGE) };
            self.map = std::ptr::null_mut();
        }
    }

    /// Makes room for `len` bytes that end at the guard page, all holding the fill value,
    /// with a fence before them. What was placed before is gone.
    pub fn place(&mut self, len: usize) -> *mut u8 {
        if len + FENCE > self.capacity {
            self.map((len + FENCE).next_multiple_of(PAGE) * 2);
        }
        self.len = len;
        // SAFETY: FENCE + len bytes at the end of the mapping, checked right above.
        unsafe {
            let start = self.map.add(self.capacity - len);
            start.sub(FENCE).write_bytes(self.fill, FENCE + len);
            start
        }
    }

    /// Places a copy of `bytes`.
    pub fn place_copy(&mut self, bytes: &[u8]) -> *mut u8 {
        let start = self.place(bytes.len());
        // SAFETY: place() has just made room for as many bytes, in memory of its own.
        unsafe { start.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        start
    }

    /// The placed bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: place() has put len initialised bytes at the end of the mapping, and
        // nothing writes to them while the libraries are not being called.
        unsafe { std::slice::from_raw_parts(self.map.add(self.capacity - self.len), self.len) }
    }

    /// True if the fence, and of the bytes from `from` on the first `most`, were not written.
    pub fn untouched(&self, from: usize, most: usize) -> bool {
        let rest = &self.bytes()[from..];
        let rest = &rest[..rest.len().min(most)];
        // SAFETY: place() has written FENCE bytes before the placed ones.
        let fence = unsafe {
            std::slice::from_raw_parts(self.map.add(self.capacity - self.len - FENCE), FENCE)
        };
        holds_only(fence, self.fill) && holds_only(rest, self.fill)
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.unmap();
    }
}

/// True if all bytes have one value. In pieces: this is most of what the tests do.
fn holds_only(bytes: &[u8], value: u8) -> bool {
    let model = [value; 512];
    bytes
        .chunks(model.len())
        .all(|piece| *piece == model[..piece.len()])
}

/// Bytes before and after each block of a `Heap`; keeps malloc's alignment of 16.
const BLOCK_FENCE: usize = 32;
/// What the fences of a block hold.
const BLOCK_FENCE_FILL: u8 = 0xb7;

/// An allocator for `zalloc` and `zfree`: new blocks hold a fill value (memory that is read
/// before it is written shows as a difference), freed blocks are overwritten, and writing
/// outside a block, freeing twice and leaks are noticed.
pub struct Heap {
    fill: u8,
    /// Address and size of each live block.
    blocks: Cell<Vec<(usize, usize)>>,
    /// The allocation that fails, counted from 1; 0 for none.
    fail: Cell<u32>,
    /// Sizes in bytes of the requests since they were taken last, granted or not.
    requests: Cell<Vec<usize>>,
    /// First mistake seen.
    mistake: Cell<Option<&'static str>>,
}

impl Heap {
    /// A heap whose new blocks hold `fill`.
    pub fn new(fill: u8) -> Rc<Heap> {
        Rc::new(Heap {
            fill,
            blocks: Cell::new(Vec::new()),
            fail: Cell::new(0),
            requests: Cell::new(Vec::new()),
            mistake: Cell::new(None),
        })
    }

    /// Makes the `nth` allocation from now fail (1 is the next one); 0 ends that.
    pub fn fail(&self, nth: u32) {
        self.fail.set(nth);
    }

    /// The first mistake the library made with this heap.
    pub fn mistake(&self) -> Option<&'static str> {
        self.mistake.get()
    }

    /// Blocks that are not freed.
    pub fn live(&self) -> usize {
        let blocks = self.blocks.take();
        let count = blocks.len();
        self.blocks.set(blocks);
        count
    }

    /// The sizes requested since the last time, in order.
    pub fn take_requests(&self) -> Vec<usize> {
        self.requests.take()
    }

    /// What goes into `opaque`. The heap must outlive the stream.
    pub fn opaque(&self) -> voidpf {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    fn allocate(&self, size: usize) -> voidpf {
        let mut requests = self.requests.take();
        requests.push(size);
        self.requests.set(requests);
        let fail = self.fail.get();
        self.fail.set(fail.saturating_sub(1));
        if fail == 1 {
            return std::ptr::null_mut();
        }
        // SAFETY: malloc takes any size.
        let base = unsafe { libc::malloc(size + 2 * BLOCK_FENCE) }.cast::<u8>();
        assert!(!base.is_null(), "malloc of {size} bytes failed");
        // SAFETY: base points to size + 2 * BLOCK_FENCE bytes that were just allocated.
        let block = unsafe {
            base.write_bytes(BLOCK_FENCE_FILL, size + 2 * BLOCK_FENCE);
            let block = base.add(BLOCK_FENCE);
            block.write_bytes(self.fill, size);
            block
        };
        let mut blocks = self.blocks.take();
        blocks.push((block as usize, size));
        self.blocks.set(blocks);
        block.cast()
    }

    fn free(&self, block: *mut u8) {
        let mut blocks = self.blocks.take();
        let found = blocks
            .iter()
            .position(|&(address, _)| address == block as usize);
        let size = found.map(|index| blocks.remove(index).1);
        self.blocks.set(blocks);
        let Some(size) = size else {
            self.mistake
                .set(Some("zfree of an address that zalloc did not return"));
            return;
        };
        // SAFETY: block is a live block of this heap, so both fences and size bytes are there.
        unsafe {
            let base = block.sub(BLOCK_FENCE);
            let before = std::slice::from_raw_parts(base, BLOCK_FENCE);
            let after = std::slice::from_raw_parts(block.add(size), BLOCK_FENCE);
            if !holds_only(before, BLOCK_FENCE_FILL) || !holds_only(after, BLOCK_FENCE_FILL) {
                self.mistake
                    .set(Some("bytes outside an allocated block were written"));
            }
            base.write_bytes(!self.fill, size + 2 * BLOCK_FENCE);
            libc::free(base.cast());
        }
    }
}

/// `zalloc` of a `Heap`.
///
/// # Safety
/// `opaque` is a live heap's `opaque()`.
pub unsafe extern "C-unwind" fn heap_zalloc(opaque: voidpf, items: uInt, size: uInt) -> voidpf {
    // SAFETY: the caller passes the opaque of a live heap.
    let heap = unsafe { &*opaque.cast::<Heap>() };
    heap.allocate(items as usize * size as usize)
}

/// `zfree` of a `Heap`.
///
/// # Safety
/// `opaque` is a live heap's `opaque()`.
pub unsafe extern "C-unwind" fn heap_zfree(opaque: voidpf, address: voidpf) {
    // SAFETY: the caller passes the opaque of a live heap.
    let heap = unsafe { &*opaque.cast::<Heap>() };
    heap.free(address.cast());
}
