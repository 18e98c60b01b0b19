//! Cases, and the coverage points that they reach.

use super::Params;
use crate::loas::masks::{POINTS, observe, random_mask};
use crate::stimulus::{Coverage, Space, Stimulus, case_rng};

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        let lanes = self.lanes;
        let mask = move |index| [random_mask(&mut case_rng(seed, index), lanes)];
        Space::of_beats("random masks", u64::MAX, mask)
    }

    fn cycles_per_case(&self) -> u64 {
        self.segments().into()
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats(POINTS, |beat, hit| observe(&beat[0], hit))
    }
}
