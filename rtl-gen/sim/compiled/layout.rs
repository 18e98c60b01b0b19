//! The memory layout of values: one block for the whole design.
//!
//! A cell holds a term of a unit for all its lanes side by side, so that a vector of lanes is one load: elements of 1,
//! 2, 4 or 8 bytes, the smallest that fits the width; for wider terms, limbs of 8 bytes, each for all lanes. The bits
//! above the width are zero.

use super::plan::{Plan, Planned, TOP};
use super::unit::{TermId, TermOp};
use hdl::{Direction, limbs_for};
use std::ops::Range;

/// Lanes of a vector: the bytes of 128 bits.
pub(super) const BLOCK: usize = 16;

/// A value for all lanes of a unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// Of the first lane, in bytes from the beginning of the block.
    pub offset: usize,
    pub width: u32,
    /// For how many lanes there is room.
    pub lanes: usize,
}

/// Bytes of an element of a cell.
pub(super) fn element_size(width: u32) -> usize {
    match width {
        0..=8 => 1,
        9..=16 => 2,
        17..=32 => 4,
        _ => 8,
    }
}

impl Cell {
    /// Bytes of an element.
    pub fn size(self) -> usize {
        element_size(self.width)
    }

    /// The place of a limb in a lane.
    pub fn at(self, lane: usize, limb: usize) -> usize {
        self.offset + (limb * self.lanes + lane) * self.size()
    }

    /// Bytes of all lanes.
    pub fn bytes(self) -> usize {
        limbs_for(self.width) * self.lanes * self.size()
    }

    /// The places of all lanes.
    pub fn range(self) -> Range<usize> {
        self.offset..self.offset + self.bytes()
    }
}

/// The words of a memory, lane after lane. Each lane ends with a spare word, the target of writes that must have no
/// effect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    pub offset: usize,
    pub width: u32,
    pub depth: usize,
}

impl Words {
    /// Bytes of a word.
    pub fn word_bytes(self) -> usize {
        limbs_for(self.width) * element_size(self.width)
    }

    /// Bytes of a lane.
    pub fn lane_bytes(self) -> usize {
        (self.depth + 1) * self.word_bytes()
    }

    /// Whether every address of this width has a word.
    pub fn covers(self, address_width: u32) -> bool {
        1usize.checked_shl(address_width).is_some_and(|addresses| addresses <= self.depth)
    }

    /// The place of a word.
    pub fn at(self, lane: usize, address: usize) -> usize {
        self.offset + lane * self.lane_bytes() + address * self.word_bytes()
    }
}

/// The cells of a unit.
pub(super) struct UnitLayout {
    /// For how many lanes there is room.
    pub lanes: usize,
    pub registers: Vec<Cell>,
    /// The registers' present values; their next values are the twin.
    pub present: Twins,
    /// For each port, if it is an input.
    inputs: Vec<Option<Cell>>,
    /// The inputs; those of the last settling are the twin.
    pub input_values: Twins,
    /// For each term that is stored.
    terms: Vec<Option<Cell>>,
    pub memories: Vec<Words>,
    /// A byte for each lane: whether its inputs or its state have changed.
    pub changed: Cell,
}

/// A range of bytes, and a second one behind it with the same cells.
#[derive(Clone, Debug)]
pub(super) struct Twins(Range<usize>);

impl Twins {
    /// The bytes.
    pub fn first(&self) -> Range<usize> {
        self.0.clone()
    }

    /// The bytes of the twin.
    pub fn second(&self) -> Range<usize> {
        self.0.end..self.0.end + self.0.len()
    }

    /// The twin of a cell.
    pub fn twin(&self, cell: Cell) -> Cell {
        Cell { offset: cell.offset + self.0.len(), ..cell }
    }
}

/// The cells of all units.
pub(super) struct Layout {
    pub units: Vec<UnitLayout>,
    /// Bytes in all.
    pub bytes: usize,
}

/// A cell, and the lane if it means only one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub cell: Cell,
    pub lane: Option<usize>,
}

impl Layout {
    /// Where a vector of equal bytes is: the block begins with a vector for each byte.
    pub fn byte_vector(byte: u8) -> usize {
        BLOCK * byte as usize
    }

