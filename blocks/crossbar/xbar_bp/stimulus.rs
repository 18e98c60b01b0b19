//! Samples with their errors and transposed sums, and the coverage points that they reach.

use super::model::{Done, Golden, Learnt};
use super::params::Params;
use crate::common::lanes::{corner_weighted, flag, joined};
use crate::crossbar::learning::stimulus::{Case, Points, beats, length};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

impl Stimulus for Params {
    /// A sample a case, with the sums for each hidden layer.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let case = Case::new(&params.network, &params.network.error(), false, index, &mut rng);
            // No sums are asked for by a wrong sample.
            let sums = if case.is_right { sums(&params, index, &mut rng) } else { vec![] };
            let comes_first = rng.bool();
            let mut give = |sums: &[Vec<Bits>]| sums.iter().for_each(|beat| emit(2, beat));
            give(if comes_first { &sums } else { &[] });
            case.emit(&mut rng, emit);
            sums.iter().filter(|_| !comes_first).for_each(|beat| emit(2, beat));
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        let network = &self.network;
        u64::from(network.rows() + network.columns()) + beats(network) + 4
    }

    fn coverage(&self) -> Coverage<'_> {
        let points = Points::new(&self.network, self.value_bits());
        Coverage::new(points.names(), Observer { points, golden: Golden::new(self) })
    }
}

/// The sums of a sample for all hidden layers.
fn sums(params: &Params, index: u64, rng: &mut Rng) -> Vec<Vec<Bits>> {
    let kind = rng.u8(..4);
    let sum = |rng: &mut Rng| match kind {
        0 => rng.i64(-4..4),
        1 => corner_weighted(params.sum_bits, rng) >> rng.u32(0..params.sum_bits),
        _ => corner_weighted(params.sum_bits, rng),
    };
    let mut beats = vec![];
    for _ in 0..params.network.hidden_layers {
        let length = length(params.network.width, index, rng);
        beats.extend(
            (1..=length).map(|beat| vec![joined(params.sum_bits, &[sum(rng)]), flag(beat == length)]),
        );
    }
    beats
}

/// Finds the coverage points of samples.
struct Observer<'p> {
    points: Points<'p>,
    golden: Golden,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let Observer { points, golden } = self;
        golden.take(channel, beat, |done| match done {
            Done::Read(_) => {}
            Done::Update(mut learnt) => {
                report_reached(&points.reached(learnt.as_mut().map(Learnt::learnt)), hit);
            }
        });
    }
}
