//! The contents of registers and memories at the start of a simulation.

use crate::BuildError;
use crate::error::MAX_MEMORY_BITS;
use crate::options::{Initial, InitialBits};
use hdl::netlist::{Memory, ResetStyle};
use hdl::{Bits, limbs_for, top_limb_mask};

/// The registers' values at power-up, in the order of the whole design.
pub(crate) struct PowerUp {
    bits: InitialBits,
    style: ResetStyle,
}

impl PowerUp {
    /// Begins with the first register.
    pub fn new(initial: Initial, style: ResetStyle) -> PowerUp {
        PowerUp { bits: InitialBits::new(initial, 0), style }
    }

    /// The next register's value: its reset value in a design without a reset.
    pub fn register(&mut self, width: u32, reset: Option<&Bits>) -> Bits {
        let limbs: Vec<u64> = (0..limbs_for(width)).map(|_| self.bits.limb()).collect();
        match reset {
            Some(reset) if self.style == ResetStyle::None => reset.clone(),
            _ => Bits::from_limbs(width, &limbs),
        }
    }
}

/// Checks that a memory can be simulated.
pub(crate) fn check_size(memory: &Memory) -> Result<(), BuildError> {
    let limbs = limbs_for(memory.width) as u64;
    match memory.depth.checked_mul(64 * limbs) {
        Some(bits) if bits <= MAX_MEMORY_BITS => Ok(()),
        _ => {
            let (path, depth, width) = (memory.name.clone(), memory.depth, memory.width);
            Err(BuildError::MemoryTooLarge { path, depth, width })
        }
    }
}

/// The words at power-up of the memory of number `index` in the whole design, limb by limb: its contents, and initial
/// bits beyond them, which are 0 in a ROM.
pub(crate) fn initial_words(memory: &Memory, initial: Initial, index: usize) -> Vec<u64> {
    let initial = if memory.writes.is_empty() { Initial::Zero } else { initial };
    let mut bits = InitialBits::new(initial, 1 + index as u64);
    let limbs = limbs_for(memory.width);
    let count = memory.depth as usize * limbs;
    let mut words = Vec::with_capacity(count);
    words.extend(memory.contents.iter().take(memory.depth as usize).flat_map(Bits::limbs));
    while words.len() < count {
        let is_top = (count - words.len() - 1).is_multiple_of(limbs);
        let mask = if is_top { top_limb_mask(memory.width) } else { u64::MAX };
        words.push(bits.limb() & mask);
    }
    words
}
