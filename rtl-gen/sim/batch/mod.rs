//! Many runs of one design at once: one bit of every run (a lane), side by side in a vector.

mod compiled;
mod cover;
mod emit;
mod gates;
mod isa;
mod lane;
mod portable;
mod power_up;
mod rows;
mod stimulus;
mod tally;
mod transpose;
mod words;

pub use isa::Isa;
pub use lane::Lane;
pub use stimulus::{Corners, EveryCase, RandomCases, Stimulus};
pub use transpose::LaneValue;

use crate::BuildError;
use crate::flatten::flatten;
use crate::memories::{MemoryId, MemoryInfo};
use crate::names::{UnknownName, port_named};
use crate::options::Options;
use crate::property::{Covered, Violation};
use crate::reset::Reset;
use compiled::{Compiled, Part};
use gates::Storage;
use hdl::netlist::PropertyKind;
use hdl::{Bits, Direction, Netlist, Port};
use power_up::{lane_value, power_up, set_lane};
use rows::Rows;
use std::ops::Range;
use std::sync::Arc;
use tally::Tally;
use words::Words;

/// Simulates as many independent runs of one design as its instruction set has [lanes](Batch::lanes).
///
/// Each lane behaves like an [`Interpreter`](crate::Interpreter); with [`Initial::Random`](crate::Initial), lane `i`
/// like one whose seed is larger by `i`. All inputs start at 0. Values of a port are poked and peeked in all lanes at
/// once: as rows, where row `b` holds bit `b` of the port in `lanes() / 64` words, lane `i` at bit `i % 64` of word `i
/// / 64`; or as integers, one per lane. Clones continue from the same state and share the code.
#[derive(Clone)]
pub struct Batch {
    compiled: Arc<Compiled>,
    values: Rows,
    state: Rows,
    next: Rows,
    /// The words of the memories that are not among the rows.
    memories: Vec<Option<Words>>,
    tallies: Vec<Tally>,
    /// Whether the outputs that depend on no input, and everything else, must be computed again.
    outputs_are_stale: bool,
    others_are_stale: bool,
    cycle: u64,
}

/// A property that was violated in some lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchViolation {
    /// The lane that violated it first; of several in one cycle, the lowest.
    pub lane: usize,
    /// The violation with its first cycle; the count is over all lanes.
    pub violation: Violation,
}

impl Batch {
    /// Compiles a design for the fastest instructions of this machine. The error names what cannot be simulated.
    pub fn new(netlist: &Netlist, options: Options) -> Result<Batch, BuildError> {
        Batch::with_isa(netlist, options, Isa::detect())
    }

    /// Compiles a design for a given instruction set. Panics if this machine does not support it.
    pub fn with_isa(netlist: &Netlist, options: Options, isa: Isa) -> Result<Batch, BuildError> {
        assert!(isa.is_available(), "this machine has no {isa}");
        let compiled = Compiled::new(flatten(netlist)?, isa);
        let words = isa.words();
        let (state, memories) = power_up(&compiled, options.initial)?;
        let mut values = Rows::zero(compiled.value_rows as usize, words);
        for (row, word) in gates::CONSTANT_ROWS {
            values.row_mut(row).fill(word);
        }
        let mut batch = Batch {
            values,
            next: state.clone(),
            state,
            memories,
            tallies: vec![Tally::new(words); compiled.flat.properties.len()],
            outputs_are_stale: true,
            others_are_stale: true,
            cycle: 0,
            compiled: Arc::new(compiled),
        };
        batch.reset_asynchronously();
        Ok(batch)
    }

    /// The parts of the code.
    pub fn isa(&self) -> Isa {
        self.compiled.isa
    }

    /// Number of lanes: runs that are simulated at once.
    pub fn lanes(&self) -> usize {
        self.compiled.isa.lanes()
    }

    /// Name of the top module.
    pub fn top(&self) -> &str {
        &self.compiled.flat.top
    }

    /// Name of the clock; `None` in a design without one.
    pub fn clock(&self) -> Option<&str> {
        let flat = &self.compiled.flat;
        flat.has_clock.then_some(&flat.clocking.clock)
    }

    /// The design's ports, without the clock, in order of declaration.
    pub fn ports(&self) -> &[Port] {
        &self.compiled.flat.ports
    }

