//! The weight code.

use crate::WEIGHT_BITS;
use blocks::pacq::pacq_mul::model::{bias, decode_weight};
use parts::float::FloatFormat;

/// Codes count up from the most negative two's complement integer of that width.
#[test]
fn codes_are_offset_binary() {
    assert_eq!((0..4).map(|code| decode_weight(2, code)).collect::<Vec<_>>(), [-2, -1, 0, 1]);
    for weight_bits in WEIGHT_BITS {
        let weights: Vec<_> = (0..1u16 << weight_bits).map(|code| decode_weight(weight_bits, code)).collect();
        let expected: Vec<_> = (-(1 << (weight_bits - 1))..1 << (weight_bits - 1)).collect();
        assert_eq!(weights, expected, "{weight_bits} bits");
    }
}

#[test]
#[should_panic(expected = "weight code 16 does not fit 4 bits")]
fn a_code_that_does_not_fit_is_refused() {
    decode_weight(4, 16);
}

/// 1032 and 1026 are the published constants; an 8-bit code does not fit the 7-bit fraction of bfloat16.
#[test]
fn biases() {
    assert_eq!(
        WEIGHT_BITS.map(|bits| bias(FloatFormat::FP16, bits)),
        [Some(1026), Some(1028), Some(1032), Some(1152)]
    );
    assert_eq!(
        WEIGHT_BITS.map(|bits| bias(FloatFormat::BF16, bits)),
        [Some(130), Some(132), Some(136), None]
    );
    assert_eq!(bias(FloatFormat::BF16, 7), Some(192), "the widest code that fits");
}
