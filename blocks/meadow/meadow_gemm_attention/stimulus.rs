//! Jobs, and the coverage points they reach.

use super::model::{PROBABILITIES_IN, QUERY_IN, SCORES_IN, keys_of_group};
use super::params::Params;
use crate::common::lanes::joined;
use crate::meadow::meadow_attention_head::model::{JOB, Job};
use crate::meadow::meadow_attention_head::stimulus::{JobObserver, elements, job, points_of_jobs};
use crate::stimulus::{Coverage, Space, Stimulus, case_rng};
use fastrand::Rng;
use hdl::Bits;

impl Stimulus for Params {
    /// A job a case; what comes back is random, and not what went out.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            if let Some(job) = job(&params.head(), &mut rng, None, emit) {
                comes_back(&params, &job, &mut rng, emit);
            }
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        self.head().cycles_per_case()
    }

    fn coverage(&self) -> Coverage<'_> {
        let head = self.head();
        let mut jobs = JobObserver::new(head.clone());
        let observe = move |channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)| {
            if channel == JOB {
                let job = Job::of_beat(&head, beat);
                jobs.taken(&job, job.is_legal(&head, 0), hit);
            }
        };
        Coverage::new(points_of_jobs(&self.head()), observe)
    }
}

fn comes_back(params: &Params, job: &Job, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let head = &params.head();
    let greatest = (1 << head.probability_bits) - 1;
    let probability = |rng: &mut Rng| match rng.u8(..4) {
        0 => 0,
        1 => greatest,
        _ => rng.i64(0..=greatest) >> rng.u32(..head.probability_bits),
    };
    for group in 0..job.tokens.div_ceil(head.tokens as usize) {
        emit(QUERY_IN, &[elements(rng, head.tokens * head.d_head)]);
        for _ in 0..keys_of_group(params, job, group) {
            emit(SCORES_IN, &[elements(rng, head.tokens)]);
            let probabilities: Vec<i64> = (0..head.tokens).map(|_| probability(rng)).collect();
            emit(PROBABILITIES_IN, &[joined(head.probability_bits, &probabilities)]);
        }
    }
}
