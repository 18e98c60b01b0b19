//! From a dissolved module to the terms of a unit.

use super::gather::{constant, merged, resolve};
use super::terms::{Piece, Term, TermId, TermOp};
use super::{Child, Memory, Register, Unit, Write, order};
use crate::flatten::{Flat, Kept};
use hdl::netlist::{Node, NodeId, Op};
use hdl::{Bits, Port};
use std::collections::HashMap;

/// The terms so far, and where each node is among them.
struct Lowering<'a> {
    flat: &'a Flat,
    terms: Vec<Term>,
    place: Vec<TermId>,
    /// How often each node is an operand.
    uses: Vec<u32>,
    constants: HashMap<Bits, TermId>,
}

/// The unit, its terms in the order in which they are best computed.
pub(super) fn unit(flat: &Flat, kept: &Kept) -> Unit {
    let mut lowering = Lowering {
        flat,
        terms: Vec::with_capacity(flat.nodes.len()),
        place: Vec::with_capacity(flat.nodes.len()),
        uses: uses(flat),
        constants: HashMap::new(),
    };
    for node in &flat.nodes {
        let term = lowering.node(node);
        lowering.place.push(term);
    }
    let mut unit = lowering.unit();
    order::order(&mut unit, kept);
    unit
}

/// How often each node is an operand of another node; a use by anything else counts as several.
fn uses(flat: &Flat) -> Vec<u32> {
    let mut uses = vec![0; flat.nodes.len()];
    flat.nodes.iter().flat_map(|node| node.op.operands()).for_each(|id| uses[id.index()] += 1);
    let next = flat.registers.iter().flat_map(|register| register.next.into_iter().chain(register.enable));
    let writes = flat.memories.iter().flat_map(|memory| &memory.writes);
    let writes = writes.flat_map(|write| [write.enable, write.address, write.data]);
    let outputs = flat.outputs.iter().map(|(_, id)| *id);
    let properties = flat.properties.iter().map(|property| property.condition);
    let inputs = flat.instances.iter().flat_map(|instance| instance.inputs.iter().map(|(_, id)| *id));
    let roots = next.chain(writes).chain(outputs).chain(properties).chain(inputs);
    roots.for_each(|id| uses[id.index()] += 2);
    uses
}

impl Lowering<'_> {
    fn node(&mut self, node: &Node) -> TermId {
        let op = match &node.op {
            Op::Input(port) => TermOp::Input(port - self.flat.has_reset as usize),
            Op::Register(register) => TermOp::Register(*register),
            Op::InstanceOutput { instance, port } => TermOp::ChildOutput { child: *instance, port: *port },
            Op::Const(value) => return self.constant(value.clone()),
            Op::Not(a) => TermOp::Not(self.at(*a)),
            Op::Binary(op, a, b) => TermOp::Binary(*op, self.at(*a), self.at(*b)),
            Op::Reduce(_, a) if self.width(*a) == 1 => return self.at(*a),
            Op::Reduce(op, a) => TermOp::Reduce(*op, self.at(*a)),
            Op::Mux { select, on_true, on_false } => self.mux(*select, *on_true, *on_false),
            Op::Slice { of, high, low } => {
                let piece = Piece { of: self.at(*of), low: *low, width: high - low + 1 };
                let pieces = resolve(&self.terms, piece, false);
                return self.gather(pieces, node.width);
            }
            Op::Concat(parts) => return self.concat(parts, node.width),
            Op::MemoryRead { memory, address } => {
                TermOp::Read { memory: *memory, address: self.at(*address) }
            }
            Op::Case { .. } => unreachable!("a dissolved module has no decisions"),
            // A dissolved module has no wires, and nothing in it reads the clock.
            Op::Clock | Op::Wire(_) => return self.constant(Bits::zero(node.width)),
        };
        self.push(op, node.width)
    }

    fn at(&self, id: NodeId) -> TermId {
        self.place[id.index()]
    }

    fn width(&self, id: NodeId) -> u32 {
        self.flat.nodes[id.index()].width
    }

    fn push(&mut self, op: TermOp, width: u32) -> TermId {
        self.terms.push(Term { op, width });
        TermId(self.terms.len() as u32 - 1)
    }

    fn constant(&mut self, value: Bits) -> TermId {
        if let Some(&id) = self.constants.get(&value) {
            return id;
        }
        let id = self.push(TermOp::Const(value.clone()), value.width());
        self.constants.insert(value, id);
        id
    }

    /// Instead of complementing the select, swaps the arms.
    fn mux(&self, select: NodeId, on_true: NodeId, on_false: NodeId) -> TermOp {
        let (select, on_true, on_false) = (self.at(select), self.at(on_true), self.at(on_false));
        if let TermOp::Not(select) = self.terms[select.index()].op {
            return TermOp::Mux { select, on_true: on_false, on_false: on_true };
        }
        TermOp::Mux { select, on_true, on_false }
    }

    fn concat(&mut self, parts: &[NodeId], width: u32) -> TermId {
        let piece = |id: &NodeId| {
            let whole = Piece::whole(self.at(*id), self.width(*id));
            resolve(&self.terms, whole, self.uses[id.index()] == 1)
        };
        let pieces = parts.iter().rev().flat_map(piece).collect();
        self.gather(pieces, width)
    }

    fn gather(&mut self, pieces: Vec<Piece>, width: u32) -> TermId {
        let pieces = merged(pieces);
        if let [Piece { of, low: 0, .. }] = pieces[..]
            && self.terms[of.index()].width == width
        {
            return of;
        }
        match constant(&self.terms, &pieces) {
            Some(value) => self.constant(value),
            None => self.push(TermOp::Gather(pieces), width),
        }
    }

    fn unit(self) -> Unit {
        let flat = self.flat;
        let at = |id: NodeId| self.place[id.index()];
        let ports: Vec<Port> = flat.ports[flat.has_reset as usize..].to_vec();
        let outputs = flat.outputs.iter();
        let outputs = outputs.map(|(port, id)| (port - flat.has_reset as usize, at(*id))).collect();
        let registers = flat.registers.iter().map(|register| Register {
            width: self.width(register.output),
            next: at(register.next.unwrap_or(register.output)),
            enable: register.enable.map(at),
            reset: register.reset.clone(),
        });
        let memories = flat.memories.iter().map(|memory| {
            let write = |write: &hdl::netlist::MemoryWrite| Write {
                enable: at(write.enable),
                address: at(write.address),
                data: at(write.data),
            };
            Memory { writes: memory.writes.iter().map(write).collect(), definition: memory.clone() }
        });
        let properties = flat.properties.iter();
        let children = flat.instances.iter().map(|instance| Child {
            path: instance.path.clone(),
            module: instance.module,
            inputs: instance.inputs.iter().map(|(port, id)| (*port, at(*id))).collect(),
            before: instance.before,
        });
        Unit {
            registers: registers.collect(),
            memories: memories.collect(),
            properties: properties.map(|property| (property.clone(), at(property.condition))).collect(),
            children: children.collect(),
            numbers: flat.numbers.clone(),
            terms: self.terms,
            ports,
            outputs,
        }
    }
}
