//! Numbers, and the coverage points they reach.

use super::{Function, Params};
use crate::limbs::insert;
use crate::stimulus::{Coverage, Space, Stimulus, case_rng, report_reached};
use hdl::{Bits, limbs_for};

const POINTS: [&str; 4] = ["zero", "least", "greatest", "negative with a result other than 0"];

/// Names of the coverage points. With coarse numbers, no negative one has a result other than 0.
pub fn points<F: Function>(params: &Params<F>) -> Vec<&'static str> {
    let has_tail = (1..1i32 << (params.bits - 1)).any(|x| params.rounded(-x) != 0);
    POINTS[..POINTS.len() - usize::from(!has_tail)].to_vec()
}

/// Every number, a different one in each lane.
pub fn every_number<F: Function>(params: &Params<F>) -> Space {
    let (lanes, bits) = (params.lanes, params.bits);
    Space::of_limbs("x", 1 << bits, vec![lanes * bits], move |index, beat| {
        (0..lanes).for_each(|lane| insert(beat, lane * bits, bits, index + 5 * u64::from(lane)));
    })
}

impl<F: Function> Stimulus for Params<F> {
    fn spaces(&self) -> Vec<Space> {
        vec![every_number(self)]
    }

    /// Any numbers.
    fn random(&self, seed: u64) -> Space {
        let width = self.lanes * self.bits;
        Space::of_limbs("random", u64::MAX, vec![width], move |index, beat| {
            let mut rng = case_rng(seed, index);
            beat.iter_mut().for_each(|limb| *limb = rng.u64(..));
            if !width.is_multiple_of(64) {
                beat[limbs_for(width) - 1] &= (1 << (width % 64)) - 1;
            }
        })
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats(points(self), |beat, hit| observe(self, beat, hit))
    }
}

/// Reports the points that a beat reaches.
fn observe<F: Function>(params: &Params<F>, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
    let half = 1i32 << (params.bits - 1);
    for lane in 0..params.lanes {
        let x = params.signed(beat[0].slice((lane + 1) * params.bits - 1, lane * params.bits).to_u64());
        let is_reached = [x == 0, x == -half, x == half - 1, x < 0 && params.rounded(x) != 0];
        report_reached(&is_reached, hit);
    }
}
