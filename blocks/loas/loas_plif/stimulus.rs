//! Stimulus and coverage points.

use super::model;
use super::params::Params;
use crate::limbs::insert;
use crate::stimulus::{Coverage, Space, Stimulus, case_rng};
use fastrand::Rng;
use hdl::{Bits, Bundle, limbs_for};

/// The greatest number of input bits for which every value is run.
const ENUMERATED: u32 = 22;

/// Names of the coverage points; the last one only exists for several time steps.
pub fn points(params: &Params) -> Vec<&'static str> {
    let mut points = vec!["silent", "fires at every step", "a sum at its greatest", "a sum at its least"];
    if params.time_steps > 1 {
        points.extend(["fires once", "fires at the last step for what it kept"]);
    }
    points
}

impl Stimulus for Params {
    /// Every input, if there are few enough.
    fn spaces(&self) -> Vec<Space> {
        let widths: Vec<u32> = self.input().fields().iter().map(|field| field.width).collect();
        let total: u32 = widths.iter().sum();
        if total > ENUMERATED {
            return vec![];
        }
        let sums = widths[0];
        vec![Space::of_limbs("every input", 1 << total, widths, move |index, limbs| {
            limbs[0] = index & ((1 << sums) - 1);
            if let Some(threshold) = limbs.get_mut(1) {
                *threshold = index >> sums;
            }
        })]
    }

    /// Random sums: at the limits, around the threshold, small ones, and any.
    fn random(&self, seed: u64) -> Space {
        let widths: Vec<u32> = self.input().fields().iter().map(|field| field.width).collect();
        let params = self.clone();
        Space::of_limbs("random sums", u64::MAX, widths, move |index, limbs| {
            let mut rng = case_rng(seed, index);
            let greatest = (1i64 << (params.membrane_bits() - 1)) - 1;
            let threshold = match params.threshold_port {
                true => {
                    [0, 1, greatest, rng.i64(0..=greatest), rng.i64(0..=greatest.min(64))][rng.usize(..5)]
                }
                false => params.threshold().into(),
            };
            let kind = rng.u8(..8);
            for step in 0..params.time_steps {
                let sum = sum(&params, &mut rng, threshold, kind);
                insert(limbs, step * params.sum_bits, params.sum_bits, sum as u64);
            }
            if params.threshold_port {
                limbs[limbs_for(params.time_steps * params.sum_bits)] = threshold as u64;
            }
        })
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats(points(self), |beat, hit| observe(self, beat, hit))
    }
}

fn sum(params: &Params, rng: &mut Rng, threshold: i64, kind: u8) -> i64 {
    let greatest = (1i64 << (params.sum_bits - 1)) - 1;
    let threshold = threshold.min(greatest);
    match if kind < 6 { kind } else { rng.u8(..6) } {
        0 => greatest,
        1 => -greatest - 1,
        2 => (threshold + rng.i64(-2..=2)).clamp(-greatest - 1, greatest),
        3 => (threshold - threshold / 4 + rng.i64(-2..=2)).clamp(-greatest - 1, greatest),
        4 => rng.i64(-2..=2),
        _ => rng.i64(-greatest - 1..=greatest),
    }
}

/// Reports the coverage points of a beat.
pub fn observe(params: &Params, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
    let limbs: Vec<u64> = beat.iter().flat_map(|field| field.limbs()).copied().collect();
    let (sums, threshold) = params.operands(&limbs);
    let spikes = model::spikes(params, threshold, &sums);
    let fired = spikes.iter().filter(|fires| **fires).count();
    let greatest = (1i64 << (params.sum_bits - 1)) - 1;
    let last = sums.len() - 1;
    let reached = [
        fired == 0,
        fired == sums.len(),
        sums.contains(&greatest),
        sums.contains(&(-greatest - 1)),
        last > 0 && fired == 1,
        last > 0 && spikes[last] && !model::spikes(params, threshold, &sums[last..])[0],
    ];
    (0..reached.len()).filter(|point| reached[*point]).for_each(hit);
}
