//! Vectors, words, tables and accesses to registers at any time, and the coverage points that they reach.

mod packets;
mod points;

use super::model::packet::Beat;
use super::model::{Events, Macro, Taken};
use super::params::Params;
use super::registers::Registers;
use crate::common::lanes::{flag, joined};
use crate::crossbar::device::levels;
use crate::crossbar::pins::ArrayPlace;
use crate::crossbar::xbar_array_model::model::{Array, Loaded};
use crate::crossbar::xbar_mvm::stimulus::{load_fields, times};
use crate::crossbar::xbar_program::array::Array as Cells;
use crate::crossbar::xbar_program::stimulus::plan::{Plan, Word};
use crate::stimulus::{Coverage, Space, Stimulus, case_rng};
use fastrand::Rng;
use hdl::Bits;
use packets::{Kind, packet};
use parts::registers::FieldRef;
use std::collections::VecDeque;

/// The most vectors of a case.
const VECTORS: usize = 8;
/// Accesses to registers beside them.
const ACCESSES: usize = 8;
/// Bits of CONTROL, and of STATUS.
const CONTROLS: u32 = 4;
const STATES: u32 = 8;
/// Of the two highest ones of CONTROL.
const RELOAD_AND_REST: u32 = 0b1100;
/// Of a write of a whole register.
const ALL_STROBES: u32 = 0xf;

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            Case::new(&params, case_rng(seed, index)).play(emit);
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        let writes = 2 * Registers::new(self).program.len() as u64;
        4 * writes + self.mvm.cycles_per_case() + self.program().cycles_per_case()
    }

    fn coverage(&self) -> Coverage<'_> {
        points::coverage(self)
    }
}

/// A write: its address, its data and its strobes.
type Write = (u32, u32, u32);

/// A stream of beats, and whether its first one is offered.
struct Source<T> {
    beats: VecDeque<T>,
    is_offered: bool,
}

impl<T: Clone> Source<T> {
    fn new(beats: impl IntoIterator<Item = T>) -> Source<T> {
        Source { beats: beats.into_iter().collect(), is_offered: false }
    }

    /// The beat of a cycle; one that is not offered comes with this chance of 16.
    fn offer(&mut self, rng: &mut Rng, chance: u8) -> Option<T> {
        self.is_offered |= rng.u8(..16) < chance;
        self.beats.front().filter(|_| self.is_offered).cloned()
    }

    /// The cycle ends.
    fn clock(&mut self, is_ready: bool) {
        if self.is_offered && is_ready && self.beats.pop_front().is_some() {
            self.is_offered = false;
        }
    }
}

/// A case under way.
struct Case<'p> {
    params: &'p Params,
    registers: Registers,
    rng: Rng,
    whole: Macro,
    /// Those at the pins, if they are outside.
    arrays: Vec<Array>,
    /// The cells of all words; without any, answers are anything.
    cells: Option<Cells>,
    addresses: Source<u32>,
    data: Source<(u32, u32)>,
    reads: Source<u32>,
    vectors: Source<Beat>,
    partials: Source<Beat>,
    tables: Source<Beat>,
    words: Source<Beat>,
    /// Writes that come while a word is programmed, if one is.
    late: Vec<Write>,
    /// Chances of 16 that a beat comes, that an answer is taken.
    comes: u8,
    takes: u8,
    /// Comparators say anything.
    is_noise: bool,
}

