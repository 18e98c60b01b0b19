//! What a clock edge and the reset do: registers and memories.

use super::lower::Lowering;
use super::{MemoryPlace, Place, State};
use crate::BuildError;
use crate::flatten::Flat;
use crate::options::Initial;
use crate::power_up::{check_size, initial_words};
use hdl::limbs_for;
use hdl::netlist::MemoryWrite;

/// The work of a clock edge.
pub(crate) struct Edge {
    /// One for each slot of a register, in order from slot 0.
    registers: Vec<Update>,
    /// The slots that the reset sets, and to what.
    resets: Vec<(u32, u64)>,
    /// Write ports, a later one wins.
    writes: Vec<Write>,
}

/// The next value of one slot of a register; the enable is a slot too.
struct Update {
    next: u32,
    enable: u32,
}

struct Write {
    memory: MemoryPlace,
    enable: u32,
    address: u32,
    data: u32,
}

impl Edge {
    pub(super) fn of(flat: &Flat, lowering: &mut Lowering, places: &[Place]) -> Edge {
        let always = lowering.constant_limb(1);
        let mut edge = Edge { registers: vec![], resets: vec![], writes: vec![] };
        for register in &flat.registers {
            let place = places[register.output.index()];
            let next = register.next.map_or(place, |next| places[next.index()]);
            let enable = register.enable.map_or(always, |enable| places[enable.index()].slot);
            edge.registers
                .extend((next.slot..).take(place.range().len()).map(|next| Update { next, enable }));
            if let Some(reset) = &register.reset {
                edge.resets.extend((place.slot..).zip(reset.limbs().iter().copied()));
            }
        }
        for (memory, place) in flat.memories.iter().zip(memory_places(flat)) {
            edge.writes.extend(memory.writes.iter().map(|write| write_port(write, place, places)));
        }
        edge
    }

    /// Registers take their next values and memories their words; `staged` is scratch space, kept from one
    /// edge to the next.
    pub fn clock(&self, state: &mut State, staged: &mut Vec<u64>, in_reset: bool) {
        let values = &state.values;
        let at = |slot: u32| values[slot as usize];
        staged.clear();
        staged.extend(self.registers.iter().zip(values).map(|(update, current)| {
            let next = at(update.next);
            if at(update.enable) != 0 { next } else { *current }
        }));
        for write in self.writes.iter().filter(|write| at(write.enable) != 0) {
            if let Some(first) = write.memory.word(at(write.address)) {
                let data = &values[write.data as usize..write.data as usize + write.memory.limbs];
                state.words[first..first + data.len()].copy_from_slice(data);
            }
        }
        state.values[..staged.len()].copy_from_slice(staged);
        if in_reset {
            self.reset(state);
        }
    }

    /// Registers take their reset values.
    pub fn reset(&self, state: &mut State) {
        self.resets.iter().for_each(|(slot, value)| state.values[*slot as usize] = *value);
    }
}

fn write_port(write: &MemoryWrite, memory: MemoryPlace, places: &[Place]) -> Write {
    let [enable, address, data] = [write.enable, write.address, write.data].map(|id| places[id.index()].slot);
    Write { memory, enable, address, data }
}

/// Where each memory's words lie.
pub(super) fn memory_places(flat: &Flat) -> impl Iterator<Item = MemoryPlace> + '_ {
    flat.memories.iter().scan(0, |first, memory| {
        let place = MemoryPlace { first: *first, depth: memory.depth, limbs: limbs_for(memory.width) };
        *first += memory.depth as usize * place.limbs;
        Some(place)
    })
}

/// The words of all memories at power-up.
pub(super) fn all_initial_words(flat: &Flat, initial: Initial) -> Result<Vec<u64>, BuildError> {
    let mut words = vec![];
    for (index, memory) in flat.memories.iter().enumerate() {
        check_size(memory)?;
        words.append(&mut initial_words(memory, initial, index));
    }
    Ok(words)
}
