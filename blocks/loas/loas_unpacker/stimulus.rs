//! Cases, and the coverage points that they reach.

use super::Params;
use crate::loas::masks::{POINTS, observe, random_mask};
use crate::stimulus::{Coverage, Space, Stimulus, case_rng};
use hdl::{Bits, limbs_for};

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        let (mask_bits, width) = (self.mask_bits, self.mask_bits * self.time_steps);
        // Words behind the last one are random.
        Space::of_beats("random chunks", u64::MAX, move |index| {
            let mut rng = case_rng(seed, index);
            let mask = random_mask(&mut rng, mask_bits);
            let words: Vec<u64> = (0..limbs_for(width)).map(|_| rng.u64(..)).collect();
            [mask, Bits::from_limbs(width, &words), Bits::truncated(rng.bool().into(), 1)]
        })
    }

    fn cycles_per_case(&self) -> u64 {
        self.beats().into()
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats(POINTS, |beat, hit| observe(&beat[0], hit))
    }
}
