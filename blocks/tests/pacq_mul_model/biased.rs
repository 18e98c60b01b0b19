//! `biased`, compared with every reference, and what its rounding costs.

use crate::WEIGHT_BITS;
use crate::reference;
use blocks::pacq::pacq_mul::model::{bias, biased, decode_weight, float_product};
use half::f16;
use parts::float::FloatFormat;

#[test]
fn every_activation_and_code() {
    for reference in reference::all() {
        for weight_bits in WEIGHT_BITS {
            let Some(bias) = bias(reference.format, weight_bits) else {
                continue;
            };
            for code in 0..1 << weight_bits {
                let factor = (reference.from_integer)(decode_weight(weight_bits, code) + bias);
                for activation in 0..=u16::MAX {
                    assert_eq!(
                        biased(reference.format, weight_bits, activation, code),
                        reference.canonical_product(activation, factor),
                        "{}: {activation:#06x} x code {code} of {weight_bits} bits",
                        reference.name
                    );
                }
            }
        }
    }
}

/// B + bias is the float with exponent field 25 (of bfloat16, 134) and the code as its fraction.
#[test]
fn the_code_is_the_fraction_of_the_biased_weight() {
    for (format, weight_bits, power) in [(FloatFormat::FP16, 8, 25 << 10), (FloatFormat::BF16, 4, 134 << 7)] {
        for code in 0..1 << weight_bits {
            for activation in 0..=u16::MAX {
                let product = float_product(format, activation, power | code);
                assert_eq!(
                    biased(format, weight_bits, activation, code),
                    product,
                    "{activation:#06x} x {code}"
                );
            }
        }
    }
}

#[test]
#[should_panic(expected = "the weight codes fit the fraction")]
fn eight_bit_weights_have_no_bias_in_bf16() {
    biased(FloatFormat::BF16, 8, 0x3f80, 0);
}

/// With the largest 4-bit code the product is finite up to |A| = 63.03125 and infinite from 63.0625 on.
#[test]
fn the_largest_code_overflows_beyond_63_03() {
    let product = |activation| f16::from_bits(biased(FloatFormat::FP16, 4, activation, 15));
    let last = f16::from_f64(63.03125).to_bits();
    assert_eq!(f16::from_bits(last + 1).to_f64(), 63.0625);
    for activation in 0..=f16::INFINITY.to_bits() {
        assert_eq!(product(activation).is_finite(), activation <= last, "{activation:#06x}");
        assert_eq!(product(activation | 0x8000), -product(activation));
    }
}

/// The rounding of a biased product moves A x B by up to half a weight step, that is by |A| / 2; the root
/// mean square is 0.20 steps.
#[test]
fn the_rounding_costs_up_to_half_a_weight_step() {
    let (mut largest, mut squares, mut count) = (0.0, 0.0, 0.0);
    for activation in 0x3c00..0x4000 {
        let a = f16::from_bits(activation).to_f64();
        for code in 0..16 {
            let product = f16::from_bits(biased(FloatFormat::FP16, 4, activation, code)).to_f64();
            let error = product / a - f64::from(1024 + code);
            largest = f64::max(largest, error.abs());
            squares += error * error;
            count += 1.0;
        }
    }
    let rms: f64 = f64::sqrt(squares / count);
    assert!((0.48..=0.5).contains(&largest), "{largest} steps at most");
    assert_eq!(format!("{rms:.2}"), "0.20", "steps, root mean square");
}

/// How far rounded biased products are from A x B, as a share of |A||B|: over all significands of A and all codes, and for the
/// significand that fares worst.
fn loss(weight_bits: u32) -> [f64; 2] {
    let bias = f64::from(bias(FloatFormat::FP16, weight_bits).expect("there is a bias"));
    let (mut errors, mut products, mut worst): (f64, f64, f64) = (0.0, 0.0, 0.0);
    for activation in 0x3c00..0x4000 {
        let a = f16::from_bits(activation).to_f64();
        let (mut error, mut product): (f64, f64) = (0.0, 0.0);
        for code in 0..1 << weight_bits {
            let biased = f16::from_bits(biased(FloatFormat::FP16, weight_bits, activation, code)).to_f64();
            let weight = f64::from(decode_weight(weight_bits, code));
            error += (biased - a * bias - a * weight).abs();
            product += a * weight.abs();
        }
        errors += error;
        products += product;
        worst = worst.max(error / product);
    }
    [errors / products, worst]
}

/// The figures of the block's page.
#[test]
fn the_share_that_biased_products_lose() {
    for (weight_bits, expected) in
        [(2, ["12.6", "37.4"]), (3, ["7.4", "21.8"]), (4, ["4.0", "11.6"]), (8, ["0.3", "0.7"])]
    {
        assert_eq!(
            loss(weight_bits).map(|share| format!("{:.1}", 100.0 * share)),
            expected,
            "{weight_bits} bits"
        );
    }
}
