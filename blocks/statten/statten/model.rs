//! The golden model: the plain definition, for tokens as their q comes.

use super::Params;
use crate::golden::{GoldenModel, Model, Reference};
use crate::statten::definition::Task;
use crate::statten::heads::Heads;
use crate::statten::shape::Shape;
use crate::statten::statten_qkv::beats;
use hdl::Bits;

/// The golden model of the block.
struct Golden {
    shape: Shape,
    heads: Heads<3>,
    /// K^T V of the next head, if its first spikes were given.
    values: Option<Vec<Vec<Vec<u64>>>>,
    /// Tokens of it whose spikes were given.
    given: usize,
}

impl Golden {
    /// K and V of the next head have come.
    fn has_values(&self, task: &Task) -> bool {
        let all = task.tiles * task.beats(&self.shape);
        [0, 1].iter().all(|operand| self.heads.rows(&self.shape, *operand) == all)
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let shape = self.shape.clone();
        match channel {
            0 => emit(0, &[Some(self.heads.take_job(&shape, beat))]),
            _ => self.heads.take(channel - 1, &beat[0]),
        }
        while let Some(task) = self.heads.front().filter(|task| self.has_values(task)) {
            let come = self.heads.tokens(&shape, 2);
            if come == self.given {
                return;
            }
            let operands = [0, 1, 2].map(|operand| self.heads.train(&shape, operand));
            let [Some(k), Some(v), Some(q)] = operands else { return };
            let values = self.values.get_or_insert_with(|| task.all_key_values(&k, &v));
            let spikes = task.head(&q, values, self.given..come);
            for beat in beats(&shape, &task, &spikes, self.given..come) {
                emit(1, &beat.map(Some));
            }
            self.given = come;
            if come == task.tokens {
                self.given = 0;
                self.values = None;
                self.heads.finish(&shape);
            }
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden {
            shape: self.shape.clone(),
            heads: Heads::new(),
            values: None,
            given: 0,
        })
    }
}
