//! Divides logic at the memory reads: what must be computed before a word can be read, and what after.

use super::graph::{Gate, Lit};
use super::{Logic, Sink};
use crate::batch::rows::{Bank, Place};
use std::collections::HashMap;

/// Gates that are computed together, once some words are read.
#[derive(Default)]
pub struct Segment {
    /// Indices of the reads that come first.
    pub reads: Vec<usize>,
    /// What is computed.
    pub sinks: Vec<Sink>,
    /// Gates of earlier segments, and the rows that they are in.
    pub known: HashMap<usize, Place>,
}

struct Division<'a> {
    logic: &'a Logic,
    /// For each gate, the largest number of reads in series on a path to it.
    levels: Vec<u32>,
    /// The rows of gates that a later segment reads.
    kept: HashMap<usize, Place>,
    segments: Vec<Segment>,
}

/// The segments that compute `sinks`, in order; temporary rows are taken from `value_rows`.
pub fn divide(logic: &Logic, sinks: &[Sink], value_rows: &mut u32) -> Vec<Segment> {
    let levels = levels(logic);
    let count = 1 + levels.iter().max().copied().unwrap_or(0);
    let segments = (0..count).map(|_| Segment::default()).collect();
    let mut division = Division { logic, levels, kept: HashMap::new(), segments };
    division.place(sinks, value_rows);
    division.segments.retain(|segment| !segment.sinks.is_empty() || !segment.reads.is_empty());
    division.segments
}

/// The index of the read that fills a row.
fn read_into(logic: &Logic, place: Place) -> Option<usize> {
    let is_it = |read: &super::Read| place.bank == Bank::Values && read.data.contains(&place.row);
    logic.reads.iter().position(is_it)
}

fn levels(logic: &Logic) -> Vec<u32> {
    let mut levels: Vec<u32> = vec![];
    for gate in logic.graph.gates() {
        levels.push(match gate {
            Gate::False => 0,
            Gate::Source(place) => read_into(logic, *place).map_or(0, |read| {
                let address = logic.reads[read].address.iter().map(|sink| levels[sink.lit.gate()]);
                1 + address.max().unwrap_or(0)
            }),
            Gate::And(a, b) | Gate::Xor(a, b) => levels[a.gate()].max(levels[b.gate()]),
        });
    }
    levels
}

impl Division<'_> {
    /// Assigns each sink to its segment, and walks back from there: a read needs its address, and a gate of an
    /// earlier segment needs a row.
    fn place(&mut self, sinks: &[Sink], value_rows: &mut u32) {
        let mut visited = vec![false; self.levels.len()];
        let mut open = vec![];
        sinks.iter().for_each(|sink| self.add(*sink, &mut open));
        while let Some(gate) = open.pop() {
            if std::mem::replace(&mut visited[gate], true) {
                continue;
            }
            match self.logic.graph.gates()[gate] {
                Gate::False => {}
                Gate::Source(place) => self.add_read(gate, place, &mut open),
                Gate::And(a, b) | Gate::Xor(a, b) => {
                    for operand in [a.gate(), b.gate()] {
                        open.push(operand);
                        self.keep(operand, self.levels[gate], value_rows);
                    }
                }
            }
        }
    }

    fn add(&mut self, sink: Sink, open: &mut Vec<usize>) {
        self.segments[self.levels[sink.lit.gate()] as usize].sinks.push(sink);
        open.push(sink.lit.gate());
    }

    fn add_read(&mut self, gate: usize, place: Place, open: &mut Vec<usize>) {
        let Some(read) = read_into(self.logic, place) else { return };
        let reads = &mut self.segments[self.levels[gate] as usize].reads;
        if !reads.contains(&read) {
            reads.push(read);
            self.logic.reads[read].address.iter().for_each(|sink| self.add(*sink, open));
        }
    }

    /// Gives a gate a row if a later segment uses it.
    fn keep(&mut self, gate: usize, user_level: u32, value_rows: &mut u32) {
        let level = self.levels[gate];
        let is_computed = matches!(self.logic.graph.gates()[gate], Gate::And(..) | Gate::Xor(..));
        if !is_computed || level == user_level {
            return;
        }
        let place = *self.kept.entry(gate).or_insert_with(|| {
            let to = Place { bank: Bank::Values, row: *value_rows };
            *value_rows += 1;
            self.segments[level as usize].sinks.push(Sink { lit: Lit::of(gate), to });
            to
        });
        self.segments[user_level as usize].known.insert(gate, place);
    }
}
