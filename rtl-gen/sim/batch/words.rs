//! The words of a memory that is read and written lane by lane.

use super::transpose::{to_rows, to_values};
use crate::BuildError;
use crate::error::MAX_MEMORY_BITS;
use hdl::limbs_for;
use hdl::netlist::Memory;

/// The words of one memory: of all lanes, one lane after the other, or in a ROM once for all of them.
#[derive(Clone)]
pub struct Words {
    depth: u64,
    limbs: usize,
    is_shared: bool,
    limbs_of_words: Vec<u64>,
}

impl Words {
    /// The limbs of all words at power-up, as `initial` gives them for a lane. An error if all lanes together need more
    /// than a simulated memory may have.
    pub fn new(
        memory: &Memory,
        lanes: usize,
        initial: impl Fn(usize) -> Vec<u64>,
    ) -> Result<Words, BuildError> {
        let (depth, limbs, is_shared) = (memory.depth, limbs_for(memory.width), memory.writes.is_empty());
        let copies = if is_shared { 1 } else { lanes };
        let bits = depth.checked_mul(64 * (limbs * copies) as u64);
        if bits.is_none_or(|bits| bits > MAX_MEMORY_BITS) {
            return Err(BuildError::MemoryTooLarge { path: memory.name.clone(), depth, width: memory.width });
        }
        Ok(Words { depth, limbs, is_shared, limbs_of_words: (0..copies).flat_map(initial).collect() })
    }

    /// All words of one lane.
    pub fn of_lane(&self, lane: usize) -> impl Iterator<Item = &[u64]> {
        let length = self.depth as usize * self.limbs;
        let first = if self.is_shared { 0 } else { lane * length };
        self.limbs_of_words[first..first + length].chunks(self.limbs)
    }

    /// Sets a word of one lane.
    pub fn set(&mut self, lane: usize, address: u64, limbs: &[u64]) {
        if let Some(index) = self.index(lane, address) {
            self.limbs_of_words[index..index + limbs.len()].copy_from_slice(limbs);
        }
    }

    /// Reads in all lanes: the rows of the word at the address in these rows, 0 beyond the depth.
    pub fn read(&self, address: &[u64], words: usize) -> Vec<u64> {
        let addresses = values(address, words);
        let mut rows = vec![];
        for limb in 0..self.limbs {
            let at = |(lane, &address): (usize, &u64)| {
                self.index(lane, address).map_or(0, |index| self.limbs_of_words[index + limb])
            };
            let limbs: Vec<u64> = addresses.iter().enumerate().map(at).collect();
            let start = rows.len();
            rows.resize(start + 64 * words, 0);
            to_rows(&limbs, words, &mut rows[start..]);
        }
        rows
    }

    /// Writes in the lanes whose bit of `enable` is set, unless the address is beyond the depth.
    pub fn write(&mut self, enable: &[u64], address: &[u64], data: &[u64]) {
        if enable.iter().all(|&word| word == 0) {
            return;
        }
        let words = enable.len();
        let addresses = values(address, words);
        for (limb, rows) in data.chunks(64 * words).enumerate() {
            let limbs = values(rows, words);
            for (lane, (&address, &value)) in addresses.iter().zip(&limbs).enumerate() {
                if let (1, Some(index)) = (enable[lane / 64] >> (lane % 64) & 1, self.index(lane, address)) {
                    self.limbs_of_words[index + limb] = value;
                }
            }
        }
    }

    /// The index of a word's first limb.
    fn index(&self, lane: usize, address: u64) -> Option<usize> {
        let copy = if self.is_shared { 0 } else { lane as u64 };
        (address < self.depth).then(|| (copy * self.depth + address) as usize * self.limbs)
    }
}

/// The values in up to 64 rows.
fn values(rows: &[u64], words: usize) -> Vec<u64> {
    let mut values = vec![0; 64 * words];
    to_values(rows, words, &mut values);
    values
}