    /// The index of a port. The error lists the ports, and suggests the one most like `name`.
    pub fn port(&self, name: &str) -> Result<usize, UnknownName> {
        port_named(self.ports(), name)
    }

    /// Number of instructions that compute all logic once: a measure of a design's cost.
    pub fn instruction_count(&self) -> usize {
        self.compiled.instruction_count
    }

    /// Drives an input with one value in all lanes. Panics if `port` is an output or the width differs.
    pub fn poke(&mut self, port: usize, value: &Bits) {
        let (Port { name, width, .. }, given) = (&self.ports()[port], value.width());
        assert!(*width == given, "`{name}` has {width} bits: it cannot take {given} bits");
        self.fill(port, |bit, row| row.fill(0u64.wrapping_sub(value.bit(bit) as u64)));
    }

    /// Drives an input with one value in all lanes. Panics if `port` is an output or `value` does not fit it.
    pub fn poke_u64(&mut self, port: usize, value: u64) {
        let Port { name, width, .. } = &self.ports()[port];
        let bits = Bits::checked(value as u128, *width);
        let bits = bits.unwrap_or_else(|| panic!("`{name}` has {width} bits: it cannot take {value}"));
        self.poke(port, &bits);
    }

    /// Drives an input with a value for each lane. Panics if `port` is an output, if the number of values is not that
    /// of the lanes, or if a value does not fit the port.
    pub fn poke_values<V: LaneValue>(&mut self, port: usize, values: &[V]) {
        assert_eq!(values.len(), self.lanes(), "there is a value for each lane");
        let words = self.isa().words();
        let rows = self.input(port);
        let fits = transpose::to_rows(values, words, self.values.range_mut(rows));
        let Port { name, width, .. } = &self.ports()[port];
        assert!(fits, "`{name}` has {width} bits: it cannot take some of the values");
        self.changed(port);
    }

    /// Drives an input with rows, the least significant bit first. Panics if `port` is an output or the length differs.
    pub fn poke_rows(&mut self, port: usize, rows: &[u64]) {
        let words = self.isa().words();
        assert_eq!(rows.len(), self.ports()[port].width as usize * words, "there is a row for each bit");
        self.fill(port, |bit, row| row.copy_from_slice(&rows[bit as usize * words..][..words]));
    }

    /// Drives an input in one lane. Panics if `port` is an output or the width differs.
    pub fn poke_lane(&mut self, port: usize, lane: usize, value: &Bits) {
        let (Port { name, width, .. }, given) = (&self.ports()[port], value.width());
        assert!(*width == given, "`{name}` has {width} bits: it cannot take {given} bits");
        let rows = self.input(port);
        set_lane(&mut self.values, rows.start, lane, value);
        self.changed(port);
    }

    /// The settled values of a port as rows, the least significant bit first.
    pub fn peek_rows(&mut self, port: usize) -> &[u64] {
        self.settle(port);
        self.values.range(self.compiled.logic.ports[port].clone())
    }

    /// The settled values of a port in each lane. Panics if the number of values is not that of the lanes, or if the
    /// port is wider than a value.
    pub fn peek_values<V: LaneValue>(&mut self, port: usize, values: &mut [V]) {
        assert_eq!(values.len(), self.lanes(), "there is a value for each lane");
        let Port { name, width, .. } = &self.ports()[port];
        assert!(*width as usize <= 8 * size_of::<V>(), "`{name}` has {width} bits: a value has fewer");
        let words = self.isa().words();
        transpose::to_values(self.peek_rows(port), words, values);
    }

    /// The settled value of a port in one lane.
    pub fn peek_lane(&mut self, port: usize, lane: usize) -> Bits {
        self.settle(port);
        lane_value(&self.values, self.compiled.logic.ports[port].clone(), lane)
    }

    /// The first lane in which the settled value of a port is not the expected one. There may be fewer expected values
    /// than lanes: the others are not compared. Panics if there are more, or if the port is wider than a value.
    pub fn first_difference<V: LaneValue>(&mut self, port: usize, expected: &[V]) -> Option<usize> {
        let mut values = [V::default(); MAX_LANES];
        let values = &mut values[..self.lanes()];
        self.peek_values(port, values);
        let compared = &values[..expected.len()];
        // Equality alone is one comparison of memory.
        if compared == expected { None } else { compared.iter().zip(expected).position(|(a, b)| a != b) }
    }

