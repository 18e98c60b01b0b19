//! The combinational graph of a module: its order, its loops, and which outputs depend on which inputs.

use crate::design::Design;
use crate::netlist::{Logic, NodeId, Op};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// For each output port of a module, the input ports that reach it without a register between, one bit each.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Dependencies(BTreeMap<usize, Rc<[u64]>>);

impl Dependencies {
    /// Every output depends on every input: the assumption for a black box.
    pub fn all(outputs: impl Iterator<Item = usize>, inputs: Vec<usize>) -> Dependencies {
        let mut bits = vec![0; inputs.iter().max().map_or(0, |last| last / 64 + 1)];
        inputs.iter().for_each(|input| bits[input / 64] |= 1 << (input % 64));
        let bits: Rc<[u64]> = bits.into();
        Dependencies(outputs.map(|output| (output, bits.clone())).collect())
    }

    /// Follows 64 inputs at a time through finished logic, whose nodes are in topological order.
    pub fn of(design: &Design, logic: &Logic) -> Dependencies {
        let graph = Graph::new(design, logic);
        let inputs = logic.nodes.iter().filter_map(|node| node.op.input_port());
        let blocks = inputs.max().map_or(0, |last| last / 64 + 1);
        let mut bits = vec![vec![0; blocks]; logic.outputs.len()];
        for block in 0..blocks {
            let bit =
                |op: &Op| op.input_port().filter(|port| port / 64 == block).map(|port| 1 << (port % 64));
            let reached = graph.reached(logic, |op| bit(op).unwrap_or(0));
            for (bits, (_, id)) in bits.iter_mut().zip(&logic.outputs) {
                bits[block] = reached[id.index()];
            }
        }
        let ports = logic.outputs.iter().map(|(port, _)| *port);
        Dependencies(ports.zip(bits.into_iter().map(Rc::from)).collect())
    }

    /// Each output with the inputs that it depends on.
    pub fn iter(&self) -> impl Iterator<Item = (usize, impl Iterator<Item = usize>)> {
        self.0.keys().map(|output| (*output, self.inputs_of(*output)))
    }

    fn inputs_of(&self, output: usize) -> impl Iterator<Item = usize> {
        let words = self.0.get(&output).into_iter().flat_map(|words| words.iter().enumerate());
        words.flat_map(|(block, word)| {
            (0..64).filter(move |i| word >> i & 1 == 1).map(move |i| 64 * block + i)
        })
    }
}

/// The combinational graph, with the paths through instances; the sources of all nodes are in one list.
pub(crate) struct Graph {
    sources: Vec<NodeId>,
    /// For each node, where its sources end in the list; they start where those of the previous node end.
    ends: Vec<usize>,
}

/// The state of a node in a depth-first walk.
#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

impl Graph {
    pub fn new(design: &Design, logic: &Logic) -> Graph {
        Graph::through_registers(design, logic, &BTreeSet::new())
    }

    /// With paths through some registers, as if they were combinational.
    pub fn through_registers(design: &Design, logic: &Logic, open: &BTreeSet<usize>) -> Graph {
        let children = logic.instances.iter().map(|instance| design.finished(instance.module));
        let children: Vec<_> = children.collect();
        let inputs = logic.instances.iter().map(|instance| instance.inputs.iter().copied().collect());
        let inputs: Vec<BTreeMap<usize, NodeId>> = inputs.collect();
        let mut graph = Graph { sources: vec![], ends: vec![] };
        for node in &logic.nodes {
            if let Op::InstanceOutput { instance, port } = &node.op {
                let through = children[*instance].dependencies(design).inputs_of(*port);
                graph.sources.extend(through.filter_map(|input| inputs[*instance].get(&input)));
            } else if let Op::Register(index) = &node.op
                && open.contains(index)
            {
                let register = &logic.registers[*index];
                graph.sources.extend(register.next.into_iter().chain(register.enable));
            } else {
                graph.sources.extend(node.op.operands());
            }
            graph.ends.push(graph.sources.len());
        }
        graph
    }

    /// The nodes that a node depends on within a cycle.
    fn sources(&self, id: NodeId) -> &[NodeId] {
        let start = id.index().checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.sources[start..self.ends[id.index()]]
    }

    /// For each node of finished logic, which of 64 starting points reach it: `start` gives those of a node, one bit
    /// each.
    pub fn reached(&self, logic: &Logic, start: impl Fn(&Op) -> u64) -> Vec<u64> {
        let mut reached = vec![0; logic.nodes.len()];
        for (index, node) in logic.nodes.iter().enumerate() {
            let sources = self.sources(NodeId(index as u32)).iter();
            reached[index] = sources.fold(start(&node.op), |bits, id| bits | reached[id.index()]);
        }
        reached
    }

