//! Single changes of a netlist.

use hdl::netlist::{BinaryOp, Body, Logic, Netlist, Node, NodeId, Op, ReduceOp};
use hdl::{Bits, Collision};
use std::fmt;

/// A change at one place of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Another operator on the same operands.
    Operator { from: BinaryOp, to: BinaryOp },
    /// Another reduction of the same vector.
    Reduction { from: ReduceOp, to: ReduceOp },
    /// `a < b` becomes `a <= b`.
    Boundary,
    /// The operands of an operator change places.
    SwapOperands,
    /// The inputs of a multiplexer change places.
    SwapArms,
    /// Two neighbouring values of a decision change places; the default counts as the last value.
    SwapCases { first: usize },
    /// Parts `first` and `first + 1` of a concatenation change places.
    SwapParts { first: usize },
    /// A bit of a constant is flipped.
    FlipConstant { bit: u32 },
    /// A slice is shifted by one bit.
    ShiftSlice { high: u32, low: u32 },
    /// A complement is removed.
    RemoveNot,
    /// A condition is inverted.
    InsertNot,
    /// A bit of a value is constant.
    Stuck { bit: u32, value: bool },
    /// A register is removed: its output is its input.
    RemoveRegister { register: usize },
    /// A register loads in every cycle.
    RemoveEnable { register: usize },
    /// A bit of a register's reset value is flipped.
    FlipReset { register: usize, bit: u32 },
    /// A register is not reset.
    RemoveReset { register: usize },
    /// A read port that returns the old word at a collision returns an undefined one instead.
    LoseOldWord { register: usize },
    /// A masked write writes all lanes of the word.
    RemoveMask { memory: usize, write: usize },
    /// A bit of a memory's word at power-up is flipped.
    FlipContents { memory: usize, address: usize, bit: u32 },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Operator { from, to } => write!(f, "{from:?} becomes {to:?}"),
            Change::Reduction { from, to } => write!(f, "reduction {from:?} becomes {to:?}"),
            Change::Boundary => f.write_str("less becomes less or equal"),
            Change::SwapOperands => f.write_str("operands swapped"),
            Change::SwapArms => f.write_str("multiplexer inputs swapped"),
            Change::SwapCases { first } => {
                write!(f, "values {first} and {} of a decision swapped", first + 1)
            }
            Change::SwapParts { first } => {
                write!(f, "parts {first} and {} of a concatenation swapped", first + 1)
            }
            Change::FlipConstant { bit } => write!(f, "bit {bit} of the constant flipped"),
            Change::ShiftSlice { high, low } => write!(f, "slice becomes [{high}:{low}]"),
            Change::RemoveNot => f.write_str("complement removed"),
            Change::InsertNot => f.write_str("complement inserted"),
            Change::Stuck { bit, value } => write!(f, "bit {bit} stuck at {}", u8::from(*value)),
            Change::RemoveRegister { .. } => f.write_str("register removed"),
            Change::RemoveEnable { .. } => f.write_str("enable removed"),
            Change::FlipReset { bit, .. } => write!(f, "bit {bit} of the reset value flipped"),
            Change::RemoveReset { .. } => f.write_str("reset removed"),
            Change::LoseOldWord { .. } => f.write_str("the old word lost at a collision"),
            Change::RemoveMask { write, .. } => write!(f, "mask of write {write} removed"),
            Change::FlipContents { address, bit, .. } => write!(f, "bit {bit} of word {address} flipped"),
        }
    }
}

impl Change {
    /// The netlist with this change at a node of a module. Its nodes are in no particular order.
    pub(super) fn apply(&self, netlist: &Netlist, module: usize, node: NodeId) -> Netlist {
        let mut netlist = netlist.clone();
        if let Body::Logic(logic) = &mut netlist.modules[module].body {
            self.apply_to(logic, node);
        }
        netlist
    }

