//! A design as gates: every bit of every value, and where the results go.

mod divide;
mod edge;
mod graph;
mod lower;
mod memory;
mod multiply;
mod storage;
mod vector;

pub use divide::{Segment, divide};
pub use graph::{Gate, Graph, Lit};
pub use storage::{Read, Storage, Write};

use super::rows::{Bank, Place};
use crate::flatten::Flat;
use lower::Lowering;
use std::ops::Range;

/// A design as gates over rows.
pub struct Logic {
    pub graph: Graph,
    /// How many rows of [`Bank::Values`] are taken.
    pub value_rows: u32,
    /// How many rows the registers take, and the memories that are kept like registers.
    pub state_rows: u32,
    /// For each port its rows, all in [`Bank::Values`].
    pub ports: Vec<Range<u32>>,
    /// For each port, whether it follows an input within the cycle.
    pub follows_inputs: Vec<bool>,
    /// For each register the rows of its bits, in [`Bank::State`].
    pub registers: Vec<Range<u32>>,
    /// Where each memory's words are.
    pub memories: Vec<Storage>,
    /// Reads and writes of the memories that have words.
    pub reads: Vec<Read>,
    pub writes: Vec<Write>,
    /// The rows of the state that the reset sets, and to what.
    pub resets: Vec<(u32, bool)>,
    /// The rows of the properties' events, in [`Bank::Values`].
    pub events: Range<u32>,
    /// The outputs that follow no input.
    pub outputs_of_state: Vec<Sink>,
    /// Everything else: the other outputs, the next state, the events and what the writes need.
    pub others: Vec<Sink>,
}

/// A result and where it goes.
#[derive(Clone, Copy, Debug)]
pub struct Sink {
    pub lit: Lit,
    pub to: Place,
}

/// The rows of [`Bank::Values`] that are constant.
pub const CONSTANT_ROWS: [(u32, u64); 2] = [(0, 0), (1, u64::MAX)];

/// The row of [`Bank::Values`] that holds a constant.
pub fn constant_place(value: bool) -> Place {
    Place { bank: Bank::Values, row: value as u32 }
}

impl Logic {
    /// Lowers a design.
    pub fn of(flat: &Flat) -> Logic {
        Lowering::new(flat).finish()
    }
}
