//! Transposes between rows (one bit of every lane) and values (every bit of one lane).
//!
//! In the matrix of bits, a word is 64 lanes of a row. Values are assembled as in the transposition of a square bit
//! matrix, by swapping bits of the row index with bits of the position in the word. All words of the rows go through
//! this side by side.

/// A value of up to 64 bits.
pub trait LaneValue: Copy + Default + Eq + sealed::Packed {}

impl<T: Copy + Default + Eq + sealed::Packed> LaneValue for T {}

mod sealed {
    /// A value; several of them make a 64-bit word.
    pub trait Packed: Sized {
        /// Base-2 logarithm of the width.
        const LOG_WIDTH: u32;

        /// A word's worth of values, the first in the lowest bits.
        fn pack(values: &[Self]) -> u64;

        /// The inverse of [`pack`](Packed::pack).
        fn unpack(word: u64, values: &mut [Self]);
    }

    macro_rules! packed {
        ($type:ty) => {
            impl Packed for $type {
                const LOG_WIDTH: u32 = <$type>::BITS.trailing_zeros();

                #[inline(always)]
                fn pack(values: &[Self]) -> u64 {
                    let shifts = (0..).step_by(<$type>::BITS as usize);
                    values.iter().zip(shifts).fold(0, |word, (&value, shift)| word | (value as u64) << shift)
                }

                #[inline(always)]
                fn unpack(word: u64, values: &mut [Self]) {
                    let shifts = (0..).step_by(<$type>::BITS as usize);
                    values
                        .iter_mut()
                        .zip(shifts)
                        .for_each(|(value, shift)| *value = (word >> shift) as $type);
                }
            }
        };
    }

    packed!(u8);
    packed!(u16);
    packed!(u32);
    packed!(u64);
}

/// The rows of up to 64 bits; those above the width are zero.
type Matrix<const WORDS: usize> = [[u64; WORDS]; 64];

/// The values in `rows`, one for each lane; they must be wide enough.
pub fn to_values<V: LaneValue>(rows: &[u64], words: usize, values: &mut [V]) {
    match words {
        4 => rows_to_values::<V, 4>(rows, values),
        _ => rows_to_values::<V, 8>(rows, values),
    }
}

/// The inverse of [`to_values`]. True if no value has a bit above the rows.
pub fn to_rows<V: LaneValue>(values: &[V], words: usize, rows: &mut [u64]) -> bool {
    match words {
        4 => values_to_rows::<V, 4>(values, rows),
        _ => values_to_rows::<V, 8>(values, rows),
    }
}

fn rows_to_values<V: LaneValue, const WORDS: usize>(rows: &[u64], values: &mut [V]) {
    let mut matrix: Matrix<WORDS> = [[0; WORDS]; 64];
    for (to, from) in matrix.iter_mut().zip(rows.as_chunks().0) {
        *to = *from;
    }
    exchanges::<V>().for_each(|(row_bit, place_bit)| exchange(&mut matrix, V::LOG_WIDTH, row_bit, place_bit));
    for (index, packed) in values.chunks_exact_mut(64 >> V::LOG_WIDTH).enumerate() {
        let (row, word) = source::<V>(index);
        V::unpack(matrix[row][word], packed);
    }
}

fn values_to_rows<V: LaneValue, const WORDS: usize>(values: &[V], rows: &mut [u64]) -> bool {
    let mut matrix: Matrix<WORDS> = [[0; WORDS]; 64];
    for (index, packed) in values.chunks_exact(64 >> V::LOG_WIDTH).enumerate() {
        let (row, word) = source::<V>(index);
        matrix[row][word] = V::pack(packed);
    }
    let exchanges = exchanges::<V>().rev();
    exchanges.for_each(|(row_bit, place_bit)| exchange(&mut matrix, V::LOG_WIDTH, row_bit, place_bit));
    let width = rows.len() / WORDS;
    rows.as_chunks_mut().0.iter_mut().zip(&matrix).for_each(|(to, from)| *to = *from);
    matrix[width.min(64)..].as_flattened().iter().all(|&word| word == 0)
}

