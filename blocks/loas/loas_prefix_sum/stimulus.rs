//! What the testbench drives.

use super::params::{Params, Select};
use crate::loas::masks::{POINTS, observe, random_mask};
use crate::stimulus::{Coverage, Space, Stimulus, case_rng};
use hdl::{Bundle, limbs_for};

/// The widest mask for which every value is run.
const ENUMERATED: u32 = 20;

impl Stimulus for Params {
    /// Every mask, with every position.
    fn spaces(&self) -> Vec<Space> {
        let lanes = self.lanes;
        if lanes > ENUMERATED {
            return vec![];
        }
        let widths: Vec<u32> = self.input().fields().iter().map(|field| field.width).collect();
        let (name, positions) = match self.select {
            Select::All => ("every mask", 1),
            Select::One => ("every mask with every position", u64::from(lanes)),
        };
        vec![Space::of_limbs(name, positions << lanes, widths, move |index, limbs| {
            limbs[0] = index / positions;
            if let Some(position) = limbs.get_mut(1) {
                *position = index % positions;
            }
        })]
    }

    /// Random masks and positions.
    fn random(&self, seed: u64) -> Space {
        let widths: Vec<u32> = self.input().fields().iter().map(|field| field.width).collect();
        let lanes = self.lanes;
        Space::of_limbs("random masks", u64::MAX, widths, move |index, limbs| {
            let mut rng = case_rng(seed, index);
            let (mask, position) = limbs.split_at_mut(limbs_for(lanes));
            mask.copy_from_slice(random_mask(&mut rng, lanes).limbs());
            if let [position] = position {
                *position = rng.u64(..u64::from(lanes));
            }
        })
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats(POINTS, |beat, hit| observe(&beat[0], hit))
    }
}
