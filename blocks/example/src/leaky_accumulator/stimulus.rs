//! What the testbench drives, and what it has to meet.

use super::model::Accumulator;
use super::params::Params;
use gen_rtl::blocks::block::Observe;
use gen_rtl::blocks::stimulus::{Space, case_rng, report_reached};
use gen_rtl::hdl::Bits;

/// Names of the coverage points.
pub const POINTS: [&str; 5] = [
    "saturates at the greatest",
    "saturates at the least",
    "keeps a part of a positive sum",
    "keeps a part of a negative sum",
    "begins anew",
];

/// Random numbers: the limits, small ones, and any. A case is one number; the sum goes on from case to case.
pub fn random(params: &Params, seed: u64) -> Space {
    let (bits, greatest) = (params.bits, params.greatest());
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

/// Finds the coverage points.
pub fn observer(params: &Params) -> Box<dyn Observe + '_> {
    let mut accumulator = Accumulator::new(params);
    let greatest = params.greatest();
    Box::new(move |_: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)| {
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
