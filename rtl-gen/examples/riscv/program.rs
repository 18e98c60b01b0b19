//! The program.

/// The primes below 100, with the source beside the words.
pub const PRIMES: &str = include_str!("primes.lst");

/// The words of a listing: eight hexadecimal digits at the beginning of each line that is no comment.
pub fn assembled(listing: &str) -> Vec<u32> {
    let lines = listing.lines().filter(|line| !line.starts_with('#'));
    let word = |line: &str| {
        let digits = line.get(..8).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        digits.unwrap_or_else(|| panic!("a line of the listing does not begin with a word: {line}"))
    };
    lines.map(word).collect()
}
