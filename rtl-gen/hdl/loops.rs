//! The report of a combinational loop: its names, and the line of each operator on it.

use crate::diagnostic::Source;
use crate::module::{Driven, Module, State};
use crate::netlist::{BinaryOp, NodeId, Op, ReduceOp};

/// Of a long loop, so many operators are shown at its beginning and at its end.
const SHOWN: usize = 6;

/// Reports a loop, whose nodes each feed the next one.
pub(crate) fn report(module: &Module, cycle: &[NodeId]) {
    let (source, message, notes) = {
        let state = module.state();
        let named = cycle.iter().filter_map(|id| state.logic.nodes[id.index()].name.as_ref());
        let mut names: Vec<String> = named.map(|name| format!("`{name}`")).collect();
        names.extend(names.first().cloned());
        let through = match names.is_empty() {
            true => "combinational loop".into(),
            false => format!("combinational loop: {}", shortened(&names).join(" -> ")),
        };
        let lines: Vec<String> = cycle.iter().map(|id| line(module, &state, *id)).collect();
        (place(&state, cycle[0]), through, shortened(&lines))
    };
    module.error(source, message, notes);
}

fn shortened(items: &[String]) -> Vec<String> {
    let hidden = items.len().saturating_sub(2 * SHOWN);
    if hidden < 2 {
        return items.to_vec();
    }
    let mut shown = items[..SHOWN].to_vec();
    shown.push(format!("... {hidden} more ..."));
    shown.extend_from_slice(&items[items.len() - SHOWN..]);
    shown
}

fn line(module: &Module, state: &State, id: NodeId) -> String {
    format!("{} at {}", describe(module, state, id), place(state, id))
}

/// Where a node was written: for a wire, where it is driven.
fn place(state: &State, id: NodeId) -> Source {
    let node = &state.logic.nodes[id.index()];
    state.driven.get(&Driven::Wire(id)).copied().unwrap_or(node.source)
}

fn describe(module: &Module, state: &State, id: NodeId) -> String {
    let node = &state.logic.nodes[id.index()];
    let operator = match &node.op {
        Op::Binary(op, ..) => symbol(*op).into(),
        Op::Not(_) => "`!`".into(),
        Op::Reduce(ReduceOp::And, _) => "`all`".into(),
        Op::Reduce(ReduceOp::Or, _) => "`any`".into(),
        Op::Reduce(ReduceOp::Xor, _) => "`parity`".into(),
        Op::Mux { .. } => "multiplexer".into(),
        Op::Concat(_) => "concatenation".into(),
        Op::Slice { high, low, .. } => format!("slice [{high}:{low}]"),
        Op::MemoryRead { memory, .. } => format!("read of memory `{}`", state.logic.memories[*memory].name),
        Op::InstanceOutput { instance, port } => {
            let instance = &state.logic.instances[*instance];
            let child = module.design().finished(instance.module);
            format!("output `{}` of instance `{}`", child.def.ports[*port].port.name, instance.name)
        }
        Op::Wire(_) => "wire".into(),
        Op::Input(_) | Op::Clock | Op::Const(_) | Op::Register(_) => "signal".into(),
    };
    match &node.name {
        Some(name) => format!("{operator} `{name}`"),
        None => operator,
    }
}

fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::And => "`&`",
        BinaryOp::Or => "`|`",
        BinaryOp::Xor => "`^`",
        BinaryOp::Add => "`+`",
        BinaryOp::Sub => "`-`",
        BinaryOp::Mul => "`*`",
        BinaryOp::MulSigned => "`mul_signed`",
        BinaryOp::Eq => "`eq`",
        BinaryOp::Lt => "`lt`",
        BinaryOp::LtSigned => "`lt_signed`",
        BinaryOp::Shl => "`<<`",
        BinaryOp::Shr => "`>>`",
        BinaryOp::ShrSigned => "`shr_signed`",
    }
}
