//! The topological order of all the nodes of all instances.

use super::decision;
use super::scope::{RawId, Scopes};
use crate::BuildError;
use hdl::netlist::{Node, NodeId, Op};

/// The nodes that compute something, sources first, and where each raw node's value is among them.
pub(super) struct Ordered {
    pub nodes: Vec<Node>,
    pub place: Vec<NodeId>,
}

/// How far the depth-first walk has come with a node.
#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

struct Walk<'a> {
    scopes: &'a Scopes<'a>,
    marks: Vec<Mark>,
    ordered: Ordered,
}

/// Orders the nodes. Aliases vanish: their place is that of the node whose value they pass on.
pub(super) fn topological(scopes: &Scopes) -> Result<Ordered, BuildError> {
    let count = scopes.node_count() as usize;
    let ordered = Ordered { nodes: Vec::with_capacity(count), place: vec![NodeId(u32::MAX); count] };
    let mut walk = Walk { scopes, marks: vec![Mark::New; count], ordered };
    check_registers(scopes)?;
    scopes.nodes().try_for_each(|start| walk.visit(start))?;
    Ok(walk.ordered)
}

fn check_registers(scopes: &Scopes) -> Result<(), BuildError> {
    for scope in &scopes.all {
        if let Some(register) = scope.logic.registers.iter().find(|register| register.next.is_none()) {
            return Err(BuildError::Undriven { path: scopes.describe(scope.raw(register.output)) });
        }
    }
    Ok(())
}

impl Walk<'_> {
    /// Depth first with an explicit stack: a chain may be longer than a thread's stack is deep.
    fn visit(&mut self, start: RawId) -> Result<(), BuildError> {
        if self.marks[start.index()] == Mark::Done {
            return Ok(());
        }
        let mut path = vec![self.open(start)?];
        while let Some((raw, sources)) = path.last_mut() {
            let raw = *raw;
            let Some(source) = sources.pop() else {
                self.close(raw)?;
                path.pop();
                continue;
            };
            match self.marks[source.index()] {
                Mark::Done => {}
                Mark::New => path.push(self.open(source)?),
                Mark::Open => {
                    let from = path.iter().position(|(open, _)| *open == source).unwrap_or(0);
                    let nodes = path[from..].iter().rev().map(|(open, _)| self.scopes.describe(*open));
                    return Err(BuildError::CombinationalLoop { nodes: nodes.collect() });
                }
            }
        }
        Ok(())
    }

    /// Starts a node; returns what it reads, which is visited from the end of the list.
    fn open(&mut self, raw: RawId) -> Result<(RawId, Vec<RawId>), BuildError> {
        self.marks[raw.index()] = Mark::Open;
        let sources = match self.scopes.alias(raw)? {
            Some(driver) => vec![driver],
            None => self.scopes.sources(raw)?.into_iter().rev().collect(),
        };
        Ok((raw, sources))
    }

    /// Ends a node, all of whose sources are placed.
    fn close(&mut self, raw: RawId) -> Result<(), BuildError> {
        self.marks[raw.index()] = Mark::Done;
        self.ordered.place[raw.index()] = match self.scopes.alias(raw)? {
            Some(driver) => self.ordered.place[driver.index()],
            None => {
                let node = self.flat_node(raw);
                decision::push(&mut self.ordered.nodes, node)
            }
        };
        Ok(())
    }

    /// The node, with its references changed to the flat design's.
    fn flat_node(&self, raw: RawId) -> Node {
        let (scope, node) = (self.scopes.scope(raw), self.scopes.node(raw));
        let mut op = node.op.map_operands(|id| self.ordered.place[scope.raw(id).index()]);
        match &mut op {
            Op::Input(port) => *port += scope.module.uses_reset as usize,
            Op::Register(register) => *register += scope.before.registers,
            Op::MemoryRead { memory, .. } => *memory += scope.before.memories,
            Op::InstanceOutput { instance, .. } => *instance = self.scopes.kept_index(scope, *instance),
            Op::Clock | Op::Const(_) | Op::Wire(_) => {}
            Op::Not(_) | Op::Binary(..) | Op::Reduce(..) | Op::Mux { .. } | Op::Case { .. } => {}
            Op::Concat(_) | Op::Slice { .. } => {}
        }
        Node { op, name: node.name.as_ref().map(|name| scope.path_of(name)), ..node.clone() }
    }
}
