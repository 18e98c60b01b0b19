//! Pairs of floats: all pairs, random ones around the corners, and typical ones.

use super::model::sum;
use super::params::Params;
use crate::common::float_stimulus::{corner_weighted, normal_pairs};
use crate::stimulus::{Coverage, Space, Stimulus, case_rng, report_reached};
use hdl::Bits;
use parts::float::{FloatClass, FloatFormat};

/// Names of the coverage points.
pub const POINTS: [&str; 13] = [
    "sum zero",
    "sum subnormal",
    "sum normal",
    "sum infinite",
    "sum NaN",
    "term zero",
    "term subnormal",
    "infinite - infinite",
    "finite sum overflows",
    "terms cancel to zero",
    "terms cancel to less than a hundredth",
    "sum is the larger term",
    "two negative zeros",
];

fn widths(params: &Params) -> Vec<u32> {
    vec![params.format().width(); 2]
}

impl Stimulus for Params {
    /// Every pair, if there are not too many.
    fn spaces(&self) -> Vec<Space> {
        let width = self.format().width();
        if width > 16 {
            return vec![];
        }
        vec![Space::of_limbs("a + b", 1 << (2 * width), widths(self), move |index, beat| {
            (beat[0], beat[1]) = (index & ((1 << width) - 1), index >> width);
        })]
    }

    /// Pairs around the corners of the format; of every sixteen, four nearly cancel, four have terms of similar size,
    /// and one has equal terms.
    fn random(&self, seed: u64) -> Space {
        let format = self.format();
        Space::of_limbs("random", u64::MAX, widths(self), move |index, beat| {
            let mut rng = case_rng(seed, index);
            let a = corner_weighted(format, &mut rng);
            let b = match rng.u8(..16) {
                0..4 => near(format, a ^ format.zero(true), &mut rng),
                4..8 => {
                    let apart = rng.u32(..format.fraction_bits + 4) << format.fraction_bits;
                    let magnitude = a & !format.zero(true);
                    let fraction = rng.u32(..) & ((1 << format.fraction_bits) - 1);
                    (magnitude.saturating_sub(apart) ^ fraction) | format.zero(rng.bool())
                }
                8 => a,
                _ => corner_weighted(format, &mut rng),
            };
            let is_swapped = rng.bool();
            (beat[0], beat[1]) = if is_swapped { (b.into(), a.into()) } else { (a.into(), b.into()) };
        })
    }

    fn typical(&self, seed: u64) -> Space {
        normal_pairs(self.format(), seed)
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats(POINTS, |beat, hit| observe(self, beat, hit))
    }
}

/// A float a few encodings away from another one.
fn near(format: FloatFormat, float: u32, rng: &mut fastrand::Rng) -> u32 {
    let sign = float & format.zero(true);
    let magnitude = float ^ sign;
    let steps = rng.u32(..4) << rng.u32(..format.fraction_bits);
    let moved = if rng.bool() { magnitude.saturating_sub(steps) } else { magnitude + steps };
    sign | moved.min(format.infinity(false))
}

/// Reports the points that a pair reaches.
pub fn observe(params: &Params, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
    let format = params.format();
    let floats = [0, 1].map(|index| beat[index].to_u64() as u32);
    let result = sum(format, floats[0], floats[1]);
    let [a, b] = floats.map(|float| format.classify(float));
    let class = format.classify(result);
    let either = |class| a == class || b == class;
    let is_finite = !either(FloatClass::Infinite) && !either(FloatClass::Nan);
    let magnitude = |float: u32| float & !format.zero(true);
    let larger = magnitude(floats[0]).max(magnitude(floats[1]));
    let has_zero = either(FloatClass::Zero);
    let is_reached = [
        class == FloatClass::Zero,
        class == FloatClass::Subnormal,
        class == FloatClass::Normal,
        class == FloatClass::Infinite,
        class == FloatClass::Nan,
        has_zero,
        either(FloatClass::Subnormal),
        a == FloatClass::Infinite && b == a && floats[0] != floats[1],
        is_finite && class == FloatClass::Infinite,
        is_finite && class == FloatClass::Zero && !has_zero,
        class == FloatClass::Normal && magnitude(result) + (7 << format.fraction_bits) < larger,
        is_finite && !has_zero && magnitude(result) == larger,
        floats == [format.zero(true); 2],
    ];
    report_reached(&is_reached, hit);
}
