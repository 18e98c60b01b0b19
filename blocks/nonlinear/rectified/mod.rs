//! Functions that are the rectifier minus a tail: f(x) = max(x, 0) - t(|x|), such as GELU and SiLU. Their blocks differ
//! only in the function.

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use hdl::{Bundle, Shape};
use std::fmt::Debug;

/// A function whose tail max(x, 0) - f(x) is the same for x and -x, and not negative.
pub trait Function: Clone + Debug + PartialEq + Eq + Send + Sync + 'static {
    /// The block.
    const BLOCK: &'static Block;
    /// What the block does, for the header of its module.
    const TITLE: &'static str;
    /// What the results are, for the port.
    const RESULT: &'static str;

    /// The function in real numbers, with an error below 10^-8.
    fn of(x: f64) -> f64;
}

/// A beat of numbers.
#[derive(Clone, Copy, Bundle)]
struct Input<T> {
    /// Numbers in two's complement, the first in the lowest bits.
    x: T,
}

/// The function of each.
#[derive(Clone, Copy, Bundle)]
struct Output<T> {
    y: T,
}

impl<F: Function> Params<F> {
    /// The function of a number in steps of 2^-`fraction_bits`, rounded to nearest, in the same steps.
    pub fn rounded(&self, x: i32) -> i32 {
        let step = f64::from(1u32 << self.fraction_bits);
        (F::of(f64::from(x) / step) * step).round() as i32
    }

    fn input(&self) -> Input<u32> {
        Input { x: self.lanes * self.bits }
    }

    fn output(&self) -> Output<Shape> {
        Output { y: Shape::bits(self.lanes * self.bits).meaning_of(F::RESULT) }
    }

    /// The number in some bits, with its sign.
    fn signed(&self, word: u64) -> i32 {
        let above = 32 - self.bits;
        ((word as u32) << above) as i32 >> above
    }
}

impl<F: Function> Ports for Params<F> {
    fn interface(&self) -> Interface {
        let timing = Timing::Fixed { latency: self.stages };
        Interface::single(self.input().fields(), self.output().fields(), timing)
    }
}

/// The tests of each function.
#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::parameters::Parameters;

    /// In every format, no value is so close to a tie that the function's error could decide the rounding, and tails
    /// are as the hardware assumes.
    pub fn no_value_is_near_a_tie<F: Function>() {
        for (bits, fraction_bits) in (4..=12).flat_map(|bits| (0..=10).map(move |fraction| (bits, fraction)))
        {
            let params = Params::<F> { bits, fraction_bits, ..Params::default() };
            if params.validate().is_err() {
                continue;
            }
            let half = 1i32 << (bits - 1);
            let step = f64::from(1u32 << fraction_bits);
            for x in 1 - half..half {
                let scaled = F::of(f64::from(x) / step) * step;
                assert!(
                    ((scaled - scaled.floor()) - 0.5).abs() > 1e-6,
                    "{} {bits} {fraction_bits} {x}",
                    F::BLOCK.name
                );
                let tail = x.max(0) - params.rounded(x);
                assert!(tail >= 0 && tail == (-x).max(0) - params.rounded(-x));
            }
        }
    }
}
