//! Thermometer codes, with bubbles and without, and the coverage points that they reach.

use super::Params;
use super::model::conversion;
use crate::limbs::insert;
use crate::stimulus::{Coverage, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;

/// The most comparators of which every combination is run.
const ENUMERATED: u32 = 15;

const POINTS: [&str; 5] = [
    "no comparator",
    "every comparator",
    "thermometer code between",
    "bubble",
    "one comparator alone, not the lowest",
];

impl Stimulus for Params {
    /// Every combination of comparators, if there are few enough.
    fn spaces(&self) -> Vec<Space> {
        let levels = self.levels();
        if levels > ENUMERATED {
            return vec![];
        }
        let name = "every combination of comparators";
        vec![Space::of_limbs(name, 1 << levels, vec![levels], |index, limbs| limbs[0] = index)]
    }

    /// Thermometer codes: clean, with a comparator near the boundary or anywhere that is wrong, or anything.
    fn random(&self, seed: u64) -> Space {
        let levels = self.levels();
        Space::of_limbs("random comparators", u64::MAX, vec![levels], move |index, limbs| {
            let mut rng = case_rng(seed, index);
            let comparators = comparators(&mut rng, levels);
            (0..).zip(comparators).for_each(|(level, is_one)| insert(limbs, level, 1, is_one.into()));
        })
    }

    /// Clean thermometer codes.
    fn typical(&self, seed: u64) -> Space {
        let levels = self.levels();
        Space::of_limbs("thermometer codes", u64::MAX, vec![levels], move |index, limbs| {
            let code = case_rng(seed, index).u32(0..=levels);
            (0..code).for_each(|level| insert(limbs, level, 1, 1));
        })
    }

    fn coverage(&self) -> Coverage<'_> {
        let (levels, greatest) = (self.levels(), u64::from(self.levels()));
        Coverage::of_beats(POINTS, move |beat, hit| {
            let (code, bubble) = conversion(levels, beat[0].limbs());
            let is_between = 0 < code && code < greatest;
            let is_reached =
                [code == 0, code == greatest, is_between && !bubble, bubble, code == 1 && bubble];
            report_reached(&is_reached, hit);
        })
    }
}

fn comparators(rng: &mut Rng, levels: u32) -> Vec<bool> {
    let code = match rng.u8(..4) {
        0 => [0, 1, levels - 1, levels][rng.usize(..4)],
        _ => rng.u32(0..=levels),
    };
    let mut comparators: Vec<bool> = (0..levels).map(|level| level < code).collect();
    let wrong = match rng.u8(..6) {
        0 | 1 => None,
        2 | 3 => Some((code.saturating_sub(3) + rng.u32(..6)).min(levels - 1)),
        4 => Some(rng.u32(..levels)),
        _ => {
            comparators.fill_with(|| rng.bool());
            None
        }
    };
    if let Some(level) = wrong {
        comparators[level as usize] ^= true;
    }
    comparators
}
