//! The golden model: sums of floats in exact arithmetic.

use super::Params;
use crate::common::exact::Exact;
use crate::golden::{GoldenModel, PureModel, Reference};
use parts::float::FloatFormat;

/// The sum of two floats of `format`, to nearest even; NaN is the canonical one.
pub fn sum(format: FloatFormat, a: u32, b: u32) -> u32 {
    (Exact::decode(format, a) + Exact::decode(format, b)).round(format)
}

/// The model of a pair.
struct Golden(FloatFormat);

impl PureModel for Golden {
    fn answer(&self, beat: &[u64], answer: &mut [u64], _specified: &mut [u64]) {
        answer[0] = sum(self.0, beat[0] as u32, beat[1] as u32).into();
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::pure(Golden(self.format()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::float_stimulus::corner_weighted;

    /// Compared with the sums of this machine, which follow IEEE 754.
    #[test]
    fn sums_are_those_of_other_implementations() {
        let mut rng = fastrand::Rng::with_seed(1);
        let mut draw = |format| corner_weighted(format, &mut rng);
        for _ in 0..2_000_000 {
            let [a, b] = [draw(FloatFormat::FP32), draw(FloatFormat::FP32)];
            let native = (f32::from_bits(a) + f32::from_bits(b)).to_bits();
            same(FloatFormat::FP32, a, b, native);
            // The sum of two FP16 numbers in FP32 rounds to FP16 as the exact sum does.
            let [a, b] = [draw(FloatFormat::FP16), draw(FloatFormat::FP16)];
            let wide = |float: u32| half::f16::from_bits(float as u16).to_f32();
            let native = half::f16::from_f32(wide(a) + wide(b)).to_bits();
            same(FloatFormat::FP16, a, b, native.into());
        }
    }

    fn same(format: FloatFormat, a: u32, b: u32, native: u32) {
        let found = sum(format, a, b);
        let is_nan = |float: u32| format.classify(float) == parts::float::FloatClass::Nan;
        assert!(found == native || (is_nan(found) && is_nan(native)), "{a:08x} + {b:08x}: {found:08x}");
    }
}