    /// One rising clock edge in all lanes; in a design without a clock, a step at which properties are checked.
    pub fn tick(&mut self) {
        self.settle_others();
        for (tally, row) in self.tallies.iter_mut().zip(self.compiled.logic.events.clone()) {
            tally.add(self.values.row(row), self.cycle);
        }
        for write in &self.compiled.logic.writes {
            let words = self.memories[write.memory].as_mut().expect("a memory that is written has words");
            let range = |rows: &Range<u32>| self.values.range(rows.clone());
            words.write(self.values.row(write.enable), range(&write.address), range(&write.data));
        }
        std::mem::swap(&mut self.state, &mut self.next);
        self.outputs_are_stale = true;
        self.others_are_stale = true;
        self.cycle += 1;
    }

    /// How many times [`tick`](Batch::tick) was called.
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    /// The assertions that failed so far in any lane, in order of declaration.
    pub fn violations(&self) -> Vec<BatchViolation> {
        self.broken(PropertyKind::Assert)
    }

    /// The assumptions that the environment violated so far in any lane, in order of declaration.
    pub fn environment_errors(&self) -> Vec<BatchViolation> {
        self.broken(PropertyKind::Assume)
    }

    /// Every cover point with its hits so far in all lanes, in order of declaration.
    pub fn covered(&self) -> Vec<Covered> {
        self.covered_in(0..self.lanes())
    }

    /// The memories of the design; a [`Lane`] shows and changes the words of one run.
    pub fn memories(&self) -> &[MemoryInfo] {
        &self.compiled.memories
    }

    fn word(&self, memory: MemoryId, lane: usize, address: u64) -> Bits {
        let info = &self.memories()[memory.index()];
        info.check_address(address);
        match &self.compiled.logic.memories[memory.index()] {
            Storage::Logic => {
                let word = self.compiled.flat.memories[memory.index()].contents.get(address as usize);
                word.cloned().unwrap_or(Bits::zero(info.width))
            }
            Storage::Cells(rows) => {
                let first = rows.start + address as u32 * info.width;
                lane_value(&self.state, first..first + info.width, lane)
            }
            Storage::Words => {
                let words = self.memories[memory.index()].as_ref().expect("it has words");
                let limbs = words.of_lane(lane).nth(address as usize);
                Bits::from_limbs(info.width, limbs.expect("the address is below the depth"))
            }
        }
    }

    fn set_word(&mut self, memory: MemoryId, lane: usize, address: u64, word: &Bits) {
        self.memories()[memory.index()].check_word(address, word);
        match &self.compiled.logic.memories[memory.index()] {
            Storage::Logic => unreachable!("only a ROM is in gates"),
            Storage::Cells(rows) => {
                set_lane(&mut self.state, rows.start + address as u32 * word.width(), lane, word);
            }
            Storage::Words => {
                let words = self.memories[memory.index()].as_mut().expect("it has words");
                words.set(lane, address, word.limbs());
            }
        }
        self.outputs_are_stale = true;
        self.others_are_stale = true;
    }

    /// One lane as a simulator of its own. Panics if there is no such lane.
    pub fn lane(&mut self, lane: usize) -> Lane<&mut Batch> {
        assert!(lane < self.lanes(), "there are {} lanes", self.lanes());
        Lane::of(self, lane)
    }

    /// One lane as a simulator that owns the batch. Panics if there is no such lane.
    pub fn into_lane(self, lane: usize) -> Lane<Box<Batch>> {
        assert!(lane < self.lanes(), "there are {} lanes", self.lanes());
        Lane::of(Box::new(self), lane)
    }

    fn broken(&self, kind: PropertyKind) -> Vec<BatchViolation> {
        let broken = self.broken_in(kind, 0..self.lanes()).into_iter();
        broken.map(|(lane, violation)| BatchViolation { lane, violation }).collect()
    }

    /// The properties that were violated in `lanes`, each with the first lane that violated it.
    fn broken_in(&self, kind: PropertyKind, lanes: Range<usize>) -> Vec<(usize, Violation)> {
        let properties = self.compiled.flat.properties.iter().zip(&self.tallies);
        let of_kind = properties.filter(|(property, _)| property.kind == kind);
        let broken = of_kind.filter_map(|(property, tally)| {
            let (lane, cycle) = tally.first(lanes.clone())?;
            let count = tally.count(lanes.clone());
            let (path, source) = (property.name.clone(), property.source);
            Some((lane, Violation { kind, path, cycle, count, source }))
        });
        broken.collect()
    }

