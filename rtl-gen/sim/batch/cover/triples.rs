//! Covers gates with few three-input functions.
//!
//! First each gate takes its cheapest cut by area flow, in which the users of a gate share its cost evenly. Then each
//! choice is revised by its exact cost, given all the others.

use super::cuts::{Cut, Cuts};
use super::{Cell, Held, Net, Network, Region};
use crate::batch::gates::{Graph, Lit, Segment, constant_place};

/// How often the choice is reconsidered.
const ROUNDS: usize = 3;

struct Cover<'a> {
    region: Region<'a>,
    inner: Vec<usize>,
    cuts: Cuts,
    /// The index of each gate's chosen cut.
    chosen: Vec<usize>,
    /// How many chosen cuts and sinks read each gate.
    users: Vec<u32>,
}

/// Covers a segment.
pub fn cover(graph: &Graph, segment: &Segment) -> Network {
    let region = Region { graph, segment };
    let inner = region.inner();
    let cuts = Cuts::of(&region, &inner);
    let count = graph.gates().len();
    let mut cover = Cover { region, inner, cuts, chosen: vec![0; count], users: vec![0; count] };
    cover.choose_by_flow();
    cover.count_users();
    for _ in 0..ROUNDS {
        cover.reconsider();
    }
    cover.network()
}

impl Cover<'_> {
    fn is_inner(&self, gate: usize) -> bool {
        !self.cuts.get(gate).is_empty()
    }

    fn cut(&self, gate: usize) -> Cut {
        self.cuts.get(gate)[self.chosen[gate]]
    }

    /// Chooses the cheapest cut of each gate, where a leaf costs its share of its own cut.
    fn choose_by_flow(&mut self) {
        let mut readers = vec![0u32; self.users.len()];
        self.region.segment.sinks.iter().for_each(|sink| readers[sink.lit.gate()] += 1);
        for &gate in &self.inner {
            self.region.operands(gate).iter().for_each(|operand| readers[operand.gate()] += 1);
        }
        let mut shares = vec![0f32; self.users.len()];
        for &gate in &self.inner {
            let cost = |cut: &Cut| 1.0 + cut.leaves().map(|leaf| shares[leaf]).sum::<f32>();
            let costs = self.cuts.get(gate).iter().map(cost).enumerate();
            let best = costs.min_by(|(_, a), (_, b)| a.total_cmp(b));
            let (index, cost) = best.expect("a gate has the cut of its operands");
            self.chosen[gate] = index;
            shares[gate] = cost / readers[gate] as f32;
        }
    }

    fn count_users(&mut self) {
        for sink in &self.region.segment.sinks {
            self.take(sink.lit.gate());
        }
    }

    fn reconsider(&mut self) {
        for index in 0..self.inner.len() {
            let gate = self.inner[index];
            if self.users[gate] == 0 {
                continue;
            }
            self.release_leaves(gate);
            let cost = |cover: &mut Self, choice: usize| {
                cover.chosen[gate] = choice;
                let cost = cover.take_leaves(gate);
                cover.release_leaves(gate);
                cost
            };
            let choices = 0..self.cuts.get(gate).len();
            let best = choices.min_by_key(|&choice| cost(self, choice));
            self.chosen[gate] = best.expect("a gate has the cut of its operands");
            self.take_leaves(gate);
        }
    }

    /// Adds a user to a gate; returns how many cells must be added for it.
    fn take(&mut self, gate: usize) -> u32 {
        self.users[gate] += 1;
        if self.users[gate] > 1 || !self.is_inner(gate) { 0 } else { 1 + self.take_leaves(gate) }
    }

    fn take_leaves(&mut self, gate: usize) -> u32 {
        self.cut(gate).leaves().map(|leaf| self.take(leaf)).sum()
    }

    /// The opposite of [`take_leaves`](Self::take_leaves).
    fn release_leaves(&mut self, gate: usize) {
        for leaf in self.cut(gate).leaves() {
            self.users[leaf] -= 1;
            if self.users[leaf] == 0 && self.is_inner(leaf) {
                self.release_leaves(leaf);
            }
        }
    }

    fn network(&self) -> Network {
        let votes = self.votes();
        let mut network = Network::default();
        let mut held: Vec<Option<Held>> = vec![None; self.users.len()];
        for &gate in self.inner.iter().filter(|&&gate| self.users[gate] > 0) {
            let (cell, is_inverted) = self.cell(gate, votes[gate], &held);
            held[gate] = Some(Held { net: network.add(cell), is_inverted });
        }
        for sink in &self.region.segment.sinks {
            let value = self.region.held(sink.lit, &held);
            let net = match value {
                Held { net, is_inverted: false } => net,
                Held { net: Net::Row(place), .. } if place == constant_place(false) => {
                    Net::Row(constant_place(true))
                }
                Held { net, .. } => network.add(Cell::Table(NOT_A, [net; 3])),
            };
            network.stores.push((net, sink.to));
        }
        network
    }

    /// For each gate, the number of sinks that want its complement minus the number that want the gate itself.
    fn votes(&self) -> Vec<i32> {
        let mut votes = vec![0; self.users.len()];
        for sink in &self.region.segment.sinks {
            votes[sink.lit.gate()] += if sink.lit.is_inverted() { 1 } else { -1 };
        }
        votes
    }

    /// The cell of a gate, and whether it computes the complement: as most sinks want it, or else with the simpler
    /// instruction.
    fn cell(&self, gate: usize, votes: i32, held: &[Option<Held>]) -> (Cell, bool) {
        let cut = self.cut(gate);
        let mut table = cut.table;
        let mut nets = vec![];
        for (place, leaf) in cut.leaves().enumerate() {
            let leaf = self.region.held(Lit::of(leaf), held);
            table = if leaf.is_inverted { with_complement(table, place) } else { table };
            nets.push(leaf.net);
        }
        let is_inverted = votes > 0 || votes == 0 && nets.len() == 2 && table & 1 == 1;
        let table = if is_inverted { !table } else { table };
        let pair = [nets[0], nets[1]];
        let cell = match (nets.get(2), table) {
            (Some(&third), _) => Cell::Table(table, [nets[0], nets[1], third]),
            (None, 0xc0) => Cell::And(pair),
            (None, 0x0c) => Cell::AndNot(pair),
            (None, 0x30) => Cell::AndNot([nets[1], nets[0]]),
            (None, 0xfc) => Cell::Or(pair),
            (None, 0x3c) => Cell::Xor(pair),
            (None, _) => Cell::Table(table, [nets[0], nets[1], nets[1]]),
        };
        (cell, is_inverted)
    }
}

/// The table of `!a`.
const NOT_A: u8 = 0x0f;

/// The truth table with one operand complemented.
fn with_complement(table: u8, operand: usize) -> u8 {
    let (shift, ones) = [(4, 0xf0), (2, 0xcc), (1, 0xaa)][operand];
    (table & ones) >> shift | (table << shift) & ones
}
