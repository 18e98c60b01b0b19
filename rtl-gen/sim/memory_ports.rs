//! Reduces memory ports to what every engine supports: whole words, written, and read in the same cycle.
//!
//! A masked write becomes a write of the resulting word. A read that a collision makes undefined takes, in that case,
//! the value of a register that is never set: its power-up value is what the engines use for unknown values, and it is
//! the same in all of them.

use hdl::netlist::{BinaryOp, Body, Collision, Logic, MemoryWrite, Netlist, Node, NodeId, Op, Register};
use std::borrow::Cow;

/// The same design without masks and undefined collisions. Its nodes are in no particular order.
pub(crate) fn plain(netlist: &Netlist) -> Cow<'_, Netlist> {
    let has_ports = |logic: &Logic| {
        let mut writes = logic.memories.iter().flat_map(|memory| &memory.writes);
        writes.any(|write| write.mask.is_some()) || logic.registers.iter().any(is_undefined)
    };
    let mut bodies = netlist.modules.iter().map(|module| &module.body);
    if !bodies.any(|body| matches!(body, Body::Logic(logic) if has_ports(logic))) {
        return Cow::Borrowed(netlist);
    }
    let mut netlist = netlist.clone();
    for module in &mut netlist.modules {
        match &mut module.body {
            Body::Logic(logic) => {
                without_undefined(logic);
                without_masks(logic);
            }
            Body::BlackBox { .. } => {}
        }
    }
    Cow::Owned(netlist)
}

fn is_undefined(register: &Register) -> bool {
    register.collision == Some(Collision::Undefined)
}

fn without_undefined(logic: &mut Logic) {
    for index in 0..logic.registers.len() {
        let Register { output, next: Some(next), .. } = logic.registers[index] else { continue };
        let read = logic.nodes[logic.behind_names(next).index()].op.memory_read();
        let Some((memory, address)) = read.filter(|_| is_undefined(&logic.registers[index])) else {
            continue;
        };
        let writes = logic.memories[memory].writes.clone();
        let hits: Vec<NodeId> = writes.iter().map(|write| hit(logic, write, address)).collect();
        let hits = hits.into_iter().reduce(|a, b| binary(logic, BinaryOp::Or, a, b));
        if let Some(select) = hits {
            let on_true = unknown(logic, output);
            let next = push(logic, Op::Mux { select, on_true, on_false: next }, output);
            logic.registers[index].next = Some(next);
        }
        logic.registers[index].collision = None;
    }
}

/// A register that keeps its power-up value, as wide as a node.
fn unknown(logic: &mut Logic, like: NodeId) -> NodeId {
    let output = push(logic, Op::Register(logic.registers.len()), like);
    logic.registers.push(Register { output, next: Some(output), enable: None, reset: None, collision: None });
    output
}

/// 1 if a write hits an address.
fn hit(logic: &mut Logic, write: &MemoryWrite, address: NodeId) -> NodeId {
    let is_there = push(logic, Op::Binary(BinaryOp::Eq, write.address, address), write.enable);
    binary(logic, BinaryOp::And, write.enable, is_there)
}

fn without_masks(logic: &mut Logic) {
    for memory in 0..logic.memories.len() {
        let masked = logic.memories[memory].writes.clone();
        for (index, write) in masked.iter().enumerate() {
            if let Some(mask) = write.mask {
                let op = Op::MemoryRead { memory, address: write.address };
                let stored = push(logic, op, write.data);
                let before = masked[..index].iter().fold(stored, |word, earlier| {
                    let written = merged(logic, earlier, word);
                    let select = hit(logic, earlier, write.address);
                    push(logic, Op::Mux { select, on_true: written, on_false: word }, write.data)
                });
                let data = in_lanes(logic, mask, write.data, before);
                let whole = MemoryWrite { data, mask: None, ..write.clone() };
                logic.memories[memory].writes[index] = whole;
            }
        }
    }
}

/// The word after a write.
fn merged(logic: &mut Logic, write: &MemoryWrite, word: NodeId) -> NodeId {
    write.mask.map_or(write.data, |mask| in_lanes(logic, mask, write.data, word))
}

/// Lane by lane, `on_true` where the mask is 1 and `on_false` where it is 0.
fn in_lanes(logic: &mut Logic, mask: NodeId, on_true: NodeId, on_false: NodeId) -> NodeId {
    let ones = spread(logic, mask, logic.nodes[on_true.index()].width);
    let zeros = push(logic, Op::Not(ones), ones);
    let [written, kept] =
        [(on_true, ones), (on_false, zeros)].map(|(word, lanes)| binary(logic, BinaryOp::And, word, lanes));
    binary(logic, BinaryOp::Or, written, kept)
}

/// Each bit of a mask repeated, to `width` bits in all.
fn spread(logic: &mut Logic, mask: NodeId, width: u32) -> NodeId {
    let lanes = logic.nodes[mask.index()].width;
    if lanes == width {
        return mask;
    }
    let mut parts = vec![];
    for lane in (0..lanes).rev() {
        let bit = push_wide(logic, Op::Slice { of: mask, high: lane, low: lane }, 1, mask);
        parts.extend(vec![bit; (width / lanes) as usize]);
    }
    push_wide(logic, Op::Concat(parts), width, mask)
}

fn binary(logic: &mut Logic, op: BinaryOp, a: NodeId, b: NodeId) -> NodeId {
    push(logic, Op::Binary(op, a, b), a)
}

/// Adds a node as wide as another one.
fn push(logic: &mut Logic, op: Op, like: NodeId) -> NodeId {
    push_wide(logic, op, logic.nodes[like.index()].width, like)
}

/// Adds a node of a given width, with the source location of another one.
fn push_wide(logic: &mut Logic, op: Op, width: u32, like: NodeId) -> NodeId {
    let source = logic.nodes[like.index()].source;
    logic.nodes.push(Node { op, width, name: None, source });
    NodeId(logic.nodes.len() as u32 - 1)
}
