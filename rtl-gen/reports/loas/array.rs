//! A layer on the array: its RTL, simulated cycle by cycle.

use super::beats::Tile;
use super::layers::{Layer, TIME_STEPS};
use super::machine::Machine;
use super::workload::Workload;
use crate::ReportError;
use crate::ports::{StreamPorts, reset};
use hdl::Bits;
use sim::{Compiled, Options, Simulator};
use std::collections::VecDeque;

/// An array, ready to run.
pub struct Array {
    machine: Machine,
    simulator: Compiled,
}

/// The cost of a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// From the first beat to the last spikes.
    pub cycles: u64,
    /// Bits of input beats.
    pub bits_in: u64,
    /// Number of output spikes.
    pub spikes: u64,
}

/// Number of cycles without an output after which the array counts as stuck.
const PATIENCE: u64 = 1_000_000;

impl Array {
    /// Builds the array. Panics if its parameters are illegal.
    pub fn new(machine: Machine) -> Array {
        let simulator = Compiled::new(&machine.netlist(), Options::default());
        Array { machine, simulator: simulator.unwrap_or_else(|error| panic!("{error}")) }
    }

    /// Runs a layer, and compares every spike with a dense product.
    pub fn run(&self, workload: &Workload) -> Result<Run, ReportError> {
        let Workload { layer, operands, expected } = workload;
        let mut course = Course::new(self.simulator.clone(), &self.machine, layer);
        self.machine.tiles(layer, operands, &mut |tile| course.tile(&tile, expected))?;
        Ok(course.finish(expected)?.run)
    }

    /// The same where rows come late: those of tile after tile of rows in these cycles.
    pub fn run_late(&self, workload: &Workload, cycles: &[u64]) -> Result<Run, ReportError> {
        let Workload { layer, operands, expected } = workload;
        let mut course = Course::new(self.simulator.clone(), &self.machine, layer);
        let [rows, _] = self.machine.shape();
        self.machine.tiles(layer, operands, &mut |tile| {
            course.wait(cycles[tile.first_row / rows], expected)?;
            course.tile(&tile, expected)
        })?;
        Ok(course.finish(expected)?.run)
    }

    /// The same with all rows for some columns, then for the next ones. Gives also each beat of spikes, with its cycle.
    pub fn run_by_columns(&self, workload: &Workload) -> Result<(Run, Vec<(u64, Bits)>), ReportError> {
        let Workload { layer, operands, expected } = workload;
        let mut tiles = vec![];
        self.machine.tiles(layer, operands, &mut |tile| {
            tiles.push(tile);
            Ok(())
        })?;
        tiles.sort_by_key(|tile| (tile.first_column, tile.first_row));
        let mut course = Course::new(self.simulator.clone(), &self.machine, layer);
        tiles.iter().try_for_each(|tile| course.tile(tile, expected))?;
        let course = course.finish(expected)?;
        Ok((course.run, course.beats))
    }
}

/// Beats on their way.
struct Course<'c> {
    simulator: Compiled,
    rows: usize,
    columns: usize,
    /// Beats of A that may wait.
    ahead: usize,
    layer: &'c Layer,
    a: StreamPorts,
    b: StreamPorts,
    out: StreamPorts,
    /// Beats of A that precede those of B wait here, so that A is loaded ahead of time.
    a_beats: VecDeque<Vec<Bits>>,
    b_beats: VecDeque<Vec<Bits>>,
    /// The tiles whose spikes are still expected: first row, first column, and next column of each.
    awaited: VecDeque<(usize, usize, usize)>,
    run: Run,
    /// Beats of spikes with their cycles.
    beats: Vec<(u64, Bits)>,
    silent_cycles: u64,
}

