//! In which lanes cells differ from their twins.

use super::layout::{BLOCK, Cell, Twins};
use super::memory::Memory;
use std::ops::{BitOrAssign, BitXor};

/// The bits that differ in elements of each size, ORed over cells, for each lane of a block. Every step is free of
/// branches, so that the compiler vectorises it.
#[derive(Default)]
struct Differences {
    of_8_bits: [u8; BLOCK],
    of_16_bits: [u16; BLOCK],
    of_32_bits: [u32; BLOCK],
    of_64_bits: [u64; BLOCK],
}

impl Differences {
    fn add(&mut self, size: usize, one: &[u8], other: &[u8]) {
        match size {
            1 => join(&mut self.of_8_bits, one, other, u8::from_le_bytes),
            2 => join(&mut self.of_16_bits, one, other, u16::from_le_bytes),
            4 => join(&mut self.of_32_bits, one, other, u32::from_le_bytes),
            _ => join(&mut self.of_64_bits, one, other, u64::from_le_bytes),
        }
    }

    fn mark(&self, marks: &mut [u8]) {
        for (lane, mark) in marks.iter_mut().enumerate() {
            let narrow = u32::from(self.of_8_bits[lane]) | u32::from(self.of_16_bits[lane]);
            let differs = narrow | self.of_32_bits[lane] != 0 || self.of_64_bits[lane] != 0;
            *mark |= u8::from(differs);
        }
    }
}

fn join<T: Copy + BitXor<Output = T> + BitOrAssign, const SIZE: usize>(
    joined: &mut [T; BLOCK],
    one: &[u8],
    other: &[u8],
    read: impl Fn([u8; SIZE]) -> T,
) {
    let elements = one.as_chunks().0.iter().zip(other.as_chunks().0);
    for (joined, (one, other)) in joined.iter_mut().zip(elements) {
        *joined |= read(*one) ^ read(*other);
    }
}

/// Marks the lanes in which some cell differs from its twin. `changed` is placed after all of them.
pub(super) fn mark(
    memory: &mut Memory,
    cells: impl Iterator<Item = Cell> + Clone,
    twins: &Twins,
    changed: Cell,
) {
    let (before, after) = memory.bytes_mut().split_at_mut(changed.offset);
    for block in (0..changed.lanes).step_by(BLOCK) {
        let mut differences = Differences::default();
        for cell in cells.clone() {
            let size = cell.size();
            for limb in 0..hdl::limbs_for(cell.width) {
                let [one, other] =
                    [cell, twins.twin(cell)].map(|cell| &before[cell.at(block, limb)..][..BLOCK * size]);
                differences.add(size, one, other);
            }
        }
        differences.mark(&mut after[block..block + BLOCK]);
    }
}
