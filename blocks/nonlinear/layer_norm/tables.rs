//! The table of inverse roots, in exact arithmetic, so that it is the same on every machine.

use super::params::Params;

/// Fraction bits of the exact values that the table is made from.
const EXACT_BITS: u32 = 40;

/// Fraction bits of the table's entries below those of its results.
pub const GUARD_BITS: u32 = 4;

/// An interval of mantissas: their inverse roots are `base` less `slope` times the place in the interval, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Of the first mantissa, minus half the greatest distance of the chord from the curve.
    pub base: u64,
    /// The difference of the curve over the interval.
    pub slope: u64,
}

/// The table: one half for the mantissas from 1 to 2, one for those from 2 to 4. With `table_bits` + 4 fraction bits.
pub fn intervals(params: &Params) -> Vec<Interval> {
    let half = 1u64 << (params.index_bits() - 1);
    let unit = |octave: u64| move |place: u64| interval(params, (half + place) << octave, octave, half);
    (0..2).flat_map(|octave| (0..half).map(unit(octave))).collect()
}

/// The interval from `start` / `half` of width 2^`octave` / `half`.
fn interval(params: &Params, start: u64, octave: u64, half: u64) -> Interval {
    let at = |halves: u64| inverse_root(2 * start + (halves << octave), 2 * half);
    let (first, middle, last) = (at(0), at(1), at(2));
    let above = ((first + last) / 2 - middle) / 2;
    let places = EXACT_BITS - params.table_bits() - GUARD_BITS;
    let rounded = |value: u64| (value + (1 << (places - 1))) >> places;
    Interval { base: rounded(first - above), slope: rounded(first - last) }
}

/// The inverse root of `over` / `under`, rounded down.
fn inverse_root(over: u64, under: u64) -> u64 {
    let square = (u128::from(under) << (2 * EXACT_BITS)) / u128::from(over);
    square.isqrt() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_an_interval_is_near_its_curve() {
        let params = Params::default();
        let unit = f64::from(1 << (params.table_bits() + GUARD_BITS));
        let mut worst: f64 = 0.0;
        for (index, Interval { base, slope }) in (0..).zip(intervals(&params)) {
            let octave = f64::from(1 << (index / 64));
            for place in 0..=100 {
                let place = f64::from(place) / 100.0;
                let mantissa = octave * (1.0 + (f64::from(index % 64) + place) / 64.0);
                let found = (base as f64 - slope as f64 * place) / unit;
                worst = worst.max((found * mantissa.sqrt() - 1.0).abs());
            }
        }
        println!("worst relative error of the table: {worst:e}");
        assert!((1.0e-5..1.2e-5).contains(&worst), "{worst:e}");
    }
}