/// The swaps, each of a bit of the row index with a bit of the position: first those that bring the bits of a value
/// together, then, with the position bits that are left, those that bring its neighbours there.
fn exchanges<V: LaneValue>() -> impl DoubleEndedIterator<Item = (u32, u32)> {
    let log = V::LOG_WIDTH;
    (0..log).map(|bit| (bit, bit)).chain((0..6 - log).map(move |bit| (bit, log + bit)))
}

/// After the swaps: the row, and the word in it, that hold the word of values with this index. The bits of the lane
/// number that are left in the row index end up rotated.
fn source<V: LaneValue>(index: usize) -> (usize, usize) {
    let log = V::LOG_WIDTH;
    let (group, word) = (index & ((1 << log) - 1), index >> log);
    let rotated = group << (6 - log) | group >> (2 * log - 6);
    (rotated & ((1 << log) - 1), word)
}

/// Swaps a bit of the row index with a bit of the position in the word, in the first `2^log_rows` rows.
#[inline(always)]
fn exchange<const WORDS: usize>(matrix: &mut Matrix<WORDS>, log_rows: u32, row_bit: u32, place_bit: u32) {
    let (distance, shift) = (1 << row_bit, 1 << place_bit);
    let low_places = PLACES_WITHOUT[place_bit as usize];
    for row in (0..1usize << log_rows).filter(|row| row & distance == 0) {
        let (upper, lower) = matrix.split_at_mut(row + distance);
        for (a, b) in upper[row].iter_mut().zip(&mut lower[0]) {
            let moved = (*a >> shift ^ *b) & low_places;
            *a ^= moved << shift;
            *b ^= moved;
        }
    }
}

/// For each bit of a position in a word, a mask of the positions where it is 0. The inverse is that bit of the lane
/// numbers.
const PLACES_WITHOUT: [u64; 6] = [
    0x5555_5555_5555_5555,
    0x3333_3333_3333_3333,
    0x0f0f_0f0f_0f0f_0f0f,
    0x00ff_00ff_00ff_00ff,
    0x0000_ffff_0000_ffff,
    0x0000_0000_ffff_ffff,
];

/// A word of the row that holds bit `bit` of the lane's own number.
pub fn lane_number_bit(bit: u32, word: usize) -> u64 {
    match PLACES_WITHOUT.get(bit as usize) {
        Some(without) => !without,
        None => 0u64.wrapping_sub((word >> (bit - 6) & 1) as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<V: LaneValue + std::fmt::Debug + TryFrom<u64>>(width: u32, words: usize) {
        let mut random = fastrand::Rng::with_seed(width as u64);
        let value = |random: &mut fastrand::Rng| V::try_from(random.u64(..) >> (64 - width)).ok().unwrap();
        let values: Vec<V> = (0..64 * words).map(|_| value(&mut random)).collect();
        let mut rows = vec![0; width as usize * words];
        assert!(to_rows(&values, words, &mut rows));
        let word = |value: &V| {
            let mut word = vec![V::default(); 64 >> V::LOG_WIDTH];
            word[0] = *value;
            V::pack(&word)
        };
        for (lane, bit) in (0..64 * words).flat_map(|lane| (0..width as usize).map(move |bit| (lane, bit))) {
            let in_row = rows[bit * words + lane / 64] >> (lane % 64) & 1;
            assert_eq!(in_row, word(&values[lane]) >> bit & 1, "lane {lane}, bit {bit}");
        }
        let mut back = vec![V::default(); 64 * words];
        to_values(&rows, words, &mut back);
        assert_eq!(back, values);
        let narrower = rows.len() - words;
        assert!(!to_rows(&values, words, &mut rows[..narrower]), "some value has its top bit set");
    }

    #[test]
    fn values_and_rows_are_transposed() {
        for words in [4, 8] {
            (1..=8).for_each(|width| check::<u8>(width, words));
            (1..=16).for_each(|width| check::<u16>(width, words));
            (1..=32).step_by(3).for_each(|width| check::<u32>(width, words));
            (1..=64).step_by(7).for_each(|width| check::<u64>(width, words));
        }
    }

    #[test]
    fn the_number_of_a_lane_is_spread_over_rows() {
        for lane in 0..512 {
            let bit = |bit| lane_number_bit(bit, lane / 64) >> (lane % 64) & 1;
            assert_eq!((0..9).fold(0, |number, i| number | (bit(i) as usize) << i), lane);
        }
    }
}
