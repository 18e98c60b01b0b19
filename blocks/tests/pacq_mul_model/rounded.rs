//! `rounded` against every reference, and what makes shared multiples exact.

use crate::WEIGHT_BITS;
use crate::reference;
use blocks::pacq::pacq_mul::model::{decode_weight, float_product, rounded};
use parts::float::FloatFormat;

#[test]
fn every_activation_and_code() {
    for reference in reference::all() {
        for weight_bits in WEIGHT_BITS {
            for code in 0..1 << weight_bits {
                let weight = (reference.from_integer)(decode_weight(weight_bits, code));
                for activation in 0..=u16::MAX {
                    assert_eq!(
                        rounded(reference.format, weight_bits, activation, code),
                        reference.canonical_product(activation, weight),
                        "{}: {activation:#06x} x code {code} of {weight_bits} bits",
                        reference.name
                    );
                }
            }
        }
    }
}

#[test]
fn zeros_and_specials() {
    let fp16 = |activation, code| rounded(FloatFormat::FP16, 4, activation, code);
    let (minus_eight, zero, seven) = (0, 8, 15);
    assert_eq!([fp16(0x0000, minus_eight), fp16(0x8000, minus_eight)], [0x8000, 0x0000]);
    assert_eq!([fp16(0x3c00, zero), fp16(0xbc00, zero), fp16(0x8000, zero)], [0x0000, 0x8000, 0x8000]);
    assert_eq!(
        [fp16(0x7c00, minus_eight), fp16(0x7c00, seven), fp16(0xfc00, zero)],
        [0xfc00, 0x7c00, 0x7e00]
    );
    assert_eq!([fp16(0xfc01, minus_eight), fp16(0xffff, zero), fp16(0x7e01, seven)], [0x7e00; 3]);
}

/// An even multiple is the rounded multiple by the odd part of the weight, doubled without an error: so the
/// odd multiples of an activation, rounded once, serve every lane.
#[test]
fn even_multiples_are_exact_doublings() {
    for (format, one) in [(FloatFormat::FP16, 0x3c00), (FloatFormat::BF16, 0x3f80)] {
        for code in 0..=u8::MAX {
            let weight = decode_weight(8, code.into());
            if weight == 0 {
                continue;
            }
            let doublings = weight.trailing_zeros() as u16;
            let odd_code = ((weight >> doublings) + 128) as u16;
            let power = one + (doublings << format.fraction_bits);
            for activation in 0..=u16::MAX {
                let odd_multiple = rounded(format, 8, activation, odd_code);
                assert_eq!(
                    rounded(format, 8, activation, code.into()),
                    float_product(format, odd_multiple, power),
                    "{format:?} {activation:#06x} x {weight}"
                );
            }
        }
    }
}
