//! One cell of two operands for each gate.
//!
//! A cell may hold the complement of its gate, so the only inverters are those of rows that need the other polarity.

use super::{Cell, Held, Net, Network, Region};
use crate::batch::gates::{Gate, Graph, Lit, Segment, constant_place};

struct Cover<'a> {
    region: Region<'a>,
    held: Vec<Option<Held>>,
    network: Network,
}

/// Covers a segment.
pub fn cover(graph: &Graph, segment: &Segment) -> Network {
    let region = Region { graph, segment };
    let held = vec![None; graph.gates().len()];
    let mut cover = Cover { region, held, network: Network::default() };
    for gate in cover.region.inner() {
        cover.held[gate] = Some(cover.gate(gate));
    }
    for sink in &segment.sinks {
        let net = cover.positive(sink.lit);
        cover.network.stores.push((net, sink.to));
    }
    cover.network
}

impl Cover<'_> {
    fn gate(&mut self, gate: usize) -> Held {
        let [a, b] = self.region.operands(gate).map(|lit| self.region.held(lit, &self.held));
        if let Gate::Xor(..) = self.region.graph.gates()[gate] {
            let is_inverted = a.is_inverted != b.is_inverted;
            return Held { net: self.network.add(Cell::Xor([a.net, b.net])), is_inverted };
        }
        let (cell, is_inverted) = match (a.is_inverted, b.is_inverted) {
            (false, false) => (Cell::And([a.net, b.net]), false),
            (true, false) => (Cell::AndNot([a.net, b.net]), false),
            (false, true) => (Cell::AndNot([b.net, a.net]), false),
            (true, true) => (Cell::Or([a.net, b.net]), true),
        };
        Held { net: self.network.add(cell), is_inverted }
    }

    /// A net with the value of `lit`, not of its complement.
    fn positive(&mut self, lit: Lit) -> Net {
        let held = self.region.held(lit, &self.held);
        let ones = constant_place(true);
        match held.is_inverted {
            false => held.net,
            true if held.net == Net::Row(constant_place(false)) => Net::Row(ones),
            true => self.network.add(Cell::Xor([held.net, Net::Row(ones)])),
        }
    }
}
