//! Lowers the nodes of a flat design to gates.

use super::graph::{Gate, Graph, Lit};
use super::storage::{Read, Storage};
use super::vector::{constant, not};
use super::{CONSTANT_ROWS, Logic, Sink};
use crate::batch::rows::{Bank, Place};
use crate::flatten::Flat;
use hdl::Direction;
use hdl::netlist::{Node, NodeId, Op};
use std::ops::Range;

/// Logic under construction.
pub(super) struct Lowering<'a> {
    pub flat: &'a Flat,
    pub graph: Graph,
    pub registers: Vec<Range<u32>>,
    pub memories: Vec<Storage>,
    pub reads: Vec<Read>,
    value_rows: u32,
    state_rows: u32,
    ports: Vec<Range<u32>>,
    /// The bits of each node.
    nodes: Vec<Vec<Lit>>,
}

impl<'a> Lowering<'a> {
    /// Places the ports, the registers and the memories.
    pub fn new(flat: &'a Flat) -> Lowering<'a> {
        let mut lowering = Lowering {
            flat,
            graph: Graph::new(),
            registers: vec![],
            memories: vec![],
            reads: vec![],
            value_rows: CONSTANT_ROWS.len() as u32,
            state_rows: 0,
            ports: vec![],
            nodes: vec![],
        };
        lowering.ports = flat.ports.iter().map(|port| lowering.value_rows(port.width)).collect();
        for register in &flat.registers {
            let rows = lowering.state_rows(flat.nodes[register.output.index()].width);
            lowering.registers.push(rows);
        }
        lowering.memories = flat.memories.iter().map(|memory| Storage::of(memory, &mut lowering)).collect();
        lowering
    }

    /// Lowers everything.
    pub fn finish(mut self) -> Logic {
        for node in &self.flat.nodes {
            let bits = self.node(node);
            self.nodes.push(bits);
        }
        let mut others = self.next_state();
        let (writes, mut operands) = self.writes();
        let (events, mut conditions) = self.events();
        others.append(&mut operands);
        others.append(&mut conditions);
        let (outputs_of_state, follows_inputs) = self.outputs(&mut others);
        Logic {
            resets: self.resets(),
            graph: self.graph,
            value_rows: self.value_rows,
            state_rows: self.state_rows,
            ports: self.ports,
            follows_inputs,
            registers: self.registers,
            memories: self.memories,
            reads: self.reads,
            writes,
            events,
            outputs_of_state,
            others,
        }
    }

    /// The bits of a node.
    pub fn bits(&self, id: NodeId) -> &[Lit] {
        &self.nodes[id.index()]
    }

    /// Rows of [`Bank::Values`] that nothing else uses.
    pub fn value_rows(&mut self, count: u32) -> Range<u32> {
        self.value_rows += count;
        self.value_rows - count..self.value_rows
    }

    /// Rows of [`Bank::State`] that nothing else uses.
    pub fn state_rows(&mut self, count: u32) -> Range<u32> {
        self.state_rows += count;
        self.state_rows - count..self.state_rows
    }

    /// What some rows hold.
    pub fn sources(&mut self, bank: Bank, rows: Range<u32>) -> Vec<Lit> {
        rows.map(|row| self.graph.source(Place { bank, row })).collect()
    }

    /// The reset port, 1 if it resets; never in a design without one.
    pub fn in_reset(&mut self) -> Lit {
        match crate::reset::Reset::of(self.flat.has_reset, &self.flat.clocking) {
            Some(reset) => {
                let rows = self.ports[crate::reset::Reset::PORT].clone();
                self.sources(Bank::Values, rows)[0].invert(reset.is_active(0))
            }
            None => Lit::FALSE,
        }
    }

    fn node(&mut self, node: &Node) -> Vec<Lit> {
        match &node.op {
            Op::Input(port) => self.sources(Bank::Values, self.ports[*port].clone()),
            Op::Register(register) => self.sources(Bank::State, self.registers[*register].clone()),
            Op::Const(value) => constant(value),
            Op::Not(a) => not(self.bits(*a)),
            Op::Binary(op, a, b) => self.graph.binary(*op, &self.nodes[a.index()], &self.nodes[b.index()]),
            Op::Reduce(op, a) => vec![self.graph.reduce(*op, &self.nodes[a.index()])],
            Op::Mux { select, on_true, on_false } => {
                let [select, on_true, on_false] =
                    [select, on_true, on_false].map(|id| &self.nodes[id.index()]);
                self.graph.select(select[0], on_true, on_false)
            }
            Op::Concat(parts) => parts.iter().rev().flat_map(|part| self.bits(*part)).copied().collect(),
            Op::Slice { of, high, low } => self.bits(*of)[*low as usize..=*high as usize].to_vec(),
            Op::MemoryRead { memory, address } => self.read(*memory, *address),
            Op::Case { .. } => unreachable!("a flat design has no decisions"),
            // A flat design has no wires and no instances, and nothing in it reads the clock.
            Op::Clock | Op::Wire(_) | Op::InstanceOutput { .. } => vec![Lit::FALSE; node.width as usize],
        }
    }

    /// Sends `bits` to rows.
    pub fn sinks(bits: &[Lit], bank: Bank, rows: Range<u32>) -> impl Iterator<Item = Sink> {
        bits.iter().zip(rows).map(move |(&lit, row)| Sink { lit, to: Place { bank, row } })
    }

    /// Adds the outputs that depend on no input to the returned list, and all others to `others`. Also returns, for
    /// each port, whether it depends on an input.
    fn outputs(&self, others: &mut Vec<Sink>) -> (Vec<Sink>, Vec<bool>) {
        let follows = self.follows_inputs();
        let mut follows_inputs = vec![true; self.ports.len()];
        let mut of_state = vec![];
        for (port, driver) in &self.flat.outputs {
            let bits = self.bits(*driver);
            follows_inputs[*port] = bits.iter().any(|bit| follows[bit.gate()]);
            let to = if follows_inputs[*port] { &mut *others } else { &mut of_state };
            to.extend(Self::sinks(bits, Bank::Values, self.ports[*port].clone()));
        }
        (of_state, follows_inputs)
    }

    /// For each gate, whether it depends on an input within the cycle.
    fn follows_inputs(&self) -> Vec<bool> {
        let mut follows: Vec<bool> = Vec::with_capacity(self.graph.gates().len());
        for gate in self.graph.gates() {
            follows.push(match gate {
                Gate::False => false,
                Gate::Source(place) => self.is_input(*place) || self.is_read_at_input(*place, &follows),
                Gate::And(a, b) | Gate::Xor(a, b) => follows[a.gate()] || follows[b.gate()],
            });
        }
        follows
    }

    fn is_input(&self, place: Place) -> bool {
        let ports = self.flat.ports.iter().zip(&self.ports);
        let mut inputs = ports.filter(|(port, _)| port.direction == Direction::Input);
        place.bank == Bank::Values && inputs.any(|(_, rows)| rows.contains(&place.row))
    }

    /// True for a bit of a word whose address depends on an input.
    fn is_read_at_input(&self, place: Place, follows: &[bool]) -> bool {
        let read =
            self.reads.iter().find(|read| place.bank == Bank::Values && read.data.contains(&place.row));
        read.is_some_and(|read| read.address.iter().any(|sink| follows[sink.lit.gate()]))
    }
}
