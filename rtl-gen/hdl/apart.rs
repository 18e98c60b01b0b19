//! Asserts that no two write ports of a memory write the same address at the same edge. All ports must be known, so
//! this runs when the module is finished.

use crate::diagnostic::Source;
use crate::module::Module;
use crate::netlist::{BinaryOp, MemoryWrite, NodeId, Op};

/// Adds the assertion to each memory that promises it and has more than one write port.
pub(crate) fn run(module: &Module) {
    let promised = std::mem::take(&mut module.state_mut().apart);
    for (memory, source) in promised {
        let (name, writes) = {
            let memory = &module.state().logic.memories[memory];
            (memory.name.clone(), memory.writes.clone())
        };
        if let Some(meet) = meet(module, &writes, source) {
            module.state_mut().logic.memories[memory].never_meet = true;
            let condition = module.node(Op::Not(meet), 1, source);
            module.assert_at(&format!("{name}_writes_never_meet"), condition, source);
        }
    }
}

/// 1 if any two writes hit the same address; `None` with fewer than two write ports.
fn meet(module: &Module, writes: &[MemoryWrite], source: Source) -> Option<NodeId> {
    let binary = |op, a, b| module.node(Op::Binary(op, a, b), 1, source).id();
    let pairs = writes
        .iter()
        .enumerate()
        .flat_map(|(index, one)| writes[..index].iter().map(move |other| (one, other)));
    let of_pair = |(one, other): (&MemoryWrite, &MemoryWrite)| {
        let both = binary(BinaryOp::And, one.enable, other.enable);
        binary(BinaryOp::And, both, binary(BinaryOp::Eq, one.address, other.address))
    };
    pairs.map(of_pair).reduce(|any, pair| binary(BinaryOp::Or, any, pair))
}
