//! The levels against zlib's table, and the parse that each strategy takes.

use super::*;

#[test]
fn the_numbers_are_zlibs() {
    // zlib 1.3.2 deflate.c, configuration_table: good, lazy, nice, chain.
    let table = "
        0 0 0 0 stored    4 4 8 4 fast       4 5 16 8 fast      4 6 32 32 fast
        4 4 16 16 slow    8 16 32 32 slow    8 16 128 128 slow  8 32 128 256 slow
        32 128 258 1024 slow                 32 258 258 4096 slow";
    let rows: Vec<String> = CLASSIC
        .iter()
        .map(|level| {
            let Tunables {
                good_length,
                max_lazy,
                nice_length,
                max_chain,
            } = level.tunables;
            let parse = format!("{:?}", level.parse).to_lowercase();
            format!("{good_length} {max_lazy} {nice_length} {max_chain} {parse}")
        })
        .collect();
    let words: Vec<&str> = table.split_whitespace().collect();
    assert_eq!(rows.join(" "), words.join(" "));
}

#[test]
fn the_strategy_chooses_before_the_level_but_not_at_level_0() {
    use Strategy::{Default, Filtered, Fixed, HuffmanOnly, Rle};
    for strategy in [Default, Filtered, HuffmanOnly, Rle, Fixed] {
        assert_eq!(Parse::of(0, strategy), Parse::Stored);
        for level in 1..=9 {
            let expected = match strategy {
                HuffmanOnly => Parse::Huff,
                Rle => Parse::Rle,
                _ if level <= 3 => Parse::Fast,
                _ => Parse::Slow,
            };
            assert_eq!(Parse::of(level, strategy), expected);
        }
    }
}
