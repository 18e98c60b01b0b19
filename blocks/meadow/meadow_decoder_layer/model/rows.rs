//! Steps of rows.

use super::Machine;
use crate::meadow::meadow_decoder_layer::params::Params;
use crate::meadow::meadow_decoder_layer::step::Step;
use crate::meadow::meadow_requantize::model::Multiplier;
use crate::meadow::meadow_vector::model::Job;
use crate::meadow::meadow_vector::params::{First, Norm, Op};
use hdl::Encoded;

impl Params {
    /// Whether a step of rows can be done.
    pub(super) fn has_legal_rows(&self, step: &Step<u64>) -> bool {
        let lanes = u64::from(self.lanes());
        let is_row =
            |count: u64| (1..=u64::from(self.row_length)).contains(&count) && count.is_multiple_of(lanes);
        let job = self.job_of_rows(step);
        let has_row_of_b = job.op == Op::Copy || is_row(step.columns);
        let epsilon_fits = step.epsilon() >> self.vector().norm().epsilon_bits() == 0;
        is_row(step.inner) && has_row_of_b && step.shift < 64 && epsilon_fits && job.is_legal(&self.vector())
    }

    /// The job of a step for `meadow_vector`.
    fn job_of_rows(&self, step: &Step<u64>) -> Job {
        let words = |elements: u64| (elements / u64::from(self.lanes())) as u32;
        Job {
            rows: step.rows as u32,
            beats: words(step.inner),
            b_beats: words(step.columns),
            op: Op::from_code(step.operation.into()).expect("every code is an operation"),
            scale: Multiplier { multiplier: step.multiplier, shift: step.shift as u32 },
            norm: Norm::from_code(step.norm.into()),
            epsilon: step.epsilon(),
            first: First::from_code(step.first.into()).expect("every code is an output"),
            second: step.second == 1,
            narrow_shift: step.narrow_shift as u32,
        }
    }
}

impl Machine {
    /// Does a step of rows.
    pub(super) fn rows(&mut self, step: &Step<u64>) {
        let job = self.params.job_of_rows(step);
        let inner = step.inner as usize;
        let affine = match job.has_norm() {
            true => self.memory_of(step.local.c).halves(step.c.address, 2 * inner),
            false => vec![],
        };
        let affine: Vec<(i64, i64)> = affine.chunks(2).map(|pair| (pair[0], pair[1])).collect();
        let bytes = if job.first == First::Narrow { 1 } else { 2 };
        for row in 0..step.rows {
            let a = self.memory_of(step.local.a).halves(step.a.row(row), inner);
            let b = match job.words_of_b() > 0 {
                true => self.memory_of(step.local.b).halves(step.b.row(row), step.columns as usize),
                false => vec![],
            };
            self.pass_unknown();
            let (first, second) = self.vector.row(&job, &a, &b, &affine);
            self.memory_of(step.local.y).put(step.y.row(row), bytes, &first);
            self.memory_of(step.local.d).put(step.d.row(row), 1, &second);
        }
    }
}
