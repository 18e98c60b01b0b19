//! The golden model: the plain definition, head by head.

use super::Params;
use crate::golden::{GoldenModel, Model, Reference};
use crate::statten::heads::Heads;
use crate::statten::shape::Shape;
use crate::statten::statten_qkv::beats;
use hdl::Bits;

/// The golden model of the block.
struct Golden {
    shape: Shape,
    heads: Heads<3>,
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        if channel == 0 {
            return emit(0, &[Some(self.heads.take_job(&self.shape, beat))]);
        }
        self.heads.take(channel - 1, &beat[0]);
        while let Some((task, [k, v, q])) = self.heads.next(&self.shape) {
            for beat in beats(&self.shape, &task, &task.attention(&q, &k, &v)) {
                emit(1, &beat.map(Some));
            }
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { shape: self.shape.clone(), heads: Heads::new() })
    }
}
