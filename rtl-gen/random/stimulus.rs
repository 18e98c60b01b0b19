//! What the inputs of a design are given.

use crate::strategy::corner;
use hdl::{Bits, limbs_for};
use proptest::collection::vec;
use proptest::prelude::*;

/// The inputs cycle by cycle.
pub type Stimulus = Vec<Cycle>;

/// The inputs in one cycle.
#[derive(Clone, Debug)]
pub struct Cycle {
    /// Whether the reset, if there is one, is active.
    pub is_reset: bool,
    /// What the inputs are derived from: a port in turn takes a seed, or keeps its value.
    seeds: Vec<Option<u64>>,
}

impl Cycle {
    /// The value of the input of this number; `None` where it keeps the one it has.
    pub fn value(&self, port: usize, width: u32) -> Option<Bits> {
        let seed = self.seeds[port % self.seeds.len()]?;
        let limb = |index: usize| match seed {
            0 | u64::MAX => seed,
            _ => seed.rotate_left((9 * (port / self.seeds.len()) + 23 * index) as u32),
        };
        Some(Bits::from_limbs(width, &(0..limbs_for(width)).map(limb).collect::<Vec<_>>()))
    }
}

/// Up to so many cycles: corner values and any others, often kept for a while, the reset active at the beginning and
/// now and then later.
pub fn stimuli(cycles: usize) -> impl Strategy<Value = Stimulus> {
    let quiet = || prop_oneof![12 => Just(None), 1 => corner().prop_map(Some)];
    let busy = || prop_oneof![1 => Just(None), 4 => corner().prop_map(Some)];
    let seeds = prop_oneof![2 => vec(busy(), 5), 1 => vec(quiet(), 5)];
    let is_reset = prop_oneof![19 => Just(false), 1 => Just(true)];
    let cycle = (is_reset, seeds).prop_map(|(is_reset, seeds)| Cycle { is_reset, seeds });
    vec(cycle, 1..cycles).prop_map(|mut cycles| {
        cycles[0].is_reset = true;
        cycles
    })
}
