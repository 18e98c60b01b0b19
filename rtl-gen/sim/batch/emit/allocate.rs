//! Register allocation for a network.
//!
//! When no register is free, the value whose next use is farthest away gives up its register (Belady). A row that is
//! not worth a register is not loaded: an instruction reads it as a memory operand.

use super::uses::{NEVER, Step, Uses, Value};
use super::{Instruction, Operand, Pair, Register};
use crate::batch::cover::{Cell, Network};
use crate::batch::rows::{Bank, Place};
use std::ops::Range;

/// Orders the cells and gives their values registers; rows for those that find none are taken from `value_rows`.
pub fn allocate(network: &Network, registers: usize, value_rows: &mut u32) -> Vec<Instruction> {
    let uses = Uses::of(network);
    let mut allocation = Allocation {
        free: (0..registers).rev().map(|register| register as Register).collect(),
        held: vec![None; registers],
        values: uses
            .first
            .iter()
            .map(|&next_use| Residence { register: None, row: None, next_use })
            .collect(),
        spill_rows: *value_rows..*value_rows,
        free_rows: vec![],
        instructions: vec![],
    };
    for (place, value) in &uses.rows {
        allocation.values[*value].row = Some(*place);
    }
    for step in &uses.steps {
        allocation.step(network, step);
    }
    *value_rows = allocation.spill_rows.end;
    allocation.instructions
}

/// Where a value is, and the step that reads it next.
struct Residence {
    register: Option<Register>,
    row: Option<Place>,
    next_use: u32,
}

struct Allocation {
    /// Registers without a value.
    free: Vec<Register>,
    /// The value in each register.
    held: Vec<Option<Value>>,
    values: Vec<Residence>,
    /// Rows taken for spilled values, and those of them that are free again.
    spill_rows: Range<u32>,
    free_rows: Vec<u32>,
    instructions: Vec<Instruction>,
}

impl Allocation {
    fn step(&mut self, network: &Network, step: &Step) {
        for (value, next_use) in &step.operands {
            self.values[*value].next_use = *next_use;
        }
        let operands: Vec<Value> = step.operands.iter().map(|(value, _)| *value).collect();
        let result = match step.cell.map(|cell| network.cells[cell as usize]) {
            Some(Cell::And(_)) => self.pair(Pair::And, &operands),
            Some(Cell::AndNot(_)) => self.pair(Pair::AndNot, &operands),
            Some(Cell::Or(_)) => self.pair(Pair::Or, &operands),
            Some(Cell::Xor(_)) => self.pair(Pair::Xor, &operands),
            Some(Cell::Table(table, _)) => self.table(table, &operands),
            None => self.load(operands[0], &operands),
        };
        for &to in &step.stores {
            self.instructions.push(Instruction::Store { to, from: result });
        }
        if let Some(cell) = step.cell {
            self.values[cell as Value].row = step.stores.first().copied();
            self.settle(cell as Value, result);
        }
        self.leave_registers(&operands);
        self.leave_rows(&operands);
    }

    /// Emits `pair` of two values; the first one must be in a register.
    fn pair(&mut self, pair: Pair, operands: &[Value]) -> Register {
        let may_swap = pair != Pair::AndNot;
        let folded = self.folded(if may_swap { operands } else { &operands[1..] });
        let [a, b] =
            if folded == Some(operands[0]) { [operands[1], operands[0]] } else { [operands[0], operands[1]] };
        let a = self.load(a, operands);
        let b = self.operand(b, folded, operands);
        self.leave_registers(operands);
        let to = self.take(operands);
        self.instructions.push(Instruction::Pair { pair, to, a, b });
        to
    }

    /// Emits a truth table of three values. The instruction overwrites its first operand, so an operand at its last
    /// use comes first if there is one.
    fn table(&mut self, table: u8, operands: &[Value]) -> Register {
        let folded = self.folded(operands);
        let rank = |&place: &usize| match operands[place] {
            value if Some(value) == folded => 2,
            value => (self.values[value].next_use != NEVER) as u32,
        };
        let mut places = [0, 1, 2];
        places.sort_by_key(rank);
        let [a, b, c] = places.map(|place| operands[place]);
        let is_last_use = self.values[a].next_use == NEVER;
        let mut to = self.load(a, operands);
        let Operand::Register(b) = self.operand(b, None, operands) else { unreachable!("nothing is folded") };
        let c = self.operand(c, folded, operands);
        if is_last_use {
            self.held[to as usize] = None;
            self.values[a].register = None;
        } else {
            let from = to;
            to = self.take(operands);
            self.instructions.push(Instruction::Copy { to, from });
        }
        self.instructions.push(Instruction::Table { table: permuted(table, places), a: to, b, c });
        to
    }

