//! Constant folding, common-subexpression elimination and dead-code removal. User names survive on live nodes.

mod dead;
mod fold;

use crate::netlist::{Logic, Node, NodeId, Op};
use std::collections::HashMap;

/// The same logic, smaller, its nodes in topological order. `order` lists the nodes, sources first.
pub(crate) fn run(logic: &Logic, order: &[NodeId]) -> Logic {
    let uses = uses(logic);
    let mut rebuilt = Rebuild::new(logic.nodes.len());
    for &id in order {
        let new = rebuilt.import(&logic.nodes[id.index()]);
        rebuilt.place[id.index()] = new;
        rebuilt.uses[new.index()] += uses[id.index()];
    }
    let Rebuild { nodes, place, .. } = rebuilt;
    dead::remove(rewire(logic, nodes, |id| place[id.index()]))
}

/// How often each node is read.
fn uses(logic: &Logic) -> Vec<u32> {
    let mut uses = vec![0; logic.nodes.len()];
    let operands = logic.nodes.iter().flat_map(|node| node.op.operands());
    operands.chain(logic.roots()).for_each(|id| uses[id.index()] += 1);
    uses
}

/// The logic around the nodes, updated to their new indices.
fn rewire(logic: &Logic, nodes: Vec<Node>, place: impl Fn(NodeId) -> NodeId) -> Logic {
    let mut new = Logic {
        nodes,
        registers: logic.registers.clone(),
        memories: logic.memories.clone(),
        instances: logic.instances.clone(),
        outputs: logic.outputs.clone(),
        properties: logic.properties.clone(),
    };
    for register in &mut new.registers {
        register.output = place(register.output);
        register.next = register.next.map(&place);
        register.enable = register.enable.map(&place);
    }
    for write in new.memories.iter_mut().flat_map(|memory| &mut memory.writes) {
        *write = write.map_operands(&place);
    }
    let inputs = new.instances.iter_mut().flat_map(|instance| &mut instance.inputs);
    inputs.for_each(|(_, id)| *id = place(*id));
    new.outputs.iter_mut().for_each(|(_, id)| *id = place(*id));
    new.properties.iter_mut().for_each(|property| property.condition = place(property.condition));
    new
}

/// The nodes so far; each operator occurs only once for the same operands.
struct Rebuild {
    nodes: Vec<Node>,
    /// How often each value is read, as far as known.
    uses: Vec<u32>,
    /// The new node of each old one.
    place: Vec<NodeId>,
    by_op: HashMap<Op, NodeId>,
    /// Named constants, and further names of nodes.
    by_name: HashMap<(Op, String), NodeId>,
}

impl Rebuild {
    fn new(count: usize) -> Rebuild {
        Rebuild {
            nodes: Vec::with_capacity(count),
            uses: Vec::with_capacity(count),
            place: vec![NodeId(u32::MAX); count],
            by_op: HashMap::new(),
            by_name: HashMap::new(),
        }
    }

    /// Adds a node of the old logic, folded, and returns its new index.
    fn import(&mut self, node: &Node) -> NodeId {
        let op = node.op.map_operands(|id| self.place[id.index()]);
        match (&op, &node.name) {
            (Op::Const(_), Some(name)) => self.named_copy(op, name, node),
            (Op::Wire(Some(driver)), Some(name)) => self.give_name(*driver, name, node),
            (Op::Wire(Some(driver)), None) => *driver,
            (_, Some(name)) => {
                let id = self.simplified(op, node);
                self.give_name(id, name, node)
            }
            (_, None) => self.simplified(op, node),
        }
    }

    /// The node that computes `op`: a simpler one, an earlier one, or a new one.
    fn simplified(&mut self, mut op: Op, like: &Node) -> NodeId {
        let mut width = like.width;
        loop {
            match fold::step(self, &op, width) {
                fold::Step::Same(id) => return id,
                fold::Step::Instead(simpler, simpler_width) => (op, width) = (simpler, simpler_width),
                fold::Step::Parts(parts) => {
                    let part = |(op, width)| self.simplified(op, &Node { width, ..like.clone() });
                    op = Op::Concat(parts.map(part).to_vec());
                }
                fold::Step::Keep => break,
            }
        }
        let key = self.key(&op);
        if let Some(&earlier) = self.by_op.get(&key) {
            return earlier;
        }
        let id = self.push(Node { op, width, name: None, source: like.source });
        self.by_op.insert(key, id);
        id
    }

    /// A key for equal operators: with the nodes behind names, sorted for a commutative operator.
    fn key(&self, op: &Op) -> Op {
        let mut key = op.map_operands(|id| self.behind_names(id));
        if let Op::Binary(op, a, b) = &mut key
            && op.is_commutative()
            && a > b
        {
            std::mem::swap(a, b);
        }
        key
    }

    /// Gives the user's name to the node at `id`, if it has none, else to an alias of it.
    fn give_name(&mut self, id: NodeId, name: &str, like: &Node) -> NodeId {
        let id = self.behind_names(id);
        let node = &mut self.nodes[id.index()];
        match &node.name {
            Some(own) if own == name => id,
            None if !matches!(node.op, Op::Const(_)) => {
                node.name = Some(name.into());
                id
            }
            _ => self.named_copy(Op::Wire(Some(id)), name, like),
        }
    }

    /// One node for each name and value: a constant keeps every name that it was given.
    fn named_copy(&mut self, op: Op, name: &str, like: &Node) -> NodeId {
        let key = (op.clone(), name.to_string());
        match self.by_name.get(&key) {
            Some(&earlier) => earlier,
            None => {
                let id = self.push(Node { op, ..like.clone() });
                self.by_name.insert(key, id);
                id
            }
        }
    }

    fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.uses.push(0);
        NodeId(self.nodes.len() as u32 - 1)
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The node that computes the value named by `id`: an alias never refers to another one.
    fn behind_names(&self, id: NodeId) -> NodeId {
        if let Op::Wire(Some(driver)) = self.node(id).op { driver } else { id }
    }
}
