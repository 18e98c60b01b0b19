//! Cases, and the coverage points that they reach.

use super::Params;
use crate::statten::cases::{Points, faults, spikes, task};
use crate::statten::definition::Task;
use crate::statten::statten_kv::model::beats;
use crate::stimulus::{Coverage, Space, Stimulus, case_rng};
use hdl::Bits;

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        let (shape, faults) = (self.shape.clone(), faults(&self.shape));
        let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let task = task(&shape, &faults, &mut rng);
            emit(0, &task.beat(&shape));
            for _ in 0..task.heads_done(&shape) {
                let [k, v] = [(); 2].map(|()| task.train(&shape, &spikes(&shape, &task, &mut rng)));
                beats(&shape, &task, &k, &v).into_iter().for_each(|beat| emit(1, &beat));
                spikes(&shape, &task, &mut rng).into_iter().for_each(|beat| emit(2, &[beat]));
            }
        };
        Space { name: "random jobs".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        let shape = &self.shape;
        u64::from(shape.tiles) * u64::from(shape.tokens) * u64::from(shape.time_steps)
    }

    fn coverage(&self) -> Coverage<'_> {
        let points = Points::new(&self.shape);
        let mut names = points.names();
        let own = names.len();
        names.extend([
            "values that are cleared",
            "column of Q without a spike",
            "column of Q in which all fire",
        ]);
        let watch = move |channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)| match channel {
            0 => points.reached(&Task::of_beat(beat), hit),
            1 if beat[4].bit(0) && beat[0].is_zero() => hit(own),
            2 if beat[0].is_zero() => hit(own + 1),
            2 if beat[0].is_ones() => hit(own + 2),
            _ => {}
        };
        Coverage::new(names, watch)
    }
}
