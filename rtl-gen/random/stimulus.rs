//! Stimulus for the inputs of a design.

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
    /// The source of the inputs: each port in order takes a seed, or keeps its value.
    seeds: Vec<Option<u64>>,
}

impl Cycle {
    /// The value of the input with this number; `None` if it keeps its present one.
    pub fn value(&self, port: usize, width: u32) -> Option<Bits> {
        let seed = self.seeds[port % self.seeds.len()]?;
        let limb = |index: usize| match seed {
            0 | u64::MAX => seed,
            _ => seed.rotate_left((9 * (port / self.seeds.len()) + 23 * index) as u32),
        };
        Some(Bits::from_limbs(width, &(0..limbs_for(width)).map(limb).collect::<Vec<_>>()))
    }
}

/// At most `cycles` cycles: corner values and others, often kept for a while; the reset is active at the beginning and
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
