//! The table of reciprocals, in exact arithmetic.

/// The greatest absolute value of a result with a scale per token.
pub const GREATEST: u64 = 127;

/// Width of the multipliers that it makes.
pub const TOKEN_MULTIPLIER_BITS: u32 = 17;

/// Bits of the index of the table: the places behind the leading 1 of a maximum.
pub const INDEX_BITS: u32 = 7;

/// Bits behind the index, by which the table is interpolated.
pub const STEP_BITS: u32 = 12;

/// Bits of an entry below a multiplier's last place.
pub const GUARD_BITS: u32 = 4;

/// Width of the start of an interval.
pub const START_BITS: u32 = TOKEN_MULTIPLIER_BITS + GUARD_BITS;

/// Width of the fall along an interval.
pub const FALL_BITS: u32 = START_BITS - INDEX_BITS;

/// Places that a maximum with its leading 1 at bit 0 is divided by: 127 / maximum is the multiplier shifted right by so many.
pub const LEAST_SHIFT: u32 = TOKEN_MULTIPLIER_BITS - 7;

/// All intervals of the numbers from 1 to 2.
pub fn reciprocals() -> Vec<(u64, u64)> {
    (0..1 << INDEX_BITS).map(reciprocal).collect()
}

/// Of an interval, 127 divided by its start, and how much less that is at its end; lowered so that the line between them is
/// as far above the quotient in the middle as below at the ends.
pub fn reciprocal(interval: u64) -> (u64, u64) {
    /// More places, for the rounding of the result.
    const MORE: u32 = 20;
    let start = 2 * ((1 << INDEX_BITS) + interval);
    let quotient = |at: u64| (GREATEST << (LEAST_SHIFT + GUARD_BITS + INDEX_BITS + 1 + MORE)) / at;
    let (first, middle, last) = (quotient(start), quotient(start + 1), quotient(start + 2));
    let above = (first + last) / 2 - middle;
    let rounded = |value: u64| (value + (1 << (MORE - 1))) >> MORE;
    (rounded(first - above / 2), rounded(first - last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_fit_their_widths() {
        for (start, fall) in reciprocals() {
            assert!(start < 1 << START_BITS && fall < 1 << FALL_BITS && fall < start, "{start} {fall}");
        }
    }
}