    fn covered_in(&self, lanes: Range<usize>) -> Vec<Covered> {
        let properties = self.compiled.flat.properties.iter().zip(&self.tallies);
        let points = properties.filter(|(property, _)| property.kind == PropertyKind::Cover);
        let covered = points.map(|(property, tally)| Covered {
            path: property.name.clone(),
            hits: tally.count(lanes.clone()),
            source: property.source,
        });
        covered.collect()
    }

    /// Drives an input row by row: `fill` gets each bit's index and its row.
    fn fill(&mut self, port: usize, mut fill: impl FnMut(u32, &mut [u64])) {
        let rows = self.input(port);
        for (bit, row) in rows.enumerate() {
            fill(bit as u32, self.values.row_mut(row));
        }
        self.changed(port);
    }

    /// Drives an input with a value for each lane.
    fn fill_lanes<'v>(&mut self, port: usize, value: impl Fn(usize) -> &'v Bits) {
        let (rows, words) = (self.input(port), self.isa().words());
        let lanes = 0..self.lanes();
        for (limb, rows) in self.values.range_mut(rows).chunks_mut(64 * words).enumerate() {
            let limbs: Vec<u64> = lanes.clone().map(|lane| value(lane).limbs()[limb]).collect();
            transpose::to_rows(&limbs, words, rows);
        }
        self.changed(port);
    }

    /// The rows of an input; panics at an output.
    fn input(&self, port: usize) -> Range<u32> {
        let Port { name, direction, .. } = &self.ports()[port];
        assert!(*direction == Direction::Input, "`{name}` is an output: it cannot be poked");
        self.compiled.logic.ports[port].clone()
    }

    /// Called after an input changed.
    fn changed(&mut self, port: usize) {
        self.others_are_stale = true;
        if port == Reset::PORT {
            self.reset_asynchronously();
        }
    }

    fn reset_asynchronously(&mut self) {
        let compiled = Arc::clone(&self.compiled);
        let Some(reset) =
            Reset::of(compiled.flat.has_reset, &compiled.flat.clocking).filter(Reset::is_asynchronous)
        else {
            return;
        };
        let inactive = 0u64.wrapping_sub(reset.is_active(0) as u64);
        let port = self.values.range(compiled.logic.ports[Reset::PORT].clone());
        let in_reset: Vec<u64> = port.iter().map(|word| word ^ inactive).collect();
        for &(row, value) in &compiled.logic.resets {
            for (word, active) in self.state.row_mut(row).iter_mut().zip(&in_reset) {
                *word = if value { *word | active } else { *word & !active };
            }
        }
        self.outputs_are_stale = true;
        self.others_are_stale = true;
    }

    /// Computes what a port shows, unless it is up to date.
    fn settle(&mut self, port: usize) {
        if self.ports()[port].direction == Direction::Input {
            return;
        }
        if self.compiled.logic.follows_inputs[port] {
            self.settle_others();
        } else if std::mem::replace(&mut self.outputs_are_stale, false) {
            self.run(|compiled| &compiled.outputs_of_state);
        }
    }

    fn settle_others(&mut self) {
        if std::mem::replace(&mut self.others_are_stale, false) {
            self.run(|compiled| &compiled.others);
        }
    }

    fn run(&mut self, part: impl Fn(&Compiled) -> &Part) {
        let compiled = Arc::clone(&self.compiled);
        for (reads, function) in &part(&compiled).0 {
            reads.iter().for_each(|&read| self.read(&compiled, read));
            compiled.run(*function, &mut self.values, &self.state, &mut self.next);
        }
    }

    fn read(&mut self, compiled: &Compiled, read: usize) {
        let read = &compiled.logic.reads[read];
        let words = self.memories[read.memory].as_ref().expect("a memory that is read has words");
        let first = read.address[0].to.row;
        let address = self.values.range(first..first + read.address.len() as u32);
        let data = words.read(address, self.compiled.isa.words());
        let rows = self.values.range_mut(read.data.clone());
        rows.copy_from_slice(&data[..rows.len()]);
    }
}

/// The most lanes of any instruction set.
const MAX_LANES: usize = 512;
