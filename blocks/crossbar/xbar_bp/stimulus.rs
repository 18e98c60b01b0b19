//! Samples with their errors and transposed sums, and the coverage points that they reach.

use super::model::{Done, Golden, Learnt};
use super::params::Params;
use crate::common::lanes::{corner_weighted, flag, joined};
use crate::crossbar::learning::stimulus::{POINTS, case, is_mistaken, reachable, reached};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

impl Stimulus for Params {
    /// A sample a case, with the sums for each hidden layer.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let sums = sums(&params, index, &mut rng);
            let comes_first = rng.bool();
            let mut give = |sums: &[Vec<Bits>]| sums.iter().for_each(|beat| emit(2, beat));
            give(if comes_first { &sums } else { &[] });
            case(&params.network, index, &mut rng, emit);
            sums.iter().filter(|_| !comes_first).for_each(|beat| emit(2, beat));
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        let network = &self.network;
        u64::from(network.rows() + network.columns()) + 8
    }

    fn coverage(&self) -> Coverage<'_> {
        let points: Vec<&str> =
            reachable(&self.network, self.value_bits()).into_iter().map(|place| POINTS[place]).collect();
        Coverage::new(points, Observer { params: self, golden: Golden::new(self) })
    }
}

/// The sums of a sample for all hidden layers.
fn sums(params: &Params, index: u64, rng: &mut Rng) -> Vec<Vec<Bits>> {
    let kind = rng.u8(..4);
    let mut beat = |neuron: u32| {
        let sum = match kind {
            0 => rng.i64(-4..4),
            1 => corner_weighted(params.sum_bits, rng) >> rng.u32(0..params.sum_bits),
            _ => corner_weighted(params.sum_bits, rng),
        };
        let is_last = neuron + 1 == params.network.width;
        vec![joined(params.sum_bits, &[sum]), flag(is_last ^ is_mistaken(index, rng))]
    };
    (0..params.network.hidden_layers).flat_map(|_| 0..params.network.width).map(&mut beat).collect()
}

/// Finds the coverage points of samples.
struct Observer<'p> {
    params: &'p Params,
    golden: Golden,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let params = self.params;
        let network = &params.network;
        self.golden.take(channel, beat, |done| match done {
            Done::Read(_) => {}
            Done::Update(learnt) => {
                let Learnt { sample, errors, deltas, is_wrong } = learnt;
                let is_reached = reached(network, &sample, &errors, &Vec::from(deltas), is_wrong);
                let is_reached: Vec<bool> = reachable(network, params.value_bits())
                    .into_iter()
                    .map(|place| is_reached[place])
                    .collect();
                report_reached(&is_reached, hit);
            }
        });
    }
}
