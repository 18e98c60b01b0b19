//! Samples with their errors, and the coverage points that they reach.

use super::model::{Done, Golden};
use super::params::{Feedback, Params};
use crate::common::lanes::{corner_weighted, flag, joined};
use crate::crossbar::learning::stimulus::{Case, Points, beats, length};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

impl Stimulus for Params {
    /// A sample a case; two with the feedback for them, if that is stored.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let case =
                |ends, index, rng: &mut Rng| Case::new(&params.network, &params.error(), ends, index, rng);
            match params.feedback {
                Feedback::Lfsr => case(false, index, &mut rng).emit(&mut rng, emit),
                Feedback::Stored => {
                    table(&params, index, &mut rng, emit);
                    case(false, index, &mut rng).emit(&mut rng, emit);
                    case(true, index, &mut rng).emit(&mut rng, emit);
                }
            }
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        let sample =
            u64::from(self.network.rows() + self.network.longest_column_side()) + beats(&self.network) + 4;
        match self.feedback {
            Feedback::Lfsr => sample,
            Feedback::Stored => 2 * sample,
        }
    }

    fn coverage(&self) -> Coverage<'_> {
        let points = Points::new(&self.network, typical_bits(self));
        Coverage::new(points.names(), Observer { points, golden: Golden::new(self) })
    }
}

/// Gives `emit` the feedback of all neurons, as channel 2.
fn table(params: &Params, index: u64, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let network = &params.network;
    let beats = length(network.hidden_layers * network.width, index, rng);
    for beat in 1..=beats {
        let values: Vec<i64> =
            (0..network.classes).map(|_| corner_weighted(params.feedback_bits, rng)).collect();
        emit(2, &[joined(params.feedback_bits, &values), flag(beat == beats)]);
    }
}

/// Width of the sum of some errors of random signs.
fn typical_bits(params: &Params) -> u32 {
    params.network.error_bits + params.network.classes.ilog2() / 2
}

/// Finds the coverage points of samples.
struct Observer<'p> {
    points: Points<'p>,
    golden: Golden,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let Observer { points, golden } = self;
        golden.take(channel, beat, |done| {
            report_reached(&points.reached(done.as_ref().map(Done::learnt)), hit);
        });
    }
}