    /// The nodes on a path from one to another, both included, if there is one.
    pub fn path(&self, from: NodeId, to: NodeId) -> Option<Vec<NodeId>> {
        let mut reader = vec![None; self.ends.len()];
        let mut pending = vec![to];
        reader[to.index()] = Some(to);
        while let Some(id) = pending.pop().filter(|_| reader[from.index()].is_none()) {
            for &source in self.sources(id) {
                if reader[source.index()].is_none() {
                    reader[source.index()] = Some(id);
                    pending.push(source);
                }
            }
        }
        let mut path = vec![from];
        while path.last() != Some(&to) {
            path.push(reader[path[path.len() - 1].index()]?);
        }
        Some(path)
    }

    /// The sets of nodes that all depend on each other.
    pub fn knots(&self) -> Vec<Vec<NodeId>> {
        let count = self.ends.len();
        let (number, low) = (vec![0; count], vec![0; count]);
        let mut search = Knots { graph: self, number, low, open: vec![], visited: 0, found: vec![] };
        for start in (0..count as u32).map(NodeId) {
            if search.number[start.index()] == 0 {
                search.visit(start);
            }
        }
        search.found
    }

    /// All nodes, sources first, otherwise in source order; or the nodes of one loop, each of which feeds the next, and
    /// the last the first.
    pub fn topological_order(&self) -> Result<Vec<NodeId>, Vec<NodeId>> {
        let mut marks = vec![Mark::New; self.ends.len()];
        let mut order = Vec::with_capacity(marks.len());
        for start in (0..marks.len() as u32).map(NodeId) {
            if marks[start.index()] == Mark::New {
                self.visit(start, &mut marks, &mut order)?;
            }
        }
        Ok(order)
    }

    /// Depth first with an explicit stack: a chain may be longer than a thread's stack is deep.
    fn visit(&self, start: NodeId, marks: &mut [Mark], order: &mut Vec<NodeId>) -> Result<(), Vec<NodeId>> {
        marks[start.index()] = Mark::Open;
        let mut path = vec![(start, self.sources(start).iter())];
        while let Some((id, sources)) = path.last_mut() {
            let id = *id;
            let Some(&source) = sources.next() else {
                marks[id.index()] = Mark::Done;
                order.push(id);
                path.pop();
                continue;
            };
            match marks[source.index()] {
                Mark::Done => {}
                Mark::New => {
                    marks[source.index()] = Mark::Open;
                    path.push((source, self.sources(source).iter()));
                }
                Mark::Open => {
                    let from = path.iter().position(|(open, _)| *open == source).unwrap_or(0);
                    return Err(path[from..].iter().rev().map(|(open, _)| *open).collect());
                }
            }
        }
        Ok(())
    }
}

/// Tarjan's search for strongly connected components, with an explicit stack.
struct Knots<'a> {
    graph: &'a Graph,
    /// The order of visits, from 1; 0 if not visited.
    number: Vec<u32>,
    /// Tarjan's low link: the smallest number that a node is known to reach; the maximum once its component is
    /// closed.
    low: Vec<u32>,
    open: Vec<NodeId>,
    visited: u32,
    found: Vec<Vec<NodeId>>,
}

impl Knots<'_> {
    fn visit(&mut self, start: NodeId) {
        let mut path: Vec<(NodeId, usize)> = vec![];
        let mut entered = Some(start);
        loop {
            if let Some(id) = entered.take() {
                self.visited += 1;
                self.number[id.index()] = self.visited;
                self.low[id.index()] = self.visited;
                self.open.push(id);
                path.push((id, 0));
            }
            let Some((id, position)) = path.last_mut() else { return };
            let id = *id;
            match self.graph.sources(id).get(*position) {
                Some(source) => {
                    *position += 1;
                    entered = self.follow(id, *source);
                }
                None => {
                    path.pop();
                    if let Some((reader, _)) = path.last() {
                        let low = self.low[id.index()];
                        self.lower(*reader, low);
                    }
                    self.close(id);
                }
            }
        }
    }

    /// Notes a source; returns it if it must be visited first.
    fn follow(&mut self, id: NodeId, source: NodeId) -> Option<NodeId> {
        match (self.number[source.index()], self.low[source.index()]) {
            (0, _) => return Some(source),
            (_, u32::MAX) => {}
            (number, _) => self.lower(id, number),
        }
        None
    }

    fn lower(&mut self, id: NodeId, to: u32) {
        let low = &mut self.low[id.index()];
        *low = to.min(*low);
    }

    /// Ends the component that begins at a node, if one does.
    fn close(&mut self, id: NodeId) {
        if self.low[id.index()] != self.number[id.index()] {
            return;
        }
        let first = self.open.iter().rposition(|open| *open == id).unwrap_or(0);
        let component = self.open.split_off(first);
        component.iter().for_each(|id| self.low[id.index()] = u32::MAX);
        if component.len() > 1 || self.graph.sources(id).contains(&id) {
            self.found.push(component);
        }
    }
}
