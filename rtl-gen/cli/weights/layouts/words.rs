//! Codes in words of 32 bits.

/// Bits of a word.
const WORD: usize = 32;

/// The code at a place in a run of words: codes follow each other without gaps, the first in the lowest bits. A 3-bit
/// code may begin in one word and end in the next.
pub fn dense(word: impl Fn(usize) -> u32, place: usize, bits: u32) -> u8 {
    let (index, shift) = (place * bits as usize / WORD, place * bits as usize % WORD);
    let mut code = word(index) >> shift;
    if shift + bits as usize > WORD {
        code |= word(index + 1) << (WORD - shift);
    }
    (code & ((1 << bits) - 1)) as u8
}

/// The code at a place in a run of words that hold whole codes only.
pub fn whole(word: impl Fn(usize) -> u32, place: usize, bits: u32) -> u8 {
    let codes = WORD / bits as usize;
    (word(place / codes) >> (place % codes * bits as usize) & ((1 << bits) - 1)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_3_bits_cross_words() {
        // Octal digits of the words' 96 bits.
        let words = [0xf58d_1f58_u32, 0x58d1_f58d, 0xd1f5_8d1f];
        let all = words.iter().rev().fold(0u128, |all, word| all << 32 | u128::from(*word));
        for place in 0..32 {
            let expected = (all >> (3 * place) & 7) as u8;
            assert_eq!(dense(|index| words[index], place, 3), expected, "{place}");
        }
    }

    #[test]
    fn whole_codes_of_3_bits_leave_two_bits_free() {
        let words = [0xffff_fff8 & 0x3fff_ffff, 5];
        let codes: Vec<u8> = [0, 1, 9, 10].map(|place| whole(|index| words[index], place, 3)).to_vec();
        assert_eq!(codes, [0, 7, 7, 5]);
    }
}
