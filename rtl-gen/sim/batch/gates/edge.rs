//! What the clock edge and the reset do, as gates.

use super::Sink;
use super::graph::Lit;
use super::lower::Lowering;
use super::storage::Storage;
use super::vector::constant;
use crate::batch::rows::Bank;
use hdl::netlist::{PropertyKind, Register};
use std::ops::Range;

impl Lowering<'_> {
    /// What every row of the state takes at the clock edge.
    pub fn next_state(&mut self) -> Vec<Sink> {
        let mut sinks = vec![];
        for (index, register) in self.flat.registers.iter().enumerate() {
            let rows = self.registers[index].clone();
            let next = self.next_value(register, rows.clone());
            sinks.extend(Self::sinks(&next, Bank::Next, rows));
        }
        for (index, memory) in self.flat.memories.iter().enumerate() {
            if let Storage::Cells(rows) = self.memories[index].clone() {
                let next = self.next_cells(memory, rows.clone());
                sinks.extend(Self::sinks(&next, Bank::Next, rows));
            }
        }
        sinks
    }

    fn next_value(&mut self, register: &Register, rows: Range<u32>) -> Vec<Lit> {
        let held = self.sources(Bank::State, rows);
        let mut next = register.next.map_or(held.clone(), |next| self.bits(next).to_vec());
        if let Some(enable) = register.enable {
            let enable = self.bits(enable)[0];
            next = self.graph.select(enable, &next, &held);
        }
        match &register.reset {
            Some(reset) => {
                let in_reset = self.in_reset();
                self.graph.select(in_reset, &constant(reset), &next)
            }
            None => next,
        }
    }

    /// The rows that the reset sets, and to what.
    pub fn resets(&self) -> Vec<(u32, bool)> {
        let registers = self.flat.registers.iter().zip(&self.registers);
        let with_reset = registers.filter_map(|(register, rows)| Some((register.reset.as_ref()?, rows)));
        let bits = |(reset, rows): (&hdl::Bits, &Range<u32>)| {
            let reset = reset.clone();
            rows.clone().enumerate().map(move |(bit, row)| (row, reset.bit(bit as u32)))
        };
        with_reset.flat_map(bits).collect()
    }

    /// The events of the properties: a violation, or the hit of a cover point, outside reset.
    pub fn events(&mut self) -> (Range<u32>, Vec<Sink>) {
        let in_reset = self.in_reset();
        let rows = self.value_rows(self.flat.properties.len() as u32);
        let mut events = vec![];
        for property in &self.flat.properties {
            let condition = self.bits(property.condition)[0];
            let event = condition.invert(property.kind != PropertyKind::Cover);
            events.push(self.graph.and(!in_reset, event));
        }
        let sinks = Self::sinks(&events, Bank::Values, rows.clone()).collect();
        (rows, sinks)
    }
}
