//! Memories: small ones become gates, large ones are read and written lane by lane.

use super::Sink;
use super::graph::Lit;
use super::lower::Lowering;
use super::storage::{Read, Storage, Write};
use super::vector::constant;
use crate::batch::rows::Bank;
use hdl::Bits;
use hdl::netlist::{Memory, NodeId};
use std::ops::Range;

/// The largest memory, in bits, that becomes gates, written or not. Beyond it, a pass over all lanes costs no more.
const MAX_CELLS: u64 = 1024;
const MAX_ROM_BITS: u64 = 8192;

impl Storage {
    /// Chooses how a memory is stored, and allocates its rows.
    pub(super) fn of(memory: &Memory, lowering: &mut Lowering) -> Storage {
        let bits = memory.depth.saturating_mul(memory.width as u64);
        match memory.writes.is_empty() {
            true if bits <= MAX_ROM_BITS => Storage::Logic,
            false if bits <= MAX_CELLS => Storage::Cells(lowering.state_rows(bits as u32)),
            _ => Storage::Words,
        }
    }
}

impl Lowering<'_> {
    /// The word at an address; beyond the depth it is 0.
    pub fn read(&mut self, index: usize, address: NodeId) -> Vec<Lit> {
        let memory = &self.flat.memories[index];
        let address = self.bits(address).to_vec();
        match self.memories[index].clone() {
            Storage::Logic => {
                let beyond = Bits::zero(memory.width);
                let words =
                    (0..memory.depth as usize).map(|word| memory.contents.get(word).unwrap_or(&beyond));
                let words = words.map(constant).collect();
                self.select_word(&address, words)
            }
            Storage::Cells(rows) => {
                let cells = self.sources(Bank::State, rows);
                let words = cells.chunks(memory.width as usize).map(<[Lit]>::to_vec).collect();
                self.select_word(&address, words)
            }
            Storage::Words => {
                let rows = self.value_rows(address.len() as u32);
                let data = self.value_rows(memory.width);
                let address = Self::sinks(&address, Bank::Values, rows).collect();
                self.reads.push(Read { memory: index, address, data: data.clone() });
                self.sources(Bank::Values, data)
            }
        }
    }

    fn select_word(&mut self, address: &[Lit], mut words: Vec<Vec<Lit>>) -> Vec<Lit> {
        let beyond = vec![Lit::FALSE; words[0].len()];
        for &bit in address {
            let halves = words.chunks(2);
            words =
                halves.map(|pair| self.graph.select(bit, pair.get(1).unwrap_or(&beyond), &pair[0])).collect();
        }
        words.swap_remove(0)
    }

    /// What the cells of a memory take at the clock edge; a later write port wins.
    pub fn next_cells(&mut self, memory: &Memory, rows: Range<u32>) -> Vec<Lit> {
        let mut next = self.sources(Bank::State, rows);
        for write in &memory.writes {
            let [enable, address, data] =
                [write.enable, write.address, write.data].map(|id| self.bits(id).to_vec());
            for (index, word) in next.chunks_mut(memory.width as usize).enumerate() {
                let place = constant(&Bits::truncated(index as u128, address.len() as u32));
                let is_here = self.graph.equal(&address, &place);
                let writes = self.graph.and(enable[0], is_here);
                word.copy_from_slice(&self.graph.select(writes, &data, word));
            }
        }
        next
    }

    /// The write ports of the memories with words, and what goes to their rows.
    pub fn writes(&mut self) -> (Vec<Write>, Vec<Sink>) {
        let (mut writes, mut sinks) = (vec![], vec![]);
        for (index, memory) in self.flat.memories.iter().enumerate() {
            if !matches!(self.memories[index], Storage::Words) {
                continue;
            }
            for write in &memory.writes {
                let [enable, address, data] = [write.enable, write.address, write.data].map(|id| {
                    let bits = self.bits(id).to_vec();
                    let rows = self.value_rows(bits.len() as u32);
                    sinks.extend(Self::sinks(&bits, Bank::Values, rows.clone()));
                    rows
                });
                writes.push(Write { memory: index, enable: enable.start, address, data });
            }
        }
        (writes, sinks)
    }
}
