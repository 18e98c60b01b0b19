//! Stimulus and coverage points.

use super::params::Params;
use crate::loas::masks::{matches, part, random_mask};
use crate::stimulus::{Coverage, Space, Stimulus, case_rng};
use hdl::{Bits, limbs_for};

/// Names of the coverage points.
pub const POINTS: [&str; 5] = [
    "step without a match",
    "step of 1 match",
    "step of every bit",
    "match at the first bit",
    "match at the last bit",
];

impl Stimulus for Params {
    /// Random joins.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        Space::of_beats("random joins", u64::MAX, move |index| {
            let mut rng = case_rng(seed, index);
            let bits = params.mask_bits;
            let weights = random_mask(&mut rng, bits);
            let mut spikes = Bits::zero(params.time_steps * bits);
            for step in 0..params.time_steps {
                let mask = if rng.u8(..8) == 0 { weights.clone() } else { random_mask(&mut rng, bits) };
                spikes.insert(step * bits, &mask);
            }
            let tag: Vec<u64> = (0..limbs_for(params.tag_bits)).map(|_| rng.u64(..)).collect();
            [spikes, weights, Bits::from_limbs(params.tag_bits, &tag)]
        })
    }

    fn cycles_per_case(&self) -> u64 {
        10 * u64::from(self.time_steps)
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats(POINTS, |beat, hit| observe(self, beat, hit))
    }
}

/// Reports the coverage points of a beat.
pub fn observe(params: &Params, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
    for step in 0..params.time_steps {
        let found = matches(&part(&beat[0], step, params.mask_bits), &beat[1]);
        let reached = [
            found.is_empty(),
            found.len() == 1,
            found.len() == params.mask_bits as usize,
            found.first() == Some(&0),
            found.last() == Some(&(params.mask_bits - 1)),
        ];
        (0..reached.len()).filter(|point| reached[*point]).for_each(&mut *hit);
    }
}
