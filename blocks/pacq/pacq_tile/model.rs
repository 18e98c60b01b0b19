//! The golden model: each result separately, group after group.

use super::params::Params;
use crate::golden::Model;
use crate::golden::{GoldenModel, Reference};
use crate::pacq::pacq_dp::model::{DotProduct, words};
use crate::pacq::pacq_group_scale::model::{added, constant, floats, removed, scaled, sum_of_activations};
use crate::pacq::sum::Sum;
use crate::pacq::tile::DEPTH;
use crate::pacq::tile::golden::{Collector, Group};
use hdl::Bits;

/// The lanes of a row and a column of words, in FP32: groups are added up in their order.
pub fn product(params: &Params, groups: &[Group]) -> Vec<u32> {
    let lanes = params.shape().lanes() as usize;
    let mut results = vec![0; lanes];
    let mut dot = DotProduct::new(&params.dot_product());
    for group in groups {
        dot.begin(&vec![Sum::default(); lanes]);
        let steps =
            group.activations.chunks(params.terms as usize).zip(group.words.chunks(params.terms as usize));
        for (activations, own) in steps {
            dot.step(
                activations,
                &own.iter().map(|word| lanes_of(params.weight_bits, *word)).collect::<Vec<_>>(),
            );
        }
        let of_activations = sum_of_activations(group.activations);
        for (lane, (sum, result)) in dot.kept().into_iter().zip(&mut results).enumerate() {
            let place = lane / params.group_n as usize;
            let constant = constant(params.product, params.weight_bits, group.scale.zeros[place]);
            *result =
                added(*result, scaled(removed(sum, of_activations, constant), group.scale.scales[place]));
        }
    }
    results
}

fn lanes_of(weight_bits: u32, word: u16) -> Vec<u16> {
    words(weight_bits, &Bits::truncated(word.into(), 16)).swap_remove(0)
}

/// The model as the block's.
pub struct Golden {
    params: Params,
    collector: Collector,
}

impl Golden {
    /// The model at its start.
    pub fn new(params: &Params) -> Golden {
        Golden { params: params.clone(), collector: Collector::new(params.shape()) }
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        self.collector.take(channel, beat);
        let (params, format) = (&self.params, self.params.result.float());
        let most = (params.max_tiles() * DEPTH) as usize;
        let results = |groups: &[Group]| {
            let is_overlong = groups.iter().any(|group| group.activations.len() > most);
            (!is_overlong).then(|| floats(format, &product(params, groups)))
        };
        self.collector.finish(results, |results| {
            let error = Bits::truncated(results.is_none().into(), 1);
            emit(0, &[results, Some(error)]);
        });
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}
