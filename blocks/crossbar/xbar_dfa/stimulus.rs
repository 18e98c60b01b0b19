//! Samples with their errors, and the coverage points that they reach.

use super::model::{Done, Golden};
use super::params::Params;
use crate::crossbar::learning::stimulus::{POINTS, case, reachable, reached};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use hdl::Bits;

impl Stimulus for Params {
    /// A sample a case.
    fn random(&self, seed: u64) -> Space {
        let network = self.network.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            case(&network, index, &mut case_rng(seed, index), emit);
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.network.rows() + self.pass()) + 8
    }

    fn coverage(&self) -> Coverage<'_> {
        let points: Vec<&str> =
            reachable(&self.network, typical_bits(self)).into_iter().map(|place| POINTS[place]).collect();
        Coverage::new(points, Observer { params: self, golden: Golden::new(self) })
    }
}

/// Width of the sum of some errors of random signs.
fn typical_bits(params: &Params) -> u32 {
    params.network.error_bits + params.network.classes.ilog2() / 2
}

/// Finds the coverage points of samples.
struct Observer<'p> {
    params: &'p Params,
    golden: Golden,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let network = &self.params.network;
        if let Some(Done { sample, errors, deltas }) = self.golden.take(channel, beat) {
            let is_wrong = sample.error || errors.error;
            let is_reached = reached(network, &sample, &errors, &deltas, is_wrong);
            let is_reached: Vec<bool> = reachable(network, typical_bits(self.params))
                .into_iter()
                .map(|place| is_reached[place])
                .collect();
            report_reached(&is_reached, hit);
        }
    }
}