impl<'p> Case<'p> {
    fn new(params: &'p Params, mut rng: Rng) -> Case<'p> {
        let chance = |rng: &mut Rng| [16, 16, 12, 3][rng.usize(..4)];
        Case {
            params,
            registers: Registers::new(params),
            whole: Macro::new(params),
            arrays: (0..params.mvm.row_arrays)
                .map(|array| Array::new(&params.mvm.array_model(array)))
                .collect(),
            cells: None,
            addresses: Source::new([]),
            data: Source::new([]),
            reads: Source::new([]),
            vectors: Source::new([]),
            partials: Source::new([]),
            tables: Source::new([]),
            words: Source::new([]),
            late: vec![],
            comes: chance(&mut rng),
            takes: chance(&mut rng),
            is_noise: rng.u8(..4) == 0,
            rng,
        }
    }

    fn play(mut self, emit: &mut dyn FnMut(usize, &[Bits])) {
        self.load(emit);
        let Plan { writes, words, array, .. } = Plan::new(&self.params.program(), &mut self.rng);
        self.cells = array;
        self.set_up(&writes);
        self.run(emit);

        let vectors = self.rng.usize(1..=VECTORS);
        for _ in 0..vectors {
            self.vectors.beats.extend(packet(self.params, Kind::Vector, &mut self.rng));
            if self.params.chained {
                self.partials.beats.extend(packet(self.params, Kind::Partial, &mut self.rng));
            }
        }
        for Word { cells: (levels, mask), .. } in words {
            self.words.beats.extend(packet(self.params, Kind::Word { levels, mask }, &mut self.rng));
        }
        self.access(&writes);
        self.run(emit);
    }

    /// Gives all cells levels.
    fn load(&mut self, emit: &mut dyn FnMut(usize, &[Bits])) {
        let mvm = &self.params.mvm;
        let mut level = levels(&mvm.device, &mut self.rng);
        let places = (0..mvm.columns() as usize)
            .flat_map(|column| (0..mvm.inputs_of_vector() as usize).map(move |row| (row, column)));
        for (row, column) in places {
            let cells = (0..mvm.adcs).map(|_| level(&mut self.rng)).collect();
            let load = Loaded { row, column, cells };
            match mvm.array {
                ArrayPlace::External => {
                    let count = self.arrays.len();
                    self.arrays[row % count].load(row / count, column, &load.cells);
                }
                ArrayPlace::Model => self.cycle(Taken { load: Some(load), ..Taken::default() }, emit),
            }
        }
    }

    fn write(&mut self, (address, data, strobes): Write) {
        self.addresses.beats.push_back(address);
        self.data.beats.push_back((data, strobes));
    }

    /// Writes all registers: the ones of `xbar_program` first, byte by byte or wrongly, then all of them.
    fn set_up(&mut self, program: &[(u64, u64)]) {
        // What is there from a case before, or from the reset.
        let counter = self.rng.usize(..self.registers.counters.len());
        self.reads.beats.push_back(self.address(self.registers.counters[counter]));
        let count = self.params.program().registers().len();
        for (number, (address, data)) in program.iter().enumerate() {
            // There is a gap between the addresses.
            let Some(field) = self.registers.programs(*address) else { continue };
            let mut write = (self.registers.map.address(field), *data as u32, ALL_STROBES);
            if number < count && self.rng.u8(..4) == 0 {
                let noise = self.rng.u32(..) & !0xffff;
                write = (write.0 + self.rng.u32(..4), write.1 | noise, self.rng.u32(..16));
            }
            self.write(write);
        }
        self.write_clocks();
        let control = self.address(self.registers.skip_zeros);
        // The first vector waits for a table, and finds neurons at rest, whatever was before.
        let skips = self.rng.u32(..2);
        self.write((control, RELOAD_AND_REST | skips, ALL_STROBES));
    }

    fn address(&self, field: FieldRef) -> u32 {
        self.registers.map.address(field)
    }

    fn write_clocks(&mut self) {
        let times = times(&mut self.rng);
        let steps = &self.registers.steps;
        let (clocks, pace) = (times.clocks, times.pace);
        let address = self.address(steps.precharge_clocks);
        let first = clocks.precharge_clocks | clocks.settle_clocks << 8;
        let others = match steps.convert_clocks {
            Some(_) => clocks.convert_clocks << 16,
            None => pace.sample << 16 | pace.settle << 24,
        };
        self.write((address, (first | others) as u32, ALL_STROBES));
    }

    /// Reads and writes registers, those that there are not too.
    fn access(&mut self, program: &[(u64, u64)]) {
        let bits = self.registers.map.address_bits();
        for _ in 0..ACCESSES {
            let any = self.rng.u32(..1 << bits);
            self.reads.beats.push_back(any);
            match self.rng.u8(..8) {
                0 => self.write_clocks(),
                1 => {
                    let control = self.address(self.registers.skip_zeros);
                    let data = self.rng.u32(..1 << CONTROLS);
                    let strobes = self.rng.u32(..16);
                    self.write((control, data, strobes));
                }
                2 | 3 => {
                    let status = self.address(self.registers.busy[0]);
                    let data = self.rng.u32(..1 << STATES);
                    self.write((status, data, ALL_STROBES));
                }
                // Bytes, seldom bits that no field has; few clocks.
                4 => {
                    let own = self.address(self.registers.program[0].0);
                    let data = self.rng.u32(..) & [0x3_0303, 0x3, 0x8000_0000][self.rng.usize(..3)];
                    let write = (self.rng.u32(..own), data, self.rng.u32(..16));
                    self.write(write);
                }
                5 => self.write((any | 3 << (bits - 2), 0, 0)),
                _ => {
                    let (address, data) = program[self.rng.usize(..program.len())];
                    let field = self.registers.programs(address);
                    self.late.extend(field.map(|field| (self.address(field), data as u32, ALL_STROBES)));
                }
            }
        }
    }

    /// Plays until nothing is left to do.
    fn run(&mut self, emit: &mut dyn FnMut(usize, &[Bits])) {
        while !self.is_done() {
            if self.whole.is_programming() && self.rng.u8(..16) == 0 {
                let late = self.late.pop();
                late.into_iter().for_each(|write| self.write(write));
            }
            let (rng, comes) = (&mut self.rng, self.comes);
            if self.tables.beats.is_empty() && self.params.stage().is_some() {
                self.tables.beats.extend(packet(self.params, Kind::Table, rng));
            }
            let taken = Taken {
                write_address: self.addresses.offer(rng, comes),
                write_data: self.data.offer(rng, comes),
                read_address: self.reads.offer(rng, comes),
                vector: self.vectors.offer(rng, comes),
                partial: self.partials.offer(rng, comes),
                table: self.tables.offer(rng, comes),
                word: self.words.offer(rng, comes),
                write_ready: rng.u8(..16) < self.takes,
                read_ready: rng.u8(..16) < self.takes,
                result_ready: rng.u8(..16) < self.takes,
                outcome_ready: rng.u8(..16) < self.takes,
                ..Taken::default()
            };
            self.cycle(taken, emit);
        }
    }

    fn is_done(&self) -> bool {
        let is_left =
            !self.addresses.beats.is_empty() || !self.data.beats.is_empty() || !self.reads.beats.is_empty();
        let others = [&self.vectors, &self.partials, &self.words];
        let is_written = !is_left && others.into_iter().all(|source| source.beats.is_empty());
        is_written && self.whole.is_idle()
    }

    /// A cycle, with what the analog part says.
    fn cycle(&mut self, taken: Taken, emit: &mut dyn FnMut(usize, &[Bits])) {
        let taken = Taken { comparators: self.comparators(), sensed: self.sensed(), ..taken };
        emit(0, &fields(self.params, &taken, &mut self.rng));
        if let Some(cells) = self.cells.as_mut().filter(|_| self.whole.controller.pulse_ends()) {
            cells.pulse(&self.whole.controller);
        }
        self.whole.mvm.clock_arrays(&mut self.arrays);
        let (_, Events { ready, .. }) = self.whole.clock(&taken);
        self.addresses.clock(ready.write_address);
        self.data.clock(ready.write_data);
        self.reads.clock(ready.read_address);
        self.vectors.clock(ready.vector);
        self.partials.clock(ready.partial);
        self.tables.clock(ready.table);
        self.words.clock(ready.word);
    }

    fn comparators(&mut self) -> Vec<u64> {
        match self.params.mvm.array {
            ArrayPlace::Model => vec![],
            ArrayPlace::External => {
                let answer = self.whole.answer(&self.arrays);
                let mut says = |answer: &u64| if self.is_noise { self.rng.u64(..2) } else { *answer };
                answer.iter().map(&mut says).collect()
            }
        }
    }

    /// What the cells say that are verified, or anything.
    fn sensed(&mut self) -> Option<Vec<u64>> {
        let program = self.params.program();
        let is_late = self.rng.u8(..16) >= self.takes;
        let answers = match &self.cells {
            Some(cells) if self.whole.controller.senses() => cells.answers(&program, &self.whole.controller),
            Some(_) | None => {
                (0..program.lanes()).map(|_| self.rng.u64(..1 << program.sense_bits())).collect()
            }
        };
        (!is_late).then_some(answers)
    }
}

/// The inputs of a cycle in the order of their ports; those that do not matter are anything.
fn fields(params: &Params, taken: &Taken, rng: &mut Rng) -> Vec<Bits> {
    let bits = Registers::new(params).map.address_bits();
    let number = |value: u32, width: u32| Bits::truncated(value.into(), width);
    let mut all = vec![];
    let address = |all: &mut Vec<Bits>, rng: &mut Rng, address: Option<u32>| {
        all.push(flag(address.is_some()));
        all.push(number(address.unwrap_or_else(|| rng.u32(..)), bits));
        all.push(number(rng.u32(..), 3));
    };
    address(&mut all, rng, taken.write_address);
    let (data, strobes) = taken.write_data.unwrap_or_else(|| (rng.u32(..), rng.u32(..)));
    all.extend([flag(taken.write_data.is_some()), number(data, 32), number(strobes, 4)]);
    address(&mut all, rng, taken.read_address);
    let streams = [
        Some((&taken.vector, params.vector().data, false)),
        params.chained.then(|| (&taken.partial, params.partial().data, true)),
        params.stage().map(|_| (&taken.table, params.table().data, false)),
        Some((&taken.word, params.word().data, false)),
    ];
    for (beat, data, has_user) in streams.into_iter().flatten() {
        let noise = || {
            let data = Bits::truncated(rng.u128(..), data.width());
            Beat { data, last: rng.bool(), user: rng.bool() }
        };
        let (is_valid, Beat { data, last, user }) = (beat.is_some(), beat.clone().unwrap_or_else(noise));
        all.extend([flag(is_valid), data, flag(last)]);
        all.extend(has_user.then(|| flag(user)));
    }
    let readies = [taken.write_ready, taken.read_ready, taken.result_ready, taken.outcome_ready];
    all.extend(readies.map(flag));
    all.extend(load_fields(&params.mvm, taken.load.as_ref()));
    if params.mvm.array == ArrayPlace::External {
        all.push(joined(1, &taken.comparators));
    }
    let program = params.program();
    let silence = vec![0; program.lanes() as usize];
    let sensed = taken.sensed.as_ref().unwrap_or(&silence);
    all.extend([flag(taken.sensed.is_some()), joined(program.sense_bits(), sensed)]);
    all
}
