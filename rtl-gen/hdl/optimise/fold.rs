//! Constant folding, and identities that are common in generated code.

use super::Rebuild;
use crate::evaluate;
use crate::netlist::{BinaryOp, Case, NodeId, Op, OperatorKind, ReduceOp};
use crate::{Bits, bit_length};

/// What to do with an operator.
pub(super) enum Step {
    /// Nothing to simplify.
    Keep,
    /// It is the value of an earlier node.
    Same(NodeId),
    /// It is a simpler operator, of this width.
    Instead(Op, u32),
    /// It is a concatenation of these operators, each with its width, the most significant first.
    Parts([(Op, u32); 2]),
}

impl Step {
    fn constant(bits: Bits) -> Step {
        let width = bits.width();
        Step::Instead(Op::Const(bits), width)
    }
}

/// One simplification of `op`, whose operands are simplified already.
pub(super) fn step(nodes: &Rebuild, op: &Op, width: u32) -> Step {
    match op {
        Op::Not(a) => not(nodes, *a),
        Op::Binary(op, a, b) => binary(nodes, *op, *a, *b, width),
        Op::Reduce(op, a) => reduce(nodes, *op, *a),
        Op::Mux { select, on_true, on_false } => mux(nodes, *select, *on_true, *on_false),
        Op::Case { select, cases, otherwise } => decision(nodes, *select, cases, *otherwise),
        Op::Slice { of, high, low } => slice(nodes, *of, *high, *low),
        Op::Concat(parts) => concat(nodes, parts, width),
        Op::Input(_) | Op::Clock | Op::Const(_) | Op::Wire(_) => Step::Keep,
        Op::Register(_) | Op::MemoryRead { .. } | Op::InstanceOutput { .. } => Step::Keep,
    }
}

impl Rebuild {
    fn constant(&self, id: NodeId) -> Option<&Bits> {
        self.node(self.behind_names(id)).op.constant()
    }

    fn same(&self, a: NodeId, b: NodeId) -> bool {
        self.behind_names(a) == self.behind_names(b)
    }

    /// The operator behind unnamed nodes only: named nodes stay visible.
    fn unnamed_op(&self, id: NodeId) -> Option<&Op> {
        let node = self.node(id);
        node.name.is_none().then_some(&node.op)
    }
}

fn not(nodes: &Rebuild, a: NodeId) -> Step {
    if let Some(value) = nodes.constant(a) {
        return Step::constant(evaluate::not(value));
    }
    if let Some(Op::Not(inner)) = nodes.unnamed_op(a) { Step::Same(*inner) } else { Step::Keep }
}

fn reduce(nodes: &Rebuild, op: ReduceOp, a: NodeId) -> Step {
    match nodes.constant(a) {
        Some(value) => Step::constant(evaluate::reduce(op, value)),
        None if nodes.node(a).width == 1 => Step::Same(a),
        None => Step::Keep,
    }
}

fn mux(nodes: &Rebuild, select: NodeId, on_true: NodeId, on_false: NodeId) -> Step {
    if let Some(value) = nodes.constant(select) {
        return Step::Same(if value.is_zero() { on_false } else { on_true });
    }
    if nodes.same(on_true, on_false) {
        return Step::Same(on_true);
    }
    match (nodes.constant(on_true), nodes.constant(on_false)) {
        (Some(one), Some(zero)) if one.width() == 1 && zero.is_zero() && one.is_ones() => Step::Same(select),
        (Some(zero), Some(one)) if one.width() == 1 && zero.is_zero() && one.is_ones() => {
            Step::Instead(Op::Not(select), 1)
        }
        _ => Step::Keep,
    }
}

