//! The values that a design starts with, and those of its reset.

use super::layout::{BLOCK, Layout, Words};
use super::memory::Memory;
use super::plan::Plan;
use super::unit::{self, TermOp};
use crate::BuildError;
use crate::flatten::join;
use crate::options::Initial;
use crate::power_up::{PowerUp, check_size, initial_words};
use hdl::limbs_for;
use hdl::netlist::Property;

/// A register or a memory of the whole design.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    /// Its number in the whole design.
    pub number: usize,
    pub unit: usize,
    pub lane: usize,
    /// Its index in the unit.
    pub index: usize,
}

/// All registers by number.
pub(super) fn registers(plan: &Plan) -> Vec<Element> {
    elements(plan, |unit| &unit.numbers.registers, |before| before.registers)
}

/// All memories by number.
pub(super) fn memories(plan: &Plan) -> Vec<Element> {
    elements(plan, |unit| &unit.numbers.memories, |before| before.memories)
}

/// All properties by number.
pub(super) fn properties(plan: &Plan) -> Vec<Element> {
    elements(plan, |unit| &unit.numbers.properties, |before| before.properties)
}

/// All properties in order, each under its path in the whole design.
pub(super) fn named_properties(plan: &Plan) -> Vec<Property> {
    let named = |Element { unit, lane, index, .. }| {
        let planned = &plan.units[unit];
        let (property, _) = &planned.unit.properties[index];
        Property { name: join(&planned.lanes[lane].path, &property.name), ..property.clone() }
    };
    properties(plan).into_iter().map(named).collect()
}

fn elements(
    plan: &Plan,
    numbers: impl Fn(&unit::Unit) -> &Vec<usize>,
    before: impl Fn(&crate::flatten::Counts) -> usize,
) -> Vec<Element> {
    let mut elements = vec![];
    for (unit, planned) in plan.units.iter().enumerate() {
        for (lane, instance) in planned.lanes.iter().enumerate() {
            let first = before(&instance.before);
            let numbers = numbers(&planned.unit).iter().enumerate();
            elements.extend(numbers.map(|(index, number)| Element {
                number: first + number,
                unit,
                lane,
                index,
            }));
        }
    }
    elements.sort_unstable_by_key(|element| element.number);
    elements
}

/// The block of memory at power-up.
pub(super) fn power_up(plan: &Plan, layout: &Layout, initial: Initial) -> Result<Memory, BuildError> {
    for memory in plan.units.iter().flat_map(|planned| &planned.unit.memories) {
        check_size(&memory.definition)?;
    }
    let mut memory = Memory::zeroed(layout.bytes);
    let mut values = PowerUp::new(initial, plan.clocking.style);
    for Element { unit, lane, index, .. } in registers(plan) {
        let register = &plan.units[unit].unit.registers[index];
        let value = values.register(register.width, register.reset.as_ref());
        memory.write(layout.units[unit].registers[index], lane, value.limbs());
    }
    for Element { number, unit, lane, index } in memories(plan) {
        let limbs = initial_words(&plan.units[unit].unit.memories[index].definition, initial, number);
        write_words(&mut memory, layout.units[unit].memories[index], lane, &limbs);
    }
    write_constants(plan, layout, &mut memory);
    for byte in 0..=u8::MAX {
        memory.bytes_mut()[Layout::byte_vector(byte)..][..BLOCK].fill(byte);
    }
    Ok(memory)
}

fn write_words(memory: &mut Memory, words: Words, lane: usize, limbs: &[u64]) {
    for (address, word) in limbs.chunks(limbs_for(words.width)).enumerate() {
        memory.write_word(words, lane, address, word);
    }
}

/// Writes the constants that are read from memory like computed values.
fn write_constants(plan: &Plan, layout: &Layout, memory: &mut Memory) {
    for (planned, cells) in plan.units.iter().zip(&layout.units) {
        for id in planned.unit.ids() {
            if let (TermOp::Const(value), Some(cell)) = (&planned.unit.term(id).op, cells.stored(id)) {
                (0..planned.lanes.len()).for_each(|lane| memory.write(cell, lane, value.limbs()));
            }
        }
    }
}

/// Registers take their reset values.
pub(super) fn reset(plan: &Plan, layout: &Layout, memory: &mut Memory) {
    for (planned, cells) in plan.units.iter().zip(&layout.units) {
        for (register, cell) in planned.unit.registers.iter().zip(&cells.registers) {
            let Some(value) = &register.reset else { continue };
            (0..planned.lanes.len()).for_each(|lane| memory.write(*cell, lane, value.limbs()));
        }
    }
}
