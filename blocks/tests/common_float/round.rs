//! The rounding, compared with its definition in rational arithmetic: the nearer of the two neighbouring numbers or,
//! if both are equally near, the one with the even fraction.

use blocks::common::exact::Dyadic;
use num_bigint::BigInt;
use num_rational::Ratio;
use parts::float::FloatFormat;

type Rational = Ratio<BigInt>;

/// Small enough to try every case: 0 to 14 in 28 numbers.
const TINY: FloatFormat = FloatFormat { exponent_bits: 3, fraction_bits: 2 };

fn power_of_two(exponent: i32) -> Rational {
    let power = Rational::from_integer(BigInt::from(1) << exponent.unsigned_abs());
    if exponent < 0 { power.recip() } else { power }
}

/// Every number of a format that is not negative. Encodings count up from 0, so an encoding is an index. The last one
/// stands for Inf: it is the number that would follow if the exponent were unbounded.
fn numbers(format: FloatFormat) -> Vec<Rational> {
    let fractions = 1u32 << format.fraction_bits;
    let fields = (1u32 << format.exponent_bits) - 1;
    let bias = (1 << (format.exponent_bits - 1)) - 1;
    let number = |encoding: u32| {
        let (field, fraction) = (encoding / fractions, encoding % fractions);
        let hidden = if field == 0 { 0 } else { fractions };
        let lsb = power_of_two(field.max(1) as i32 - bias - format.fraction_bits as i32);
        Rational::from_integer((hidden + fraction).into()) * lsb
    };
    (0..=fields * fractions).map(number).collect()
}

/// The encoding of the number nearest to `magnitude`, by the definition.
fn nearest_even(numbers: &[Rational], magnitude: &Rational) -> u32 {
    let above = numbers.partition_point(|number| number <= magnitude);
    let below = above - 1;
    let Some(next) = numbers.get(above) else {
        return below as u32;
    };
    let to_below = magnitude - &numbers[below];
    let to_above = next - magnitude;
    let up = to_above < to_below || (to_above == to_below && below % 2 == 1);
    (if up { above } else { below }) as u32
}

/// Asserts that a magnitude rounds as defined, with either sign.
fn check(format: FloatFormat, numbers: &[Rational], magnitude: u128, exponent: i32) {
    let exact = Rational::from_integer(magnitude.into()) * power_of_two(exponent);
    let expected = nearest_even(numbers, &exact);
    let sign_bit = 1 << (format.exponent_bits + format.fraction_bits);
    for (negative, sign) in [(false, 0), (true, sign_bit)] {
        let rounded = Dyadic { negative, magnitude, exponent }.round(format);
        assert_eq!(rounded, sign | expected, "{format:?} {magnitude:#x} x 2^{exponent} negative {negative}");
    }
}

#[test]
fn every_short_value_in_a_tiny_format() {
    let numbers = numbers(TINY);
    assert_eq!(numbers.len(), 29);
    for exponent in -16..=8 {
        for magnitude in 0..1024 {
            check(TINY, &numbers, magnitude, exponent);
        }
    }
}

/// Every number of FP16 and BF16, every midpoint of two, and values a little to either side of each midpoint.
#[test]
fn every_number_and_midpoint() {
    for format in [FloatFormat::FP16, FloatFormat::BF16] {
        let numbers = numbers(format);
        for encoding in 0..numbers.len() as u32 - 1 {
            let lsb =
                format.effective_exponent(encoding) as i32 - format.bias() - format.fraction_bits as i32;
            let significand = u128::from(format.significand(encoding));
            let midpoint = 2 * significand + 1;
            check(format, &numbers, significand, lsb);
            check(format, &numbers, midpoint, lsb - 1);
            for extra_bits in [1, 64] {
                check(format, &numbers, (midpoint << extra_bits) - 1, lsb - 1 - extra_bits);
                check(format, &numbers, (midpoint << extra_bits) + 1, lsb - 1 - extra_bits);
            }
        }
    }
}

/// Magnitudes of every length up to 128 bits, at exponents from far below the format to far above it.
#[test]
fn long_magnitudes_at_every_scale() {
    let all_ones = u128::MAX;
    let top_bit = 1 << 127;
    let sparse = top_bit | 1 << 100 | 1;
    for format in [FloatFormat::FP16, FloatFormat::BF16] {
        let numbers = numbers(format);
        for magnitude in [all_ones, top_bit, top_bit - 1, top_bit + 1, sparse] {
            for length in 1..=128 {
                let magnitude = magnitude >> (128 - length);
                for top in (-300..=300).step_by(7).chain(-28..=-20).chain(-138..=-130).chain(14..=17) {
                    check(format, &numbers, magnitude, top - length);
                }
            }
        }
    }
}
