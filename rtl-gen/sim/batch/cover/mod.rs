//! Covers gates with the functions that one instruction computes.

mod cuts;
mod pairs;
mod triples;

use super::gates::{Gate, Graph, Lit, Segment, constant_place};
use super::rows::Place;

pub use pairs::cover as by_pairs;
pub use triples::cover as by_triples;

/// A value in a [`Network`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Net {
    /// A row that the network reads.
    Row(Place),
    /// The result of a cell, by its index.
    Cell(u32),
}

/// A function of two or three bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// `a & b`
    And([Net; 2]),
    /// `!a & b`
    AndNot([Net; 2]),
    /// `a | b`
    Or([Net; 2]),
    /// `a ^ b`
    Xor([Net; 2]),
    /// Bit `4 a + 2 b + c` of the table.
    Table(u8, [Net; 3]),
}

impl Cell {
    /// What it reads; a net may be there twice.
    pub fn operands(&self) -> &[Net] {
        match self {
            Cell::And(nets) | Cell::AndNot(nets) | Cell::Or(nets) | Cell::Xor(nets) => nets,
            Cell::Table(_, nets) => nets,
        }
    }
}

/// What a segment computes: cells in topological order, and the rows that take results.
#[derive(Default)]
pub struct Network {
    pub cells: Vec<Cell>,
    pub stores: Vec<(Net, Place)>,
}

impl Network {
    fn add(&mut self, cell: Cell) -> Net {
        self.cells.push(cell);
        Net::Cell(self.cells.len() as u32 - 1)
    }
}

/// Where a gate's value is, and whether it is stored inverted.
#[derive(Clone, Copy)]
struct Held {
    net: Net,
    is_inverted: bool,
}

/// The gates of a segment, seen from its sinks.
struct Region<'a> {
    graph: &'a Graph,
    segment: &'a Segment,
}

impl Region<'_> {
    /// The row of a gate that the segment does not compute.
    fn leaf(&self, gate: usize) -> Option<Place> {
        match self.graph.gates()[gate] {
            Gate::False => Some(constant_place(false)),
            Gate::Source(place) => Some(place),
            Gate::And(..) | Gate::Xor(..) => self.segment.known.get(&gate).copied(),
        }
    }

    /// The two operands of a gate.
    fn operands(&self, gate: usize) -> [Lit; 2] {
        match self.graph.gates()[gate] {
            Gate::And(a, b) | Gate::Xor(a, b) => [a, b],
            Gate::False | Gate::Source(_) => unreachable!("a leaf has no operands"),
        }
    }

    /// Where a literal's value is: in a row, or in the net that covers its gate.
    fn held(&self, lit: Lit, covered: &[Option<Held>]) -> Held {
        let held = match self.leaf(lit.gate()) {
            Some(place) => Held { net: Net::Row(place), is_inverted: false },
            None => covered[lit.gate()].expect("operands come first"),
        };
        Held { is_inverted: held.is_inverted != lit.is_inverted(), ..held }
    }

    /// The gates that are computed, operands first.
    fn inner(&self) -> Vec<usize> {
        let mut is_needed = vec![false; self.graph.gates().len()];
        self.segment.sinks.iter().for_each(|sink| is_needed[sink.lit.gate()] = true);
        let mut gates = vec![];
        for gate in (0..is_needed.len()).rev() {
            if is_needed[gate] && self.leaf(gate).is_none() {
                gates.push(gate);
                self.operands(gate).iter().for_each(|operand| is_needed[operand.gate()] = true);
            }
        }
        gates.reverse();
        gates
    }
}
