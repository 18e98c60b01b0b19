//! Pairs of floats: all pairs, random ones around the corners, and typical ones.

use super::model::product;
use super::params::{Params, Subnormals};
use crate::common::float_stimulus::{corner_weighted, normal_pairs};
use crate::stimulus::{Coverage, Space, Stimulus, case_rng, report_reached};
use hdl::Bits;
use parts::float::{FloatClass, FloatFormat};

const CLASSES: [FloatClass; 4] =
    [FloatClass::Zero, FloatClass::Normal, FloatClass::Infinite, FloatClass::Nan];

const POINTS: [&str; 12] = [
    "product zero",
    "product normal",
    "product infinite",
    "product NaN",
    "factor zero",
    "factor subnormal",
    "factor infinite",
    "both factors subnormal",
    "zero x infinite",
    "finite product overflows",
    "product underflows to zero",
    "product subnormal",
];

/// Names of the coverage points. No product is subnormal if subnormals are flushed.
pub fn points(params: &Params) -> &'static [&'static str] {
    &POINTS[..POINTS.len() - usize::from(params.subnormals == Subnormals::Flush)]
}

fn widths(params: &Params) -> Vec<u32> {
    vec![params.format().width(); 2]
}

impl Stimulus for Params {
    /// Every pair.
    fn spaces(&self) -> Vec<Space> {
        vec![Space::of_limbs("a x b", 1 << 32, widths(self), |index, beat| {
            (beat[0], beat[1]) = (index & 0xffff, index >> 16);
        })]
    }

    /// Pairs around the corners of the format.
    fn random(&self, seed: u64) -> Space {
        let format = self.format();
        Space::of_limbs("random", u64::MAX, widths(self), move |index, beat| {
            let mut rng = case_rng(seed, index);
            beat.iter_mut().for_each(|float| *float = corner_weighted(format, &mut rng).into());
        })
    }

    fn typical(&self, seed: u64) -> Space {
        normal_pairs(self.format(), seed)
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats(points(self), |beat, hit| observe(self, beat, hit))
    }
}

/// Reports the points that a pair reaches.
pub fn observe(params: &Params, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
    let format = params.format();
    let floats = [beat[0].to_u64() as u16, beat[1].to_u64() as u16];
    let of = |float: u16| class(format, float);
    let result = of(product(format, params.subnormals, floats[0], floats[1]));
    let [a, b] = floats.map(of);
    let either = |class| a == class || b == class;
    CLASSES.iter().position(|class| *class == result).into_iter().for_each(&mut *hit);
    let is_reached = [
        either(FloatClass::Zero),
        either(FloatClass::Subnormal),
        either(FloatClass::Infinite),
        a == FloatClass::Subnormal && b == a,
        either(FloatClass::Zero) && either(FloatClass::Infinite),
        result == FloatClass::Infinite && !either(FloatClass::Infinite),
        result == FloatClass::Zero && !either(FloatClass::Zero),
        result == FloatClass::Subnormal,
    ];
    report_reached(&is_reached, &mut |index| hit(CLASSES.len() + index));
}

fn class(format: FloatFormat, float: u16) -> FloatClass {
    format.classify(float.into())
}
