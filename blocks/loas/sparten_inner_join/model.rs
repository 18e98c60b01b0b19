//! The golden model.

use super::Params;
use crate::golden::{GoldenModel, Model, Reference};
use crate::loas::masks::{matches, ones_below, part};
use hdl::Bits;

/// The golden model: matches of one time step after another.
struct Golden {
    params: Params,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let params = &self.params;
        for step in 0..params.time_steps {
            let spikes = part(&beat[0], step, params.mask_bits);
            for position in matches(&spikes, &beat[1]) {
                let offset =
                    |mask| Some(Bits::truncated(ones_below(mask, position).into(), params.position_bits()));
                let step = Bits::truncated(step.into(), params.step_bits());
                emit(0, &[Some(beat[2].clone()), Some(step), offset(&spikes), offset(&beat[1])]);
            }
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { params: self.clone() })
    }
}
