//! `exact`, compared with double precision, which holds every product of a 16-bit float and an 8-bit integer.

use crate::WEIGHT_BITS;
use blocks::pacq::pacq_mul::model::{ExactProduct, decode_weight, exact};
use half::{bf16, f16};
use parts::float::FloatFormat;

/// The double with the value of a product; NaN is positive.
fn value(format: FloatFormat, product: ExactProduct) -> f64 {
    let magnitude = match product {
        ExactProduct { nan: true, .. } => f64::NAN,
        ExactProduct { infinite: true, .. } => f64::INFINITY,
        _ => {
            let bias = (1 << (format.exponent_bits - 1)) - 1;
            let lsb = product.exponent as i32 - bias - format.fraction_bits as i32;
            f64::from(product.significand) * 2f64.powi(lsb)
        }
    };
    if product.sign { -magnitude } else { magnitude }
}

/// The bits of a double, with one encoding for NaN: so +0 differs from -0, and NaN equals itself.
fn canonical_bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

/// Every activation times every weight of every width: the value, the sign of zeros too, and the form.
fn check_every_product(format: FloatFormat, to_double: fn(u16) -> f64) {
    for weight_bits in WEIGHT_BITS {
        let mut largest = 0;
        for activation in 0..=u16::MAX {
            let a = to_double(activation);
            let field = u32::from(activation) >> format.fraction_bits & ((1 << format.exponent_bits) - 1);
            for code in 0..1 << weight_bits {
                let product = exact(format, weight_bits, activation, code);
                let expected = a * f64::from(decode_weight(weight_bits, code));
                let context = || format!("{activation:#06x} x code {code} of {weight_bits}: {product:?}");
                assert_eq!(value(format, product).to_bits(), canonical_bits(expected), "{}", context());
                assert_eq!(product.exponent, field.max(1), "{}", context());
                assert_eq!(product.nan, expected.is_nan(), "{}", context());
                assert_eq!(product.infinite, expected.is_infinite(), "{}", context());
                assert!(a.is_finite() || product.significand == 0, "{}", context());
                largest = largest.max(product.significand);
            }
        }
        let widest = (2 << format.fraction_bits) - 1;
        assert_eq!(largest, widest << (weight_bits - 1));
        assert_eq!(
            largest.ilog2() + 1,
            format.fraction_bits + weight_bits,
            "the width is reached, not passed"
        );
    }
}

#[test]
fn every_fp16_product() {
    check_every_product(FloatFormat::FP16, |activation| f64::from(f16::from_bits(activation)));
}

#[test]
fn every_bf16_product() {
    check_every_product(FloatFormat::BF16, |activation| f64::from(bf16::from_bits(activation)));
}
