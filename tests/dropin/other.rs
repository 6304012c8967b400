//! Another static library made of Rust, with the standard library in it.

/// The sum of the numbers up to this one; allocates and formats on the way.
#[unsafe(no_mangle)]
pub extern "C" fn other_library(number: u64) -> u64 {
    let text: Vec<String> = (1..=number).map(|n| n.to_string()).collect();
    text.iter().filter_map(|n| n.parse::<u64>().ok()).sum()
}
