//! The golden model: products rounded to FP16, sums in one order.

use super::params::Params;
use crate::common::exact::Exact;
use crate::golden::Model;
use crate::golden::{GoldenModel, Reference};
use crate::pacq::pacq_dp::model::{activations, tree};
use hdl::Bits;
use parts::float::FloatFormat;

const FP16: FloatFormat = FloatFormat::FP16;

/// A sum with one more step: the terms of the step in a tree, whose result is added to the sum.
pub fn step(format: FloatFormat, sum: u32, activations: &[u16], weights: &[u16]) -> u32 {
    let product = |(a, b): (&u16, &u16)| {
        let product = (Exact::decode(FP16, (*a).into()) * Exact::decode(FP16, (*b).into())).round(FP16);
        Exact::decode(FP16, product).round(format)
    };
    let step = tree(format, activations.iter().zip(weights).map(product).collect());
    (Exact::decode(format, sum) + Exact::decode(format, step)).round(format)
}

/// The model as the block's.
pub struct Golden {
    format: FloatFormat,
    /// The sum so far.
    sum: Option<u32>,
}

impl Golden {
    /// The model at its start.
    pub fn new(params: &Params) -> Golden {
        Golden { format: params.accumulate.float(), sum: None }
    }
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let start = || beat.get(3).map_or(0, |addend| addend.to_u64() as u32);
        let sum = self.sum.unwrap_or_else(start);
        let sum = step(self.format, sum, &activations(&beat[0]), &activations(&beat[1]));
        self.sum = Some(sum);
        if !beat[2].is_zero() {
            emit(0, &[Some(Bits::truncated(sum.into(), self.format.width()))]);
            self.sum = None;
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}