/// Folds a decision with a constant select, or with one value in every case. All others are printed as written.
fn decision(nodes: &Rebuild, select: NodeId, cases: &[Case], otherwise: NodeId) -> Step {
    if let Some(value) = nodes.constant(select) {
        let is_label = |label: &NodeId| nodes.constant(*label) == Some(value);
        let chosen = cases.iter().find(|case| case.labels.iter().any(is_label));
        return Step::Same(chosen.map_or(otherwise, |case| case.value));
    }
    match cases.iter().all(|case| nodes.same(case.value, otherwise)) {
        true => Step::Same(otherwise),
        false => Step::Keep,
    }
}

fn binary(nodes: &Rebuild, op: BinaryOp, a: NodeId, b: NodeId, width: u32) -> Step {
    if op.kind() == OperatorKind::Rotation && width == 1 {
        return Step::Same(a);
    }
    match (nodes.constant(a), nodes.constant(b)) {
        (Some(x), Some(y)) => Step::constant(evaluate::binary(op, x, y)),
        (None, Some(y)) => with_constant(nodes, op, a, y, width),
        (Some(x), None) if op.is_commutative() => with_constant(nodes, op, b, x, width),
        _ if nodes.same(a, b) => with_itself(op, a, width),
        _ => Step::Keep,
    }
}

fn with_constant(nodes: &Rebuild, op: BinaryOp, a: NodeId, constant: &Bits, width: u32) -> Step {
    let one_bit = nodes.node(a).width == 1;
    let (is_zero, is_ones) = (constant.is_zero(), constant.is_ones());
    match op {
        BinaryOp::And if is_zero => Step::constant(constant.clone()),
        BinaryOp::And if is_ones => Step::Same(a),
        BinaryOp::Or if is_ones => Step::constant(constant.clone()),
        BinaryOp::Or | BinaryOp::Xor | BinaryOp::Add | BinaryOp::Sub if is_zero => Step::Same(a),
        BinaryOp::Xor if is_ones => Step::Instead(Op::Not(a), width),
        BinaryOp::Mul | BinaryOp::MulSigned if is_zero => Step::constant(Bits::zero(width)),
        BinaryOp::Eq if one_bit && is_ones => Step::Same(a),
        BinaryOp::Eq if one_bit => Step::Instead(Op::Not(a), 1),
        BinaryOp::Lt if is_zero => Step::constant(Bits::zero(1)),
        BinaryOp::Shl | BinaryOp::Shr | BinaryOp::ShrSigned if is_zero => Step::Same(a),
        BinaryOp::Shl | BinaryOp::Shr if exceeds(constant, width) => Step::constant(Bits::zero(width)),
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor | BinaryOp::Add | BinaryOp::Sub => Step::Keep,
        BinaryOp::Mul | BinaryOp::MulSigned | BinaryOp::Eq => Step::Keep,
        BinaryOp::Lt | BinaryOp::LtSigned => Step::Keep,
        BinaryOp::Shl | BinaryOp::Shr | BinaryOp::ShrSigned => Step::Keep,
        BinaryOp::RotateLeft => rotated_left(a, constant.remainder(width), width),
        BinaryOp::RotateRight => rotated_left(a, width - constant.remainder(width), width),
    }
}

/// A left rotation by a constant of at most the width.
fn rotated_left(of: NodeId, amount: u32, width: u32) -> Step {
    if amount == 0 || amount == width {
        return Step::Same(of);
    }
    let rest = width - amount;
    let (lower, upper) =
        (Op::Slice { of, high: rest - 1, low: 0 }, Op::Slice { of, high: width - 1, low: rest });
    Step::Parts([(lower, rest), (upper, amount)])
}

fn exceeds(amount: &Bits, width: u32) -> bool {
    let is_large = amount.limbs()[1..].iter().any(|&limb| limb != 0);
    is_large || bit_length(amount.limbs()[0] as u128) > 32 || amount.limbs()[0] >= width as u64
}

