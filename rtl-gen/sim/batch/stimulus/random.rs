//! Uniformly random values of some ports.

use super::{Field, Stimulus, check_first, fields};
use crate::batch::Batch;
use hdl::Bits;

/// Uniformly random cases that follow from a seed.
///
/// Bit `b` of the ports, side by side with the first port lowest, in the cases from `64 g` on is the 64-bit number
/// `g * width + b` of wyrand, a generator that gives any number of its sequence at the cost of the next one.
pub struct RandomCases {
    fields: Vec<Field>,
    width: u32,
    seed: u64,
}

impl RandomCases {
    /// The ports by their indices in [`Batch::ports`].
    pub fn of(batch: &Batch, ports: &[usize], seed: u64) -> RandomCases {
        let (fields, width) = fields(batch, ports);
        // The seed is hashed: two similar seeds would otherwise give the same sequence, only shifted.
        RandomCases { fields, width, seed: number(0x9e37_79b9_7f4a_7c15, seed) }
    }

    fn word(&self, group: u64, bit: u32) -> u64 {
        number(self.seed, group.wrapping_mul(self.width as u64).wrapping_add(bit as u64))
    }
}

/// How much wyrand's state grows per step.
const STEP: u64 = 0xa076_1d64_78bd_642f;

/// wyrand's state for number `index` of its sequence from `seed`.
fn state(seed: u64, index: u64) -> u64 {
    seed.wrapping_add(index.wrapping_add(1).wrapping_mul(STEP))
}

/// Number `index` of wyrand's sequence from `seed`.
fn number(seed: u64, index: u64) -> u64 {
    mixed(state(seed, index))
}

/// wyrand's output for a state.
#[inline]
fn mixed(state: u64) -> u64 {
    let product = state as u128 * (state ^ 0xe703_7ed1_a0b4_28db) as u128;
    product as u64 ^ (product >> 64) as u64
}

impl Stimulus for RandomCases {
    fn count(&self) -> Option<u64> {
        None
    }

    fn case(&self, number: u64) -> Vec<(usize, Bits)> {
        let value = |field: &Field| {
            let mut value = Bits::zero(field.width);
            for bit in 0..field.width {
                value.set_bit(bit, self.word(number / 64, field.low + bit) >> (number % 64) & 1 == 1);
            }
            value
        };
        self.fields.iter().map(|field| (field.port, value(field))).collect()
    }

    fn poke(&self, batch: &mut Batch, first: u64) {
        check_first(batch, first);
        let group = (first / 64).wrapping_mul(self.width as u64);
        let step = STEP.wrapping_mul(self.width as u64);
        for field in &self.fields {
            batch.fill(field.port, |bit, row| {
                // The next word of a row is `width` numbers further in the sequence.
                let mut state = state(self.seed, group.wrapping_add((field.low + bit) as u64));
                for word in row {
                    *word = mixed(state);
                    state = state.wrapping_add(step);
                }
            });
        }
    }
}
