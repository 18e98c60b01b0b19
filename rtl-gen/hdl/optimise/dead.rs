//! Removal of nodes, registers and memories that nothing observable depends on.

use super::rewire;
use crate::netlist::{Logic, NodeId, Op, State};

/// The logic without the parts that no output, instance or property needs.
pub(super) fn remove(logic: Logic) -> Logic {
    let live = Live::of(&logic);
    let node_at = numbering(&live.nodes);
    let register_at = numbering(&live.registers);
    let memory_at = numbering(&live.memories);
    let place = |id: NodeId| NodeId(node_at[id.index()] as u32);

    let kept = logic.nodes.iter().zip(&live.nodes).filter(|(_, is_live)| **is_live);
    let nodes = kept.map(|(node, _)| {
        let mut node = node.clone();
        node.op = node.op.map_operands(place);
        match &mut node.op {
            Op::Register(register) => *register = register_at[*register],
            Op::MemoryRead { memory, .. } => *memory = memory_at[*memory],
            Op::Input(_) | Op::Clock | Op::Const(_) | Op::Wire(_) | Op::InstanceOutput { .. } => {}
            Op::Not(_) | Op::Binary(..) | Op::Reduce(..) | Op::Mux { .. } | Op::Case { .. } => {}
            Op::Concat(_) | Op::Slice { .. } => {}
        }
        node
    });
    let nodes = nodes.collect();
    let around = Logic {
        registers: keep(&logic.registers, &live.registers),
        memories: keep(&logic.memories, &live.memories),
        nodes: vec![],
        instances: logic.instances.clone(),
        outputs: logic.outputs.clone(),
        properties: logic.properties.clone(),
    };
    rewire(&around, nodes, place)
}

/// The new index of each live item.
fn numbering(live: &[bool]) -> Vec<usize> {
    live.iter()
        .scan(0, |next, &is_live| {
            let index = *next;
            *next += is_live as usize;
            Some(index)
        })
        .collect()
}

fn keep<T: Clone>(items: &[T], live: &[bool]) -> Vec<T> {
    items.iter().zip(live).filter(|(_, is_live)| **is_live).map(|(item, _)| item.clone()).collect()
}

struct Live<'a> {
    logic: &'a Logic,
    nodes: Vec<bool>,
    registers: Vec<bool>,
    memories: Vec<bool>,
    pending: Vec<NodeId>,
}

impl<'a> Live<'a> {
    fn of(logic: &'a Logic) -> Live<'a> {
        let mut live = Live {
            logic,
            nodes: vec![false; logic.nodes.len()],
            registers: vec![false; logic.registers.len()],
            memories: vec![false; logic.memories.len()],
            pending: vec![],
        };
        // Input ports stay: they are part of the interface even if nothing reads them.
        let inputs = (0..logic.nodes.len()).filter(|&i| matches!(logic.nodes[i].op, Op::Input(_)));
        live.pending.extend(inputs.map(|i| NodeId(i as u32)));
        live.pending.extend(logic.outputs.iter().map(|(_, id)| *id));
        live.pending.extend(logic.properties.iter().map(|property| property.condition));
        live.pending.extend(logic.instances.iter().flat_map(|i| i.inputs.iter().map(|(_, id)| *id)));
        while let Some(id) = live.pending.pop() {
            live.reach(id);
        }
        live
    }

    fn reach(&mut self, id: NodeId) {
        if std::mem::replace(&mut self.nodes[id.index()], true) {
            return;
        }
        self.pending.extend(self.logic.dependencies(id));
        match self.logic.nodes[id.index()].op.state() {
            Some(State::Register(index)) => self.registers[index] = true,
            Some(State::Memory(index)) => self.memories[index] = true,
            None => {}
        }
    }
}
