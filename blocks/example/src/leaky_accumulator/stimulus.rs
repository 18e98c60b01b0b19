//! Stimulus and coverage points.

use super::model::Accumulator;
use super::params::Params;
use gen_rtl::blocks::stimulus::{Coverage, Space, Stimulus, case_rng, report_reached};
use gen_rtl::hdl::Bits;

/// Names of the coverage points.
const POINTS: [&str; 5] = [
    "saturates at the greatest",
    "saturates at the least",
    "keeps a part of a positive sum",
    "keeps a part of a negative sum",
    "begins anew",
];

impl Stimulus for Params {
    /// Random numbers: the limits, small ones, and any. A case is one number; the sum goes on from case to case.
    fn random(&self, seed: u64) -> Space {
        let (bits, greatest) = (self.bits, self.greatest());
        Space::of_beats("random numbers", u64::MAX, move |index| {
            let mut rng = case_rng(seed, index);
            let x = match rng.u8(..8) {
                0 | 1 => greatest,
                2 | 3 => -greatest - 1,
                4 => rng.i64(-2..=2),
                _ => rng.i64(-greatest - 1..=greatest),
            };
            let is_first = rng.u8(..8) == 0;
            [Bits::truncated((x as u64).into(), bits), Bits::truncated(is_first.into(), 1)]
        })
    }

    fn coverage(&self) -> Coverage<'_> {
        let mut accumulator = Accumulator::new(self);
        let greatest = self.greatest();
        Coverage::of_beats(POINTS, move |beat, hit| {
            let step = accumulator.step(beat);
            let is_reached = [
                step.unlimited > greatest,
                step.unlimited < -greatest - 1,
                step.kept > 0,
                step.kept < 0,
                beat[1].bit(0),
            ];
            report_reached(&is_reached, hit);
        })
    }
}
