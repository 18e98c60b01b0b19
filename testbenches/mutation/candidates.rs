//! Every single mutation of a netlist, in a fixed order.

use super::change::Change;
use hdl::netlist::{BinaryOp, Body, Case, Logic, Netlist, NodeId, Op, OperatorKind, ReduceOp};
use hdl::{Bits, Collision};
use sim::flatten::flatten;

/// A change with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mutation {
    /// Index of the module.
    pub(super) module: usize,
    pub(super) node: NodeId,
    pub(super) change: Change,
}

impl Mutation {
    /// The netlist with the mutation. Its nodes are in no particular order.
    pub(super) fn apply(&self, netlist: &Netlist) -> Netlist {
        self.change.apply(netlist, self.module, self.node)
    }
}

/// The mutations of everything that an output depends on. Those that would close a combinational loop are left out.
pub(super) fn candidates(netlist: &Netlist) -> Vec<Mutation> {
    let mut found = vec![];
    for (module, def) in netlist.modules.iter().enumerate() {
        if let Body::Logic(logic) = &def.body {
            let changes = live_nodes(logic).into_iter().flat_map(|node| changes_at(logic, node));
            found.extend(changes.map(|(node, change)| Mutation { module, node, change }));
        }
    }
    let may_close_loop = |mutation: &Mutation| matches!(mutation.change, Change::RemoveRegister { .. });
    found.retain(|mutation| !may_close_loop(mutation) || flatten(&mutation.apply(netlist)).is_ok());
    found
}

/// The nodes that an output port or an instance depends on: logic that only properties read is not hardware.
fn live_nodes(logic: &Logic) -> Vec<NodeId> {
    let mut is_live = vec![false; logic.nodes.len()];
    let instances = logic.instances.iter().flat_map(|instance| &instance.inputs);
    let mut pending: Vec<NodeId> = logic.outputs.iter().chain(instances).map(|(_, node)| *node).collect();
    while let Some(node) = pending.pop() {
        if std::mem::replace(&mut is_live[node.index()], true) {
            continue;
        }
        pending.extend(logic.dependencies(node));
    }
    (0..logic.nodes.len() as u32).map(NodeId).filter(|node| is_live[node.index()]).collect()
}

fn changes_at(logic: &Logic, id: NodeId) -> Vec<(NodeId, Change)> {
    let node = &logic.nodes[id.index()];
    let mut changes = match &node.op {
        Op::Wire(_) | Op::Clock => return vec![],
        Op::Const(value) => (0..value.width()).map(|bit| Change::FlipConstant { bit }).collect(),
        Op::Binary(op, left, right) => operator_changes(*op, left == right),
        Op::Reduce(op, _) => reduction_changes(*op),
        Op::Mux { on_true, on_false, .. } if on_true != on_false => vec![Change::SwapArms],
        Op::Case { cases, otherwise, .. } => case_swaps(cases, *otherwise),
        Op::Concat(parts) => part_swaps(logic, parts),
        Op::Slice { of, high, low } => slice_shifts(logic.nodes[of.index()].width, *high, *low),
        Op::Not(_) => vec![Change::RemoveNot],
        Op::Register(register) => register_changes(logic, *register),
        Op::MemoryRead { memory, .. } => {
            [contents_changes(logic, *memory), mask_changes(logic, *memory)].concat()
        }
        Op::Mux { .. } | Op::Input(_) | Op::InstanceOutput { .. } => vec![],
    };
    if !matches!(node.op, Op::Const(_)) {
        changes
            .extend((0..node.width).flat_map(|bit| [false, true].map(|value| Change::Stuck { bit, value })));
    }
    if node.width == 1 && !matches!(node.op, Op::Const(_) | Op::Not(_)) {
        changes.push(Change::InsertNot);
    }
    changes.into_iter().map(|change| (id, change)).collect()
}

