//! The format table, compared with the crate `half` on every encoding.

use half::{bf16, f16};
use parts::float::{FloatClass, FloatFormat};
use std::num::FpCategory;

const FP16: FloatFormat = FloatFormat::FP16;
const BF16: FloatFormat = FloatFormat::BF16;

fn category(class: FloatClass) -> FpCategory {
    match class {
        FloatClass::Zero => FpCategory::Zero,
        FloatClass::Subnormal => FpCategory::Subnormal,
        FloatClass::Normal => FpCategory::Normal,
        FloatClass::Infinite => FpCategory::Infinite,
        FloatClass::Nan => FpCategory::Nan,
    }
}

#[test]
fn every_encoding_is_in_its_class() {
    for encoding in 0..=u16::MAX {
        let wide = u32::from(encoding);
        assert_eq!(
            category(FP16.classify(wide)),
            f16::from_bits(encoding).classify(),
            "fp16 {encoding:#06x}"
        );
        assert_eq!(
            category(BF16.classify(wide)),
            bf16::from_bits(encoding).classify(),
            "bf16 {encoding:#06x}"
        );
    }
}

#[test]
fn every_encoding_splits_into_its_fields() {
    for format in [FP16, BF16] {
        for encoding in 0..=u32::from(u16::MAX) {
            let (sign, field) = (format.sign(encoding), format.exponent_field(encoding));
            assert_eq!(sign, encoding >= 0x8000, "{encoding:#06x}");
            assert_eq!(format.encode(sign, field, format.fraction(encoding)), encoding);
        }
    }
}

/// significand x 2^(effective exponent - bias - fraction_bits) is the number.
#[test]
fn significand_and_effective_exponent_give_the_value() {
    for encoding in 0..=u16::MAX {
        let values =
            [(FP16, f64::from(f16::from_bits(encoding))), (BF16, f64::from(bf16::from_bits(encoding)))];
        for (format, value) in values.into_iter().filter(|(_, value)| value.is_finite()) {
            let wide = u32::from(encoding);
            let exponent =
                format.effective_exponent(wide) as i32 - format.bias() - format.fraction_bits as i32;
            let magnitude = f64::from(format.significand(wide)) * 2f64.powi(exponent);
            assert_eq!(magnitude, value.abs(), "{format:?} {encoding:#06x}");
        }
    }
}

#[test]
fn widths_and_limits() {
    for format in [FP16, BF16] {
        assert_eq!(format.width(), 16);
    }
    assert_eq!((FP16.bias(), FP16.significand_bits(), FP16.exponent_ones()), (15, 11, 31));
    assert_eq!((BF16.bias(), BF16.significand_bits(), BF16.exponent_ones()), (127, 8, 255));
    assert_eq!((FP16.min_exponent(), FP16.max_exponent()), (f16::MIN_EXP - 1, f16::MAX_EXP - 1));
    assert_eq!((BF16.min_exponent(), BF16.max_exponent()), (bf16::MIN_EXP - 1, bf16::MAX_EXP - 1));
}

#[test]
fn special_encodings() {
    assert_eq!([FP16.zero(false), FP16.zero(true)], [0x0000, 0x8000]);
    assert_eq!([FP16.infinity(false), FP16.infinity(true)], [0x7c00, 0xfc00]);
    assert_eq!([BF16.infinity(false), BF16.infinity(true)], [0x7f80, 0xff80]);
    assert_eq!([FP16.canonical_nan(), BF16.canonical_nan()], [0x7e00, 0x7fc0]);
}
