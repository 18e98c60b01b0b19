//! The terms of a unit: netlist nodes, where slices and concatenations are one operator.

use hdl::Bits;
use hdl::netlist::{BinaryOp, ReduceOp};

/// The index of a term in its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::compiled) struct TermId(pub u32);

impl TermId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Some bits of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::compiled) struct Piece {
    pub of: TermId,
    /// The least significant bit taken.
    pub low: u32,
    pub width: u32,
}

impl Piece {
    /// All bits of a term.
    pub fn whole(of: TermId, width: u32) -> Piece {
        Piece { of, low: 0, width }
    }
}

/// A value of a unit.
#[derive(Clone, Debug)]
pub(in crate::compiled) struct Term {
    pub op: TermOp,
    pub width: u32,
}

/// What computes a term.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::compiled) enum TermOp {
    /// An input port.
    Input(usize),
    /// The output of a register.
    Register(usize),
    /// An output port of a child.
    ChildOutput {
        /// Index of the child.
        child: usize,
        /// Index of the port.
        port: usize,
    },
    Const(Bits),
    Not(TermId),
    Binary(BinaryOp, TermId, TermId),
    Reduce(ReduceOp, TermId),
    Mux {
        select: TermId,
        on_true: TermId,
        on_false: TermId,
    },
    /// Bits of other terms side by side, the least significant first.
    Gather(Vec<Piece>),
    /// The word of a memory at an address, 0 beyond its depth.
    Read {
        memory: usize,
        address: TermId,
    },
}

impl Term {
    /// The value of a constant.
    pub fn constant(&self) -> Option<&Bits> {
        if let TermOp::Const(value) = &self.op { Some(value) } else { None }
    }

    /// Whether its value is there when a cycle begins, or comes from elsewhere: nothing computes it.
    pub fn is_source(&self) -> bool {
        match self.op {
            TermOp::Input(_) | TermOp::Register(_) | TermOp::ChildOutput { .. } | TermOp::Const(_) => true,
            TermOp::Not(_) | TermOp::Binary(..) | TermOp::Reduce(..) | TermOp::Mux { .. } => false,
            TermOp::Gather(_) | TermOp::Read { .. } => false,
        }
    }

    /// The terms that it reads.
    pub fn operands(&self) -> Vec<TermId> {
        match &self.op {
            TermOp::Input(_) | TermOp::Register(_) | TermOp::ChildOutput { .. } | TermOp::Const(_) => vec![],
            TermOp::Not(a) | TermOp::Reduce(_, a) | TermOp::Read { address: a, .. } => vec![*a],
            TermOp::Binary(_, a, b) => vec![*a, *b],
            TermOp::Mux { select, on_true, on_false } => vec![*select, *on_true, *on_false],
            TermOp::Gather(pieces) => pieces.iter().map(|piece| piece.of).collect(),
        }
    }

    /// Replaces each operand.
    pub fn map_operands(&mut self, map: impl Fn(TermId) -> TermId) {
        match &mut self.op {
            TermOp::Input(_) | TermOp::Register(_) | TermOp::ChildOutput { .. } | TermOp::Const(_) => {}
            TermOp::Not(a) | TermOp::Reduce(_, a) | TermOp::Read { address: a, .. } => *a = map(*a),
            TermOp::Binary(_, a, b) => [a, b].into_iter().for_each(|operand| *operand = map(*operand)),
            TermOp::Mux { select, on_true, on_false } => {
                [select, on_true, on_false].into_iter().for_each(|operand| *operand = map(*operand));
            }
            TermOp::Gather(pieces) => pieces.iter_mut().for_each(|piece| piece.of = map(piece.of)),
        }
    }
}