    /// The operand to read from memory: not in a register, used once by the instruction, and not worth a register.
    fn folded(&self, operands: &[Value]) -> Option<Value> {
        let is_foldable = |value: &&Value| {
            let is_single = operands.iter().filter(|other| other == value).count() == 1;
            is_single && self.values[**value].register.is_none() && !self.deserves_register(**value)
        };
        operands.iter().filter(is_foldable).max_by_key(|value| self.values[**value].next_use).copied()
    }

    /// True if a register is free, or holds a value whose next use is later than that of this one.
    fn deserves_register(&self, value: Value) -> bool {
        let next_use = self.values[value].next_use;
        let mut held = self.held.iter().flatten();
        next_use != NEVER
            && (!self.free.is_empty() || held.any(|other| self.values[*other].next_use > next_use))
    }

    fn operand(&mut self, value: Value, folded: Option<Value>, operands: &[Value]) -> Operand {
        match self.values[value].row {
            Some(row) if folded == Some(value) => Operand::Row(row),
            _ => Operand::Register(self.load(value, operands)),
        }
    }

    /// The register of a value, which is loaded if it has none. The values in `needed` keep their registers.
    fn load(&mut self, value: Value, needed: &[Value]) -> Register {
        if let Some(register) = self.values[value].register {
            return register;
        }
        let to = self.take(needed);
        let from = self.values[value].row.expect("a value without a register is in a row");
        self.instructions.push(Instruction::Load { to, from });
        self.hold(value, to);
        to
    }

    /// A register for a new value; spills another value if none is free.
    fn take(&mut self, needed: &[Value]) -> Register {
        if let Some(register) = self.free.pop() {
            return register;
        }
        let held = self.held.iter().enumerate();
        let candidates = held.filter_map(|(register, value)| Some((register, (*value)?)));
        let candidates = candidates.filter(|(_, value)| !needed.contains(value));
        let farthest = candidates.max_by_key(|(_, value)| self.values[*value].next_use);
        let (register, value) = farthest.expect("there are more registers than operands");
        let from = register as Register;
        if self.values[value].row.is_none() {
            let row = self.free_rows.pop().unwrap_or_else(|| {
                self.spill_rows.end += 1;
                self.spill_rows.end - 1
            });
            let to = Place { bank: Bank::Values, row };
            self.values[value].row = Some(to);
            self.instructions.push(Instruction::Store { to, from });
        }
        self.values[value].register = None;
        from
    }

    fn hold(&mut self, value: Value, register: Register) {
        self.held[register as usize] = Some(value);
        self.values[value].register = Some(register);
    }

    /// Keeps the result of a cell in its register if something reads it.
    fn settle(&mut self, value: Value, register: Register) {
        self.hold(value, register);
        self.leave_registers(&[value]);
    }

    /// Frees the registers of values after their last use.
    fn leave_registers(&mut self, values: &[Value]) {
        for &value in values {
            let residence = &mut self.values[value];
            let register = residence.register.take_if(|_| residence.next_use == NEVER);
            if let Some(register) = register {
                self.held[register as usize] = None;
                self.free.push(register);
            }
        }
    }

    /// Frees the spill rows of values after their last use; call it only once the instruction that reads them is
    /// emitted.
    fn leave_rows(&mut self, values: &[Value]) {
        for &value in values {
            let residence = &mut self.values[value];
            let is_spilled =
                |place: &Place| place.bank == Bank::Values && self.spill_rows.contains(&place.row);
            let row = residence.row.take_if(|place| residence.next_use == NEVER && is_spilled(place));
            self.free_rows.extend(row.map(|place| place.row));
        }
    }
}

/// The truth table after the operand at `places[i]` moved to place `i`.
fn permuted(table: u8, places: [usize; 3]) -> u8 {
    let old_index = |index: u8| (0..3).fold(0, |old, i| old | (index >> (2 - i) & 1) << (2 - places[i]));
    (0..8).fold(0, |permuted, index| permuted | (table >> old_index(index) & 1) << index)
}
