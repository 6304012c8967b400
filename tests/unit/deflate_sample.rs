//! Samples of each kind.

use super::*;

fn classify(sample: &[u8]) -> SampleKind {
    super::classify(sample, &mut [7; 1 << (POSITION_BITS - 1)])
}

#[test]
fn text_has_many() {
    let text = b"A sample of text, in which some words, and the ends of other words, are \
        there again and again, as in the words of this sample of other samples of text, \
        and of other texts.";
    assert_eq!(classify(text), SampleKind::Matches);
}

#[test]
fn what_zlib_finds_at_once_has_few() {
    let page: Vec<u8> = (0..200u32).map(|i| ((i * i) >> 3) as u8).collect();
    for data in [vec![0; 5000], page.repeat(20)] {
        assert_eq!(classify(&data), SampleKind::LongMatches, "{data:?}");
    }
}

#[test]
fn what_has_no_matches_has_few() {
    let mut state = 1u32;
    let random: Vec<u8> = (0..SAMPLE_LEN)
        .map(|_| {
            state = state.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
            (state >> 24) as u8
        })
        .collect();
    assert_eq!(classify(&random), SampleKind::Literals);
}
