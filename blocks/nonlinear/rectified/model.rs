//! The golden model: the function of real numbers, rounded.

use super::{Function, Params};
use crate::golden::{GoldenModel, PureModel, Reference};
use crate::limbs::{extract, insert};

/// The model of a beat.
struct Golden<F: Function>(Params<F>);

impl<F: Function> PureModel for Golden<F> {
    fn answer(&self, beat: &[u64], answer: &mut [u64], _specified: &mut [u64]) {
        let (lanes, bits) = (self.0.lanes, self.0.bits);
        for lane in 0..lanes {
            let x = self.0.signed(extract(beat, lane * bits, bits));
            insert(answer, lane * bits, bits, self.0.rounded(x) as u64);
        }
    }
}

impl<F: Function> Reference for Params<F> {
    fn golden(&self) -> GoldenModel {
        GoldenModel::pure(Golden(self.clone()))
    }
}
