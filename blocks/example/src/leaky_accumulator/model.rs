//! The golden model, on integers.

use super::params::Params;
use gen_rtl::blocks::golden::{GoldenModel, Model, Reference};
use gen_rtl::hdl::Bits;

/// The sum so far.
pub struct Accumulator {
    params: Params,
    sum: i64,
}

/// The steps of an accumulation.
pub struct Step {
    /// The remainder of the sum before it.
    pub kept: i64,
    /// The sum before it saturates.
    pub unlimited: i64,
    /// The sum with it.
    pub sum: i64,
}

impl Accumulator {
    /// An empty accumulator.
    pub fn new(params: &Params) -> Accumulator {
        Accumulator { params: params.clone(), sum: 0 }
    }

    /// Adds the number of a beat.
    pub fn step(&mut self, beat: &[Bits]) -> Step {
        let (x, is_first) = (self.params.signed(beat[0].to_u64()), beat[1].bit(0));
        // The lost part is rounded towards minus infinity, like an arithmetic shift.
        let kept = if is_first { 0 } else { self.sum - self.sum.div_euclid(1 << self.params.leak) };
        let greatest = self.params.greatest();
        let unlimited = kept + x;
        self.sum = unlimited.clamp(-greatest - 1, greatest);
        Step { kept, unlimited, sum: self.sum }
    }
}

impl Model for Accumulator {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let sum = self.step(beat).sum as u64;
        emit(0, &[Some(Bits::truncated(sum.into(), self.params.bits))]);
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Accumulator::new(self))
    }
}

impl Params {
    /// The greatest number.
    pub fn greatest(&self) -> i64 {
        (1 << (self.bits - 1)) - 1
    }

    /// A word as a number.
    pub fn signed(&self, word: u64) -> i64 {
        let above = 64 - self.bits;
        (word << above) as i64 >> above
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_leak_and_saturate() {
        let params = Params { bits: 8, leak: 2 };
        let mut accumulator = Accumulator::new(&params);
        // 100; 75 + 50; 94 + 100 saturates; new sum; -100; -75 - 100 saturates; -128 + 32 + 96.
        let numbers = [(100, false), (50, false), (100, false), (-100, true), (-100, false), (96, false)];
        let sums = numbers.map(|(x, is_first)| {
            let beat = [Bits::truncated(u128::from(x as u8), 8), Bits::truncated(u128::from(is_first), 1)];
            accumulator.step(&beat).sum
        });
        assert_eq!(sums, [100, 125, 127, -100, -128, 0]);
    }
}
