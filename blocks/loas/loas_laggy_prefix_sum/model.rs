//! The golden model.

use super::Params;
use crate::common::lanes::flag;
use crate::golden::{GoldenModel, Model, Reference};
use crate::loas::masks::ones_below;
use hdl::Bits;

/// The golden model: a mask's counts, in segments.
struct Golden {
    params: Params,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let (mask, width) = (&beat[0], self.params.count_bits());
        let Params { adders, inclusive, .. } = self.params;
        for segment in 0..self.params.segments() {
            let mut counts = Bits::zero(adders * width);
            for place in 0..adders {
                let lane = segment * adders + place;
                let count = ones_below(mask, lane) + u32::from(inclusive && mask.bit(lane));
                counts.insert(place * width, &Bits::truncated(count.into(), width));
            }
            let is_last = segment + 1 == self.params.segments();
            emit(0, &[Some(counts), Some(flag(is_last))]);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { params: self.clone() })
    }
}
