//! How errors describe the nodes of a module.

use crate::design::Design;
use crate::netlist::{Logic, Node, NodeId, Op};

/// A node by its operator and name: `` `+` `sum` ``.
pub(crate) fn node(design: &Design, logic: &Logic, id: NodeId) -> String {
    of(design, logic, &logic.nodes[id.index()])
}

/// The same for a node that is already looked up.
pub(crate) fn of(design: &Design, logic: &Logic, node: &Node) -> String {
    let operator = operator(design, logic, &node.op);
    match &node.name {
        Some(name) => format!("{operator} `{name}`"),
        None => operator,
    }
}

fn operator(design: &Design, logic: &Logic, op: &Op) -> String {
    match op {
        Op::Input(_) => "input port".into(),
        Op::Clock => "the clock".into(),
        Op::Const(value) => format!("the constant {value}"),
        Op::Register(_) => "register".into(),
        Op::Binary(op, ..) => format!("`{}`", op.symbol()),
        Op::Not(_) => "`!`".into(),
        Op::Reduce(op, _) => format!("`{}`", op.symbol()),
        Op::Mux { .. } => "multiplexer".into(),
        Op::Case { .. } => "decision".into(),
        Op::Concat(_) => "concatenation".into(),
        Op::Slice { high, low, .. } => format!("slice [{high}:{low}]"),
        Op::MemoryRead { memory, .. } => format!("read of memory `{}`", logic.memories[*memory].name),
        Op::InstanceOutput { instance, port } => {
            let instance = &logic.instances[*instance];
            let child = design.finished(instance.module);
            format!("output `{}` of instance `{}`", child.def.ports[*port].port.name, instance.name)
        }
        Op::Wire(_) => "wire".into(),
    }
}