fn with_itself(op: BinaryOp, a: NodeId, width: u32) -> Step {
    match op {
        BinaryOp::And | BinaryOp::Or => Step::Same(a),
        BinaryOp::Xor | BinaryOp::Sub => Step::constant(Bits::zero(width)),
        BinaryOp::Eq => Step::constant(Bits::ones(1)),
        BinaryOp::Lt | BinaryOp::LtSigned => Step::constant(Bits::zero(1)),
        BinaryOp::Add | BinaryOp::Mul | BinaryOp::MulSigned => Step::Keep,
        BinaryOp::Shl | BinaryOp::Shr | BinaryOp::ShrSigned => Step::Keep,
        BinaryOp::RotateLeft | BinaryOp::RotateRight => Step::Keep,
    }
}

fn slice(nodes: &Rebuild, of: NodeId, high: u32, low: u32) -> Step {
    if let Some(value) = nodes.constant(of) {
        return Step::constant(value.slice(high, low));
    }
    if low == 0 && high == nodes.node(of).width - 1 {
        return Step::Same(of);
    }
    match nodes.unnamed_op(of) {
        Some(Op::Slice { of, low: inner, .. }) => {
            Step::Instead(Op::Slice { of: *of, high: high + inner, low: low + inner }, high - low + 1)
        }
        Some(Op::Concat(parts)) => slice_of_concat(nodes, parts, high, low),
        _ => Step::Keep,
    }
}

/// A slice that lies within one part of a concatenation is a slice of that part.
fn slice_of_concat(nodes: &Rebuild, parts: &[NodeId], high: u32, low: u32) -> Step {
    let mut bottom = 0;
    for &part in parts.iter().rev() {
        let top = bottom + nodes.node(part).width - 1;
        if bottom <= low && high <= top {
            return Step::Instead(
                Op::Slice { of: part, high: high - bottom, low: low - bottom },
                high - low + 1,
            );
        }
        bottom = top + 1;
    }
    Step::Keep
}

fn concat(nodes: &Rebuild, parts: &[NodeId], width: u32) -> Step {
    if let [only] = parts {
        return Step::Same(*only);
    }
    let constants: Option<Vec<Bits>> = parts.iter().map(|&part| nodes.constant(part).cloned()).collect();
    if let Some(values) = constants {
        return Step::constant(Bits::concat(&values));
    }
    if let Some(whole) = adjacent_slices(nodes, parts) {
        return Step::Instead(whole, width);
    }
    match flattened(nodes, parts) {
        Some(flat) => Step::Instead(Op::Concat(flat), width),
        None => Step::Keep,
    }
}

/// The most parts that a concatenation takes over from a nested one: long chains stay linear in size.
const MOST_PARTS: usize = 64;

/// The parts, with nested concatenations replaced by their own parts. A nested one with other readers stays, and is
/// shared.
fn flattened(nodes: &Rebuild, parts: &[NodeId]) -> Option<Vec<NodeId>> {
    let inner = |part: NodeId| match nodes.unnamed_op(part) {
        Some(Op::Concat(inner)) if nodes.uses[part.index()] == 1 && inner.len() <= MOST_PARTS => Some(inner),
        _ => None,
    };
    parts.iter().any(|&part| inner(part).is_some()).then(|| {
        parts
            .iter()
            .flat_map(|part| inner(*part).map_or(std::slice::from_ref(part), Vec::as_slice))
            .copied()
            .collect()
    })
}

/// `{x[7:4], x[3:0]}` is `x[7:0]`.
fn adjacent_slices(nodes: &Rebuild, parts: &[NodeId]) -> Option<Op> {
    let mut joined: Option<(NodeId, u32, u32)> = None;
    for &part in parts {
        let Some(Op::Slice { of, high, low }) = nodes.unnamed_op(part) else { return None };
        joined = match joined {
            None => Some((*of, *high, *low)),
            Some((whole, top, bottom)) if whole == *of && *high + 1 == bottom => Some((whole, top, *low)),
            Some(_) => return None,
        };
    }
    joined.map(|(of, high, low)| Op::Slice { of, high, low })
}