fn operator_changes(from: BinaryOp, same_operands: bool) -> Vec<Change> {
    let others: &[BinaryOp] = match from {
        BinaryOp::And => &[BinaryOp::Or, BinaryOp::Xor],
        BinaryOp::Or => &[BinaryOp::And, BinaryOp::Xor],
        BinaryOp::Xor => &[BinaryOp::Or, BinaryOp::And],
        BinaryOp::Add => &[BinaryOp::Sub, BinaryOp::Xor],
        BinaryOp::Sub => &[BinaryOp::Add],
        BinaryOp::Mul => &[BinaryOp::MulSigned],
        BinaryOp::MulSigned => &[BinaryOp::Mul],
        BinaryOp::Eq => &[BinaryOp::Lt],
        BinaryOp::Lt => &[BinaryOp::LtSigned, BinaryOp::Eq],
        BinaryOp::LtSigned => &[BinaryOp::Lt],
        BinaryOp::Shl => &[BinaryOp::Shr],
        BinaryOp::Shr => &[BinaryOp::Shl, BinaryOp::ShrSigned],
        BinaryOp::ShrSigned => &[BinaryOp::Shr],
        BinaryOp::RotateLeft => &[BinaryOp::RotateRight, BinaryOp::Shl],
        BinaryOp::RotateRight => &[BinaryOp::RotateLeft, BinaryOp::Shr],
    };
    let mut changes: Vec<Change> = others.iter().map(|&to| Change::Operator { from, to }).collect();
    // Swaps operands of equal width, unless that changes nothing.
    if from.kind().needs_equal_widths() && !from.is_commutative() && !same_operands {
        changes.push(Change::SwapOperands);
    }
    if from.kind() == OperatorKind::Comparison && !from.is_commutative() {
        changes.push(Change::Boundary);
    }
    changes
}

fn reduction_changes(from: ReduceOp) -> Vec<Change> {
    let others = ReduceOp::ALL.iter().filter(|to| **to != from);
    others.map(|to| Change::Reduction { from, to: *to }).collect()
}

fn case_swaps(cases: &[Case], otherwise: NodeId) -> Vec<Change> {
    let values: Vec<NodeId> = cases.iter().map(|case| case.value).chain([otherwise]).collect();
    let pairs = values.windows(2).enumerate();
    pairs.filter(|(_, pair)| pair[0] != pair[1]).map(|(first, _)| Change::SwapCases { first }).collect()
}

fn part_swaps(logic: &Logic, parts: &[NodeId]) -> Vec<Change> {
    let width = |node: NodeId| logic.nodes[node.index()].width;
    let pairs = parts.windows(2).enumerate();
    let swappable = pairs.filter(|(_, pair)| pair[0] != pair[1] && width(pair[0]) == width(pair[1]));
    swappable.map(|(first, _)| Change::SwapParts { first }).collect()
}

fn slice_shifts(width: u32, high: u32, low: u32) -> Vec<Change> {
    let up = (high + 1 < width).then(|| Change::ShiftSlice { high: high + 1, low: low + 1 });
    let down = low.checked_sub(1).map(|low| Change::ShiftSlice { high: high - 1, low });
    up.into_iter().chain(down).collect()
}

fn register_changes(logic: &Logic, register: usize) -> Vec<Change> {
    let def = &logic.registers[register];
    let mut changes = vec![Change::RemoveRegister { register }];
    changes.extend(def.enable.map(|_| Change::RemoveEnable { register }));
    if def.collision == Some(Collision::Old) {
        changes.push(Change::LoseOldWord { register });
    }
    if let Some(reset) = &def.reset {
        changes.push(Change::RemoveReset { register });
        changes.extend((0..reset.width()).map(|bit| Change::FlipReset { register, bit }));
    }
    changes
}

fn mask_changes(logic: &Logic, memory: usize) -> Vec<Change> {
    let writes = logic.memories[memory].writes.iter().enumerate();
    let masked = writes.filter(|(_, write)| write.mask.is_some());
    masked.map(|(write, _)| Change::RemoveMask { memory, write }).collect()
}

/// One bit of each word, so that a large table does not outnumber everything else.
fn contents_changes(logic: &Logic, memory: usize) -> Vec<Change> {
    let words = logic.memories[memory].contents.iter().enumerate();
    let change = |(address, word): (usize, &Bits)| Change::FlipContents {
        memory,
        address,
        bit: address as u32 % word.width(),
    };
    words.map(change).collect()
}
