//! The golden model.

use super::Params;
use crate::common::lanes::flag;
use crate::golden::{GoldenModel, Model, Reference};
use crate::loas::masks::{ones_below, part};
use hdl::Bits;

/// The golden model: the words of a chunk, each at its place.
struct Golden {
    params: Params,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let Params { mask_bits, time_steps, lanes, .. } = self.params;
        for first in (0..mask_bits).step_by(lanes as usize) {
            let mut spikes = Bits::zero(lanes * time_steps);
            for neuron in (first..first + lanes).filter(|neuron| beat[0].bit(*neuron)) {
                let offset = ones_below(&beat[0], neuron);
                let word = part(&beat[1], offset, time_steps);
                spikes.insert((neuron - first) * time_steps, &word);
            }
            let is_last = beat[2].bit(0) && first + lanes == mask_bits;
            emit(0, &[Some(spikes), Some(flag(is_last))]);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { params: self.clone() })
    }
}
