//! What Rust programs do with flate2: rzlib-flate2 FILE. Fails if data does not come back.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use flate2::{read, write};
use std::io::{Read, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("no file")?;
    let data = std::fs::read(path)?;
    for level in 0..=9 {
        let mut gz = write::GzEncoder::new(Vec::new(), Compression::new(level));
        data.chunks(10_000).try_for_each(|part| gz.write_all(part))?;
        let packed = gz.finish()?;
        let mut back = Vec::new();
        read::GzDecoder::new(&packed[..]).read_to_end(&mut back)?;
        assert!(back == data, "gzip at level {level}");

        let mut zlib = read::ZlibEncoder::new(&data[..], Compression::new(level));
        let mut packed = Vec::new();
        zlib.read_to_end(&mut packed)?;
        back.clear();
        read::ZlibDecoder::new(&packed[..]).read_to_end(&mut back)?;
        assert!(back == data, "zlib at level {level}");
    }
    // Raw streams with a small window, and a dictionary.
    let mut compress = Compress::new_with_window_bits(Compression::best(), false, 10);
    let mut packed = Vec::with_capacity(data.len() * 2);
    let status = compress.compress_vec(&data, &mut packed, FlushCompress::Finish)?;
    assert_eq!(status, Status::StreamEnd);
    let mut back = Vec::with_capacity(data.len());
    let mut decompress = Decompress::new_with_window_bits(false, 10);
    decompress.decompress_vec(&packed, &mut back, FlushDecompress::Finish)?;
    assert!(back == data, "raw");
    let mut compress = Compress::new(Compression::fast(), true);
    let adler = compress.set_dictionary(b"a dictionary")?;
    packed.clear();
    compress.compress_vec(b"with a dictionary", &mut packed, FlushCompress::Finish)?;
    let mut decompress = Decompress::new(true);
    let mut back = Vec::with_capacity(100);
    let error = decompress
        .decompress_vec(&packed, &mut back, FlushDecompress::Finish)
        .expect_err("a dictionary is needed");
    assert_eq!(error.needs_dictionary(), Some(adler));
    decompress.set_dictionary(b"a dictionary")?;
    let used = decompress.total_in() as usize;
    decompress.decompress_vec(&packed[used..], &mut back, FlushDecompress::Finish)?;
    assert!(back == b"with a dictionary");
    Ok(())
}
