//! Decisions as multiplexers.

use hdl::Bits;
use hdl::netlist::{BinaryOp, Case, Node, NodeId, Op};
use std::collections::HashMap;

/// Adds a node; for a decision, the multiplexers that compute it, without its name.
pub(super) fn push(nodes: &mut Vec<Node>, node: Node) -> NodeId {
    let Op::Case { select, cases, otherwise } = &node.op else { return add(nodes, node) };
    let width = nodes[select.index()].width;
    let labels: usize = cases.iter().map(|case| case.labels.len()).sum();
    // If half of all values are labels, a tree over the bits is smaller than a chain of comparisons.
    let is_dense = 1usize.checked_shl(width).is_some_and(|all| all <= 2 * labels);
    let mut parts = Parts { nodes, like: Node { name: None, ..node.clone() }, select: *select };
    match is_dense {
        true => parts.tree(width, cases, *otherwise),
        false => parts.chain(cases, *otherwise),
    }
}

fn add(nodes: &mut Vec<Node>, node: Node) -> NodeId {
    nodes.push(node);
    NodeId(nodes.len() as u32 - 1)
}

/// The nodes that a decision becomes.
struct Parts<'a> {
    nodes: &'a mut Vec<Node>,
    /// Gives its width and source.
    like: Node,
    select: NodeId,
}

impl Parts<'_> {
    /// One level of multiplexers for each bit of the select, with a multiplexer only where a pair differs.
    fn tree(&mut self, width: u32, cases: &[Case], otherwise: NodeId) -> NodeId {
        let mut level = vec![otherwise; 1 << width];
        // Of equal labels, the first one wins.
        for case in cases.iter().rev() {
            for label in &case.labels {
                level[self.constant(*label).to_u128() as usize] = case.value;
            }
        }
        for bit in 0..width {
            let select = match width {
                1 => self.select,
                _ => self.add(Op::Slice { of: self.select, high: bit, low: bit }, 1),
            };
            let mut known = HashMap::new();
            let mut joined = Vec::with_capacity(level.len() / 2);
            for pair in level.chunks(2) {
                let (low, high) = (pair[0], pair[1]);
                joined.push(match low == high {
                    true => low,
                    false => *known.entry((low, high)).or_insert_with(|| self.mux(select, high, low)),
                });
            }
            level = joined;
        }
        level[0]
    }

    /// A comparison with each label, and a multiplexer for each case.
    fn chain(&mut self, cases: &[Case], otherwise: NodeId) -> NodeId {
        let mut chosen = otherwise;
        for case in cases.iter().rev() {
            let mut is_chosen = None;
            for label in &case.labels {
                let equal = self.add(Op::Binary(BinaryOp::Eq, self.select, *label), 1);
                is_chosen = Some(match is_chosen {
                    Some(before) => self.add(Op::Binary(BinaryOp::Or, before, equal), 1),
                    None => equal,
                });
            }
            if let Some(is_chosen) = is_chosen {
                chosen = self.mux(is_chosen, case.value, chosen);
            }
        }
        chosen
    }

    fn constant(&self, label: NodeId) -> &Bits {
        self.nodes[label.index()].op.constant().expect("a label is a constant")
    }

    fn mux(&mut self, select: NodeId, on_true: NodeId, on_false: NodeId) -> NodeId {
        self.add(Op::Mux { select, on_true, on_false }, self.like.width)
    }

    fn add(&mut self, op: Op, width: u32) -> NodeId {
        add(self.nodes, Node { op, width, ..self.like.clone() })
    }
}
