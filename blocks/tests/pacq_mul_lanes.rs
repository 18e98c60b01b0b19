//! A lane of `pacq_mul` does not depend on the weights of other lanes. So enumerating each lane over every activation
//! and its own code covers everything.

use blocks::block::elaborate;
use blocks::parameters::Settings;
use blocks::registry::find;
use hdl::netlist::{BinaryOp, Body, Logic, NodeId, Op};
use std::collections::HashMap;

/// Sets of bits of the input ports: one mask per port.
type Support = Vec<u128>;

/// The input bits that each bit of each node can depend on. Arithmetic, comparisons and shifts are taken to spread
/// every operand bit to every result bit, so the result is an upper bound.
struct Supports<'a> {
    logic: &'a Logic,
    ports: usize,
    known: HashMap<(NodeId, u32), Support>,
}

impl Supports<'_> {
    fn of(&mut self, id: NodeId, bit: u32) -> Support {
        if let Some(known) = self.known.get(&(id, bit)) {
            return known.clone();
        }
        let support = self.compute(id, bit);
        self.known.insert((id, bit), support.clone());
        support
    }

    fn compute(&mut self, id: NodeId, bit: u32) -> Support {
        let node = &self.logic.nodes[id.index()];
        let sources: Vec<(NodeId, u32)> = match &node.op {
            Op::Input(port) => {
                let mut support = vec![0; self.ports];
                support[*port] = 1 << bit;
                return support;
            }
            Op::Not(a) | Op::Wire(Some(a)) => vec![(*a, bit)],
            Op::Binary(BinaryOp::And | BinaryOp::Or | BinaryOp::Xor, a, b) => vec![(*a, bit), (*b, bit)],
            Op::Mux { select, on_true, on_false } => vec![(*select, 0), (*on_true, bit), (*on_false, bit)],
            Op::Case { select, cases, otherwise } => {
                let values =
                    cases.iter().map(|case| case.value).chain([*otherwise]).map(|value| (value, bit));
                self.bits(*select).into_iter().chain(values).collect()
            }
            Op::Slice { of, low, .. } => vec![(*of, bit + low)],
            Op::Concat(parts) => vec![self.part(parts, bit)],
            op => op.operands().into_iter().flat_map(|a| self.bits(a)).collect(),
        };
        let mut joined = vec![0; self.ports];
        for (source, bit) in sources {
            let support = self.of(source, bit);
            joined.iter_mut().zip(support).for_each(|(all, one)| *all |= one);
        }
        joined
    }

    fn bits(&self, id: NodeId) -> Vec<(NodeId, u32)> {
        (0..self.logic.nodes[id.index()].width).map(|bit| (id, bit)).collect()
    }

    fn part(&self, parts: &[NodeId], bit: u32) -> (NodeId, u32) {
        let mut low = 0;
        for &part in parts.iter().rev() {
            let width = self.logic.nodes[part.index()].width;
            if bit < low + width {
                return (part, bit - low);
            }
            low += width;
        }
        unreachable!("the bit is within the concatenation")
    }
}

fn settings(text: &str) -> Settings {
    text.split_whitespace()
        .map(|pair| pair.split_once('=').expect("name=value"))
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

#[test]
fn a_lane_depends_on_its_own_weight_only() {
    let kinds =
        ["product=exact", "product=exact structure=shared_multiples", "product=rounded", "product=biased"];
    let more = [
        "product=rounded structure=shared_multiples",
        "product=literal",
        "product=exact dual_mode=true",
        "product=rounded dual_mode=true",
        "product=biased dual_mode=true",
    ];
    for (kind, w) in kinds.iter().chain(&more).flat_map(|kind| [2, 3, 4, 8].map(|w| (kind, w))) {
        let block = find("pacq_mul").expect("it is registered");
        let Ok(block) = block.configure(&settings(&format!("{kind} weight_bits={w}"))) else { continue };
        let netlist = elaborate(&*block).expect("it elaborates");
        let top = netlist.top();
        let Body::Logic(logic) = &top.body else { panic!("a block has logic") };
        let mut supports = Supports { logic, ports: top.ports.len(), known: HashMap::new() };
        let lanes = 16 / w;
        let weights =
            top.ports.iter().position(|port| port.port.name == "weights").expect("there are weights");
        for (port, id) in &logic.outputs {
            let port = &top.ports[*port].port;
            if matches!(port.name.as_str(), "exponent" | "fp_product") {
                continue;
            }
            let lane_width = port.width / lanes;
            for bit in 0..port.width {
                let lane = bit / lane_width;
                let own = ((1u128 << w) - 1) << (lane * w);
                let met = supports.of(*id, bit)[weights];
                assert_eq!(
                    met & !own,
                    0,
                    "{kind}, {w} bits: bit {bit} of {} is not lane {lane}'s",
                    port.name
                );
            }
        }
    }
}