    /// Lays out a design.
    pub fn of(plan: &Plan) -> Layout {
        let mut layout = Layout { units: vec![], bytes: BLOCK * (u8::MAX as usize + 1) };
        for (index, planned) in plan.units.iter().enumerate() {
            let unit = layout.unit(planned, index == TOP);
            layout.units.push(unit);
        }
        for (unit, planned) in plan.units.iter().enumerate() {
            let lanes = layout.units[unit].lanes;
            for memory in &planned.unit.memories {
                let (width, depth) = (memory.definition.width, memory.definition.depth as usize);
                let words = Words { offset: layout.bytes, width, depth };
                layout.bytes = (layout.bytes + lanes * words.lane_bytes()).next_multiple_of(BLOCK);
                layout.units[unit].memories.push(words);
            }
        }
        layout
    }

    fn unit(&mut self, planned: &Planned, is_top: bool) -> UnitLayout {
        let unit = &planned.unit;
        let lanes = if is_top { 1 } else { planned.lanes.len().next_multiple_of(BLOCK) };
        let (registers, present) = self.twins(|layout| {
            unit.registers.iter().map(|register| layout.cell(register.width, lanes)).collect()
        });
        let is_input = |port: &hdl::Port| port.direction == Direction::Input;
        let (inputs, input_values) = self.twins(|layout| {
            let ports = unit.ports.iter();
            ports.map(|port| is_input(port).then(|| layout.own_words(port.width, lanes))).collect()
        });
        let is_stored = |id: &TermId| {
            let is_constant = matches!(unit.term(*id).op, TermOp::Const(_));
            planned.is_stored[id.index()] && (is_constant || !unit.term(*id).is_source())
        };
        let terms =
            unit.ids().map(|id| is_stored(&id).then(|| self.cell(unit.term(id).width, lanes))).collect();
        let changed = self.own_words(1, lanes);
        self.aligned(64);
        UnitLayout { lanes, registers, present, inputs, input_values, terms, memories: vec![], changed }
    }

    /// Allocates cells, and room for as many again behind them.
    fn twins<T>(&mut self, cells: impl FnOnce(&mut Layout) -> T) -> (T, Twins) {
        let start = self.aligned(64);
        let cells = cells(self);
        let twins = Twins(start..self.aligned(64));
        self.bytes = twins.second().end;
        (cells, twins)
    }

    fn cell(&mut self, width: u32, lanes: usize) -> Cell {
        let alignment = (element_size(width) * lanes).next_power_of_two().min(BLOCK);
        let cell = Cell { offset: self.aligned(alignment), width, lanes };
        self.bytes += cell.bytes();
        cell
    }

    /// A cell that shares no 8 bytes with others.
    fn own_words(&mut self, width: u32, lanes: usize) -> Cell {
        self.aligned(8);
        let cell = self.cell(width, lanes);
        self.aligned(8);
        cell
    }

    fn aligned(&mut self, alignment: usize) -> usize {
        self.bytes = self.bytes.next_multiple_of(alignment);
        self.bytes
    }

    /// The place of a term's value outside the function that computes it.
    pub fn place(&self, plan: &Plan, unit: usize, id: TermId) -> Place {
        let cells = &self.units[unit];
        let cell = match plan.units[unit].unit.term(id).op {
            TermOp::Input(port) => cells.input(port),
            TermOp::Register(register) => cells.registers[register],
            TermOp::ChildOutput { child, port } => {
                let (unit, lane) = plan.children[child];
                let driver = plan.units[unit].output(port);
                return Place { cell: self.place(plan, unit, driver).cell, lane: Some(lane) };
            }
            TermOp::Const(_)
            | TermOp::Not(_)
            | TermOp::Binary(..)
            | TermOp::Reduce(..)
            | TermOp::Mux { .. }
            | TermOp::Gather(_)
            | TermOp::Read { .. } => cells.terms[id.index()].expect("what others read is stored"),
        };
        Place { cell, lane: None }
    }
}

impl UnitLayout {
    /// The cell of an input port.
    pub fn input(&self, port: usize) -> Cell {
        self.inputs[port].expect("the port is an input")
    }

    /// The cells of all inputs.
    pub fn input_cells(&self) -> impl Iterator<Item = Cell> + Clone + '_ {
        self.inputs.iter().flatten().copied()
    }

    /// The cell of a register's next value.
    pub fn next(&self, register: usize) -> Cell {
        self.present.twin(self.registers[register])
    }

    /// The cell of a term that a function computes, if it is stored.
    pub fn stored(&self, id: TermId) -> Option<Cell> {
        self.terms[id.index()]
    }
}
