//! The golden model: weights dequantised to FP16, products rounded to FP16, sums in one order.

use super::params::Params;
use crate::common::exact::Exact;
use crate::golden::Model;
use crate::golden::{GoldenModel, Reference};
use crate::pacq::fp16_dp::model::step;
use crate::pacq::tile::ROWS;
use crate::pacq::tile::golden::{Collector, Group, Scale};
use hdl::Bits;
use parts::float::FloatFormat;

const FP16: FloatFormat = FloatFormat::FP16;

/// (q - z) x s to nearest even.
pub fn dequantised(code: u16, zero: u16, scale: u16) -> u32 {
    (Exact::from(i32::from(code) - i32::from(zero)) * Exact::decode(FP16, scale.into())).round(FP16)
}

/// The lanes of a row and a column of words, in the format that sums are kept in: the terms of a step in a tree, the steps
/// in their order.
pub fn product(params: &Params, groups: &[Group]) -> Vec<u32> {
    (0..params.shape().lanes()).map(|lane| of_lane(params, groups, lane)).collect()
}

fn of_lane(params: &Params, groups: &[Group], lane: u32) -> u32 {
    let terms = params.terms as usize;
    let of_group = |sum: u32, group: &Group| {
        let weight = |word: &u16| weight(params, group.scale, lane, *word) as u16;
        let weights: Vec<u16> = group.words.iter().map(weight).collect();
        let steps = group.activations.chunks(terms).zip(weights.chunks(terms));
        steps.fold(sum, |sum, (activations, weights)| step(params.kept(), sum, activations, weights))
    };
    groups.iter().fold(0, of_group)
}

fn weight(params: &Params, scale: &Scale, lane: u32, word: u16) -> u32 {
    let code = word >> (lane * params.weight_bits) & ((1 << params.weight_bits) - 1);
    let place = (lane / params.group_n) as usize;
    dequantised(code, scale.zeros[place], scale.scales[place])
}

/// The model as the block's.
pub struct Golden {
    params: Params,
    collector: Collector,
    /// The lanes of each row so far, in a column of words.
    rows: Vec<Vec<u32>>,
}

impl Golden {
    /// The model at its start.
    pub fn new(params: &Params) -> Golden {
        Golden { params: params.clone(), collector: Collector::new(params.shape()), rows: vec![] }
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        self.collector.take(channel, beat);
        let (params, rows) = (&self.params, &mut self.rows);
        let (from, to) = (params.kept(), params.result.float());
        self.collector.finish(
            |groups| product(params, groups),
            |lanes| {
                rows.push(lanes);
                if rows.len() < ROWS as usize {
                    return;
                }
                // One column of weights after the other.
                for lane in 0..params.shape().lanes() as usize {
                    for row in rows.iter() {
                        let result = Exact::decode(from, row[lane]).round(to);
                        emit(0, &[Some(Bits::truncated(result.into(), to.width()))]);
                    }
                }
                rows.clear();
            },
        );
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}
