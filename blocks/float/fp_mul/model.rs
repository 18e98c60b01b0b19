//! The golden model: products of floats in exact arithmetic.

use super::params::{Params, Subnormals};
use crate::common::exact::{Exact, round_off};
use crate::golden::{GoldenModel, PureModel, Reference};
use parts::float::{FloatClass, FloatFormat};

/// The product of two floats of `format`, to nearest even; NaN is the canonical one.
pub fn product(format: FloatFormat, subnormals: Subnormals, a: u16, b: u16) -> u16 {
    match subnormals {
        Subnormals::Ieee => {
            (Exact::decode(format, a.into()) * Exact::decode(format, b.into())).round(format) as u16
        }
        Subnormals::Flush => flushed(format, a.into(), b.into()) as u16,
    }
}

/// Subnormal factors count as zero. A product becomes zero if it is below the smallest normal number after rounding to
/// a normal number's precision.
fn flushed(format: FloatFormat, a: u32, b: u32) -> u32 {
    let is_zero = |float| matches!(format.classify(float), FloatClass::Zero | FloatClass::Subnormal);
    let is = |class| [a, b].map(|float| format.classify(float) == class);
    let sign = format.sign(a) != format.sign(b);
    let zeros = [a, b].map(is_zero);
    match (is(FloatClass::Nan), is(FloatClass::Infinite)) {
        ([false, false], [false, false]) if zeros == [false, false] => {}
        ([false, false], [false, false]) => return format.zero(sign),
        ([false, false], _) if zeros == [false, false] => return format.infinity(sign),
        _ => return format.canonical_nan(),
    }
    // Two significands of f + 1 bits: 2f + 1 or 2f + 2 bits, f + 1 of which are kept.
    let f = format.fraction_bits;
    let wide = u64::from(format.significand(a)) * u64::from(format.significand(b));
    let above = (wide >> (2 * f + 1)) as i32;
    let kept = round_off(wide.into(), f + above as u32) as u32;
    // A carry out of the rounding leaves a power of two.
    let carried = (kept >> (f + 1)) as i32;
    let field =
        format.exponent_field(a) as i32 + format.exponent_field(b) as i32 - format.bias() + above + carried;
    let fraction = if carried == 1 { 0 } else { kept & ((1 << f) - 1) };
    match field {
        ..1 => format.zero(sign),
        field if field >= format.exponent_ones() as i32 => format.infinity(sign),
        field => format.encode(sign, field as u32, fraction),
    }
}

/// The model of a pair.
struct Golden(Params);

impl PureModel for Golden {
    fn answer(&self, beat: &[u64], answer: &mut [u64], _specified: &mut [u64]) {
        let Params { subnormals, .. } = self.0;
        answer[0] = product(self.0.format(), subnormals, beat[0] as u16, beat[1] as u16).into();
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::pure(Golden(self.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FP16: FloatFormat = FloatFormat::FP16;

    /// If everything is normal, flushing changes nothing; IEEE's product is tested against other implementations in
    /// `pacq_mul`.
    #[test]
    fn flushing_differs_from_ieee_at_subnormal_numbers_only() {
        let class = |float: u16| FP16.classify(float.into());
        let mut rng = fastrand::Rng::with_seed(1);
        let mut flushed_results = 0;
        for _ in 0..2_000_000 {
            let [a, b] = [rng.u16(..), rng.u16(..)];
            let [ieee, flush] =
                [Subnormals::Ieee, Subnormals::Flush].map(|subnormals| product(FP16, subnormals, a, b));
            let [a_class, b_class] = [class(a), class(b)];
            if a_class == FloatClass::Subnormal || b_class == FloatClass::Subnormal {
                let zero =
                    |float: u16, its| if its == FloatClass::Subnormal { float & 0x8000 } else { float };
                let (a, b) = (zero(a, a_class), zero(b, b_class));
                assert_eq!(flush, product(FP16, Subnormals::Ieee, a, b), "{a:04x} x {b:04x}");
            } else if class(ieee) == FloatClass::Subnormal {
                flushed_results += 1;
                assert_eq!(flush, ieee & 0x8000, "{a:04x} x {b:04x}");
            } else if ieee & 0x7fff != 0x0400 {
                assert_eq!(flush, ieee, "{a:04x} x {b:04x}");
            }
        }
        assert!(flushed_results > 10_000);
    }

    /// 2^-14 (1 - 2^-11) is below the smallest normal number, by half a unit in its 11 bits: IEEE's product is the
    /// smallest normal number, and so is the flushed one, which is rounded first. One step below, both are subnormal.
    #[test]
    fn a_product_is_rounded_before_it_is_flushed() {
        // 2^-7 (2 - 2^-10) x 2^-8 (1 + 2^-10) = 2^-14 (1 + 2^-11 - 2^-21)
        assert_eq!(product(FP16, Subnormals::Flush, 0x23ff, 0x1c01), 0x0400);
        // 2^-8 (2 - 2^-10) x 2^-7 = 2^-14 (1 - 2^-11)
        assert_eq!(product(FP16, Subnormals::Flush, 0x1fff, 0x2000), 0x0000);
        assert_eq!(product(FP16, Subnormals::Ieee, 0x1fff, 0x2000), 0x0400);
    }
}
