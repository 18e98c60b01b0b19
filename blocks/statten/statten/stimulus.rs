//! Cases, and the coverage points that they reach.

use super::Params;
use crate::statten::cases::{points, reached, spikes, task};
use crate::statten::definition::Task;
use crate::statten::shape::Fault;
use crate::stimulus::{Coverage, Space, Stimulus, case_rng};
use hdl::Bits;

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        let shape = self.shape.clone();
        let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let task = task(&shape, &mut rng);
            emit(0, &task.beat(&shape));
            let heads = if task.fault(&shape) == Fault::None { task.heads } else { 0 };
            for _ in 0..heads {
                for operand in [1, 2, 3] {
                    let beats = spikes(&shape, &task, &mut rng);
                    beats.into_iter().for_each(|beat| emit(operand, &[beat]));
                }
            }
        };
        Space { name: "random jobs".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        let shape = &self.shape;
        2 * u64::from(shape.channels()) * u64::from(shape.groups() + shape.beats())
    }

    fn coverage(&self) -> Coverage<'_> {
        let mut names = points(&self.shape);
        let silent = names.len();
        names.extend([
            "column of K without a spike",
            "column of V without a spike",
            "column of Q without a spike",
            "column in which all fire",
        ]);
        let watch = move |channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)| match channel {
            0 => reached(&self.shape, &Task::of_beat(beat), hit),
            operand if beat[0].is_zero() => hit(silent + operand - 1),
            _ if beat[0].is_ones() => hit(silent + 3),
            _ => {}
        };
        Coverage::new(names, watch)
    }
}