impl<'c> Course<'c> {
    fn new(mut simulator: Compiled, machine: &Machine, layer: &'c Layer) -> Course<'c> {
        let [a, b, out] = machine.streams();
        let [a, b, out] = [("a", a), ("b", b), ("out", out)]
            .map(|(name, fields)| StreamPorts::find(&simulator, name, &fields));
        let [rows, columns] = machine.shape();
        reset(&mut simulator);
        out.take_all(&mut simulator);
        Course {
            simulator,
            rows,
            columns,
            ahead: 4 * machine.beats_of_a(),
            layer,
            a,
            b,
            out,
            a_beats: VecDeque::new(),
            b_beats: VecDeque::new(),
            awaited: VecDeque::new(),
            run: Run::default(),
            beats: vec![],
            silent_cycles: 0,
        }
    }

    /// Adds a tile's beats, and runs until fewer than that are waiting, so that streams never run dry.
    fn tile(&mut self, tile: &Tile, expected: &[Vec<u8>]) -> Result<(), ReportError> {
        self.awaited.push_back((tile.first_row, tile.first_column, 0));
        for chunk in &tile.chunks {
            self.a_beats.extend(chunk.a.iter().cloned());
            self.b_beats.extend(chunk.b.iter().cloned());
        }
        while self.a_beats.len() > self.ahead {
            self.cycle(expected)?;
        }
        Ok(())
    }

    /// Runs with what there is until a cycle.
    fn wait(&mut self, until: u64, expected: &[Vec<u8>]) -> Result<(), ReportError> {
        while self.run.cycles < until {
            self.cycle(expected)?;
        }
        Ok(())
    }

    fn finish(mut self, expected: &[Vec<u8>]) -> Result<Course<'c>, ReportError> {
        while !self.awaited.is_empty() {
            self.cycle(expected)?;
        }
        Ok(self)
    }

    fn cycle(&mut self, expected: &[Vec<u8>]) -> Result<(), ReportError> {
        self.a.offer(&mut self.simulator, self.a_beats.front().map(Vec::as_slice));
        self.b.offer(&mut self.simulator, self.b_beats.front().map(Vec::as_slice));
        for (stream, beats) in [(&self.a, &mut self.a_beats), (&self.b, &mut self.b_beats)] {
            if stream.is_ready(&mut self.simulator) {
                let taken = beats.pop_front();
                self.run.bits_in += taken.iter().flatten().map(|field| u64::from(field.width())).sum::<u64>();
            }
        }
        self.silent_cycles += 1;
        if let Some(spikes) = self.out.offered(&mut self.simulator) {
            self.silent_cycles = 0;
            self.check(&spikes[0], expected)?;
            self.beats.push((self.run.cycles, spikes[0].clone()));
        }
        if self.silent_cycles > PATIENCE {
            return Err(self.wrong("stuck".into()));
        }
        self.simulator.tick();
        self.run.cycles += 1;
        Ok(())
    }

    /// Compares the spikes of a column.
    fn check(&mut self, spikes: &Bits, expected: &[Vec<u8>]) -> Result<(), ReportError> {
        let Some((first_row, first_column, column)) = self.awaited.pop_front() else {
            return Err(self.wrong("unexpected spikes".into()));
        };
        for row in 0..self.rows as u32 {
            let word = spikes.slice((row + 1) * TIME_STEPS - 1, row * TIME_STEPS).to_u64();
            self.run.spikes += u64::from(word.count_ones());
            let place = (first_row + row as usize, first_column + column);
            let wanted = expected.get(place.0).and_then(|row| row.get(place.1));
            if let Some(wanted) = wanted.filter(|wanted| u64::from(**wanted) != word) {
                return Err(self.wrong(format!(
                    "row {}, column {}: found {word:04b}, expected {wanted:04b}",
                    place.0, place.1
                )));
            }
        }
        if column + 1 < self.columns {
            self.awaited.push_front((first_row, first_column, column + 1));
        }
        Ok(())
    }

    fn wrong(&self, what: String) -> ReportError {
        let Layer { network, number, .. } = self.layer;
        ReportError::Wrong(format!("{network} layer {number}, cycle {}: {what}", self.run.cycles))
    }
}
