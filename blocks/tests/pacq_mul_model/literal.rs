//! `literal`: what the drawn datapath loses, and where it is correct.

use blocks::pacq::pacq_mul::model::{biased, literal, literal_product};
use half::f16;
use parts::float::FloatFormat;

/// The significand of a normal activation with that fraction.
fn significand(fraction: u32) -> u32 {
    1024 + fraction
}

/// mA x y, up to 15 bits.
fn partial_product(fraction: u32, code: u16) -> u32 {
    significand(fraction) * u32::from(code)
}

/// mA x (1024 + y), up to 22 bits.
fn true_product(fraction: u32, code: u16) -> u32 {
    significand(fraction) * (1024 + u32::from(code))
}

fn is_right(weight_bits: u32, fraction: u32, code: u16) -> bool {
    literal_product(weight_bits, fraction, code) == true_product(fraction, code)
}

/// Every pair of a fraction and a code.
fn pairs(weight_bits: u32) -> impl Iterator<Item = (u32, u16)> {
    (0..1024).flat_map(move |fraction| (0..1 << weight_bits).map(move |code| (fraction, code)))
}

/// The pairs that satisfy a condition: how many, and their percentage with this many digits.
fn share(weight_bits: u32, digits: usize, condition: impl Fn(u32, u16) -> bool) -> (usize, String) {
    let count = pairs(weight_bits).filter(|&(fraction, code)| condition(fraction, code)).count();
    let percent = 100.0 * count as f64 / pairs(weight_bits).count() as f64;
    (count, format!("{percent:.digits$}"))
}

#[test]
fn share_of_wrong_products() {
    assert_eq!(share(4, 1, |fraction, code| !is_right(4, fraction, code)), (5804, "35.4".into()));
    assert_eq!(share(2, 1, |fraction, code| !is_right(2, fraction, code)), (121, "3.0".into()));
}

/// mA x y takes 15 bits, of which the drawing keeps 14.
#[test]
fn share_of_dropped_bits() {
    let bit_14 = |fraction, code| partial_product(fraction, code) >> 14 == 1;
    assert_eq!(pairs(4).map(|(fraction, code)| partial_product(fraction, code)).max(), Some(30705));
    assert_eq!(share(4, 0, bit_14), (4495, "27".into()));
    assert_eq!(share(2, 0, bit_14), (0, "0".into()));
}

/// A product of 2^21 or more needs a normalisation, which the drawing lacks.
#[test]
fn share_of_products_to_normalise() {
    let to_normalise = |fraction, code| true_product(fraction, code) >= 1 << 21;
    assert_eq!(share(4, 2, to_normalise), (225, "1.37".into()));
    assert_eq!(share(2, 2, to_normalise), (9, "0.22".into()));
}

/// The lower 16 bits are those of the true product without bit 14 of mA x y, which is dropped; the upper 5 are those
/// of mA.
#[test]
fn the_product_as_drawn() {
    for weight_bits in [2, 4] {
        for (fraction, code) in pairs(weight_bits) {
            let dropped = partial_product(fraction, code) & 0x4000;
            let product = literal_product(weight_bits, fraction, code);
            assert_eq!(product & 0xffff, (true_product(fraction, code) - dropped) & 0xffff);
            assert_eq!(product >> 16, significand(fraction) >> 6, "fraction {fraction} code {code}");
        }
    }
}

/// On normal activations, the result is correct exactly if the product is, or if it overflows: a wrong product is off
/// by far more than the rounding.
#[test]
fn right_where_the_product_is() {
    for weight_bits in [2, 4] {
        for activation in f16::MIN_POSITIVE.to_bits()..f16::INFINITY.to_bits() {
            for code in 0..1 << weight_bits {
                let drawn = literal(weight_bits, activation, code);
                let right = is_right(weight_bits, u32::from(activation) & 0x3ff, code);
                let expected = biased(FloatFormat::FP16, weight_bits, activation, code);
                assert_eq!(
                    drawn == expected,
                    right || drawn == f16::INFINITY.to_bits(),
                    "{activation:#06x} x code {code} of {weight_bits} bits: {drawn:#06x} for {expected:#06x}"
                );
            }
        }
    }
}

/// Zeros and subnormals get a hidden bit and the exponent below that of field 1; Inf and NaN overflow.
#[test]
fn classes_are_not_looked_at() {
    for (fraction, code) in pairs(4) {
        let with_field = |field: u16| literal(4, field << 10 | fraction as u16, code);
        assert_eq!(with_field(0), with_field(1) - (1 << 10), "fraction {fraction} code {code}");
        assert_eq!(with_field(31), 0x7c00);
    }
    // 1.0 x 1032 x 2^-15 for zero times zero: exponent field 10, the code as the fraction.
    assert_eq!(literal(4, 0x0000, 8), 10 << 10 | 8);
}

#[test]
fn the_sign_is_that_of_the_activation() {
    for activation in 0..0x8000 {
        for code in 0..16 {
            assert_eq!(literal(4, 0x8000 | activation, code), 0x8000 | literal(4, activation, code));
        }
    }
}

/// With the largest code, A x 1039 overflows from |A| = 63.0625 on. The bits that the drawing drops keep its product
/// below that: of all |A| below 64, only one comes close enough to 2^21 for the rounding to overflow.
#[test]
fn overflow_with_the_largest_code() {
    let only_below_64 = f16::from_f64(63.5625).to_bits();
    for activation in 0..0x8000 {
        let from_64_on = activation >= f16::from_f64(64.0).to_bits();
        let infinite = literal(4, activation, 15) == f16::INFINITY.to_bits();
        assert_eq!(infinite, from_64_on || activation == only_below_64, "{activation:#06x}");
    }
    let at_63_0625 = literal(4, f16::from_f64(63.0625).to_bits(), 15);
    assert_eq!(f16::from_bits(at_63_0625).to_f64(), 65024.0);
}

#[test]
#[should_panic(expected = "3 bits: the datapath is drawn for weights of 2 and 4")]
fn other_widths_are_not_drawn() {
    literal(3, 0x3c00, 0);
}

#[test]
#[should_panic(expected = "weight code 4 does not fit 2 bits")]
fn a_code_that_does_not_fit_is_refused() {
    literal(2, 0x3c00, 4);
}
