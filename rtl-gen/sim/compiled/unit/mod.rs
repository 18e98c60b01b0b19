//! A unit of compilation: the logic of a module, with what is below it dissolved.

mod gather;
mod lower;
mod order;
mod terms;

pub(super) use terms::{Piece, Term, TermId, TermOp};

use crate::flatten::{Counts, Flat, Kept, Numbers};
use hdl::netlist::{self, Property};
use hdl::{Bits, Port};

/// The logic of a module. Its instances, if there are several, differ only in the values.
pub(super) struct Unit {
    /// The ports, without clock and reset; a module's port `i` is the `i`th.
    pub ports: Vec<Port>,
    /// In topological order; every term is used.
    pub terms: Vec<Term>,
    pub registers: Vec<Register>,
    pub memories: Vec<Memory>,
    /// What drives each output: (index of the port, term).
    pub outputs: Vec<(usize, TermId)>,
    /// Assertions, assumptions and cover points, and the condition of each.
    pub properties: Vec<(Property, TermId)>,
    /// The instances that are units of their own.
    pub children: Vec<Child>,
    /// What the registers, memories and properties are in the whole design, from the unit's first one on.
    pub numbers: Numbers,
}

/// A register: takes `next` at a clock edge while `enable` is 1 or absent.
pub(super) struct Register {
    pub width: u32,
    pub next: TermId,
    pub enable: Option<TermId>,
    pub reset: Option<Bits>,
}

/// A memory with asynchronous reads and synchronous writes.
pub(super) struct Memory {
    /// Its size and contents.
    pub definition: netlist::Memory,
    pub writes: Vec<Write>,
}

/// A write port; a later one wins.
#[derive(Clone, Copy)]
pub(super) struct Write {
    pub enable: TermId,
    pub address: TermId,
    pub data: TermId,
}

/// An instance of another unit.
pub(super) struct Child {
    /// Instance names joined by dots.
    pub path: String,
    /// Index of its module in the netlist.
    pub module: usize,
    /// What drives each input: (index of the port, term).
    pub inputs: Vec<(usize, TermId)>,
    /// What there is in the whole design before it.
    pub before: Counts,
}

impl Unit {
    /// The logic of a module with its hierarchy dissolved, except the instances of modules in `kept`.
    pub fn of(flat: &Flat, kept: &Kept) -> Unit {
        lower::unit(flat, kept)
    }

    /// A term.
    pub fn term(&self, id: TermId) -> &Term {
        &self.terms[id.index()]
    }

    /// The terms with their ids.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = TermId> + use<> {
        (0..self.terms.len() as u32).map(TermId)
    }
}
