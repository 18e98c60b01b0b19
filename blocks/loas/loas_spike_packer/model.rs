//! The golden model.

use super::Params;
use crate::common::lanes::flag;
use crate::golden::{GoldenModel, Model, Reference};
use crate::loas::masks::part;
use hdl::Bits;

/// The golden model: the words of a chunk until it is complete.
struct Golden {
    params: Params,
    chunk: Vec<Bits>,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let Params { mask_bits, time_steps, lanes, drop, .. } = self.params;
        self.chunk.extend((0..lanes).map(|lane| part(&beat[0], lane, time_steps)));
        let is_last = beat[1].bit(0);
        if !is_last && self.chunk.len() < mask_bits as usize {
            return;
        }
        let (mut mask, mut words, mut count) = (Bits::zero(mask_bits), Bits::zero(mask_bits * time_steps), 0);
        for (neuron, word) in self.chunk.drain(..).enumerate() {
            if word.to_u64().count_ones() > drop {
                mask.set_bit(neuron as u32, true);
                words.insert(count * time_steps, &word);
                count += 1;
            }
        }
        let count = Bits::truncated(count.into(), self.params.count_bits());
        emit(0, &[Some(mask), Some(words), Some(count), Some(flag(is_last))]);
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { params: self.clone(), chunk: vec![] })
    }
}