    fn apply_to(&self, logic: &mut Logic, node: NodeId) {
        match *self {
            Change::RemoveRegister { register } => remove_register(logic, register),
            Change::RemoveEnable { register } => logic.registers[register].enable = None,
            Change::RemoveReset { register } => logic.registers[register].reset = None,
            Change::FlipReset { register, bit } => {
                logic.registers[register].reset.iter_mut().for_each(|value| flip(value, bit));
            }
            Change::LoseOldWord { register } => {
                logic.registers[register].collision = Some(Collision::Undefined);
            }
            Change::RemoveMask { memory, write } => logic.memories[memory].writes[write].mask = None,
            Change::FlipContents { memory, address, bit } => {
                flip(&mut logic.memories[memory].contents[address], bit)
            }
            Change::InsertNot => {
                let value = move_away(logic, node);
                logic.nodes[node.index()].op = Op::Not(value);
            }
            Change::Boundary => {
                let less = move_away(logic, node);
                swap_operands(&mut logic.nodes[less.index()].op);
                logic.nodes[node.index()].op = Op::Not(less);
            }
            Change::Stuck { bit, value } => stick(logic, node, bit, value),
            Change::Operator { .. }
            | Change::Reduction { .. }
            | Change::SwapOperands
            | Change::SwapArms
            | Change::SwapCases { .. }
            | Change::SwapParts { .. }
            | Change::FlipConstant { .. }
            | Change::ShiftSlice { .. }
            | Change::RemoveNot => self.apply_to_op(&mut logic.nodes[node.index()].op),
        }
    }

    fn apply_to_op(&self, op: &mut Op) {
        match (self, &mut *op) {
            (Change::Operator { to, .. }, Op::Binary(operator, ..)) => *operator = *to,
            (Change::Reduction { to, .. }, Op::Reduce(operator, _)) => *operator = *to,
            (Change::SwapOperands, _) => swap_operands(op),
            (Change::SwapArms, Op::Mux { on_true, on_false, .. }) => std::mem::swap(on_true, on_false),
            (Change::SwapCases { first }, Op::Case { cases, otherwise, .. }) => {
                let (before, after) = cases.split_at_mut(first + 1);
                let next = after.first_mut().map_or(otherwise, |case| &mut case.value);
                std::mem::swap(&mut before[*first].value, next);
            }
            (Change::SwapParts { first }, Op::Concat(parts)) => parts.swap(*first, first + 1),
            (Change::FlipConstant { bit }, Op::Const(value)) => flip(value, *bit),
            (Change::ShiftSlice { high: to_high, low: to_low }, Op::Slice { high, low, .. }) => {
                (*high, *low) = (*to_high, *to_low);
            }
            (Change::RemoveNot, Op::Not(value)) => *op = Op::Wire(Some(*value)),
            _ => unreachable!("{self} is not listed for {op:?}"),
        }
    }
}

fn flip(value: &mut Bits, bit: u32) {
    value.set_bit(bit, !value.bit(bit));
}

fn swap_operands(op: &mut Op) {
    if let Op::Binary(_, left, right) = op {
        std::mem::swap(left, right);
    }
}

/// Moves the operator of a node to a new node, so that the old one, which others read, can compute something else.
fn move_away(logic: &mut Logic, node: NodeId) -> NodeId {
    let Node { op, width, source, .. } = logic.nodes[node.index()].clone();
    let new = push(logic, Node { op, width, name: None, source });
    if let Op::Register(register) = logic.nodes[new.index()].op {
        logic.registers[register].output = new;
    }
    new
}

fn push(logic: &mut Logic, node: Node) -> NodeId {
    logic.nodes.push(node);
    NodeId(logic.nodes.len() as u32 - 1)
}

/// One bit is masked to 0 or to 1.
fn stick(logic: &mut Logic, node: NodeId, bit: u32, value: bool) {
    let moved = move_away(logic, node);
    let Node { width, source, .. } = logic.nodes[node.index()];
    let mut mask = if value { Bits::zero(width) } else { Bits::ones(width) };
    mask.set_bit(bit, value);
    let mask = push(logic, Node { op: Op::Const(mask), width, name: None, source });
    let operator = if value { BinaryOp::Or } else { BinaryOp::And };
    logic.nodes[node.index()].op = Op::Binary(operator, moved, mask);
}

fn remove_register(logic: &mut Logic, register: usize) {
    let removed = logic.registers.remove(register);
    logic.nodes[removed.output.index()].op = Op::Wire(removed.next);
    for node in &mut logic.nodes {
        if let Op::Register(index) = &mut node.op
            && *index > register
        {
            *index -= 1;
        }
    }
}
