//! A layer on the array: its RTL, simulated cycle by cycle.

use super::beats::{Factors, Tile, tiles};
use super::layers::{Layer, TIME_STEPS};
use super::workload::Workload;
use crate::ReportError;
use crate::ports::{StreamPorts, reset};
use blocks::block::elaborate;
use blocks::loas::loas_array::Params;
use hdl::{Bits, Bundle};
use sim::{Compiled, Options, Simulator};
use std::collections::VecDeque;

/// The array, ready to run.
pub struct Array {
    params: Params,
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
    pub fn new(params: &Params) -> Array {
        let netlist = elaborate(params).unwrap_or_else(|errors| panic!("{errors}"));
        let simulator = Compiled::new(&netlist, Options::default()).unwrap_or_else(|error| panic!("{error}"));
        Array { params: params.clone(), simulator }
    }

    /// Runs a layer, and compares every spike with a dense product.
    pub fn run(&self, workload: &Workload) -> Result<Run, ReportError> {
        let Workload { layer, operands, expected } = workload;
        let mut course = Course::new(self.simulator.clone(), &self.params, layer);
        let words = |row: &Vec<u8>| row.iter().copied().map(u16::from).collect();
        let row = |row: usize| operands.spikes.get(row).map(words);
        let factors = Factors { rows: layer.m, k: layer.k, row: &row, columns: &operands.weights };
        for tile in tiles(&factors, &self.params) {
            course.tile(&tile, expected)?;
        }
        course.finish(expected)
    }
}

/// Beats on their way.
struct Course<'c> {
    simulator: Compiled,
    params: &'c Params,
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
    silent_cycles: u64,
}

impl<'c> Course<'c> {
    fn new(mut simulator: Compiled, params: &'c Params, layer: &'c Layer) -> Course<'c> {
        let a = StreamPorts::find(&simulator, "a", &params.a().fields());
        let b = StreamPorts::find(&simulator, "b", &params.element.b().fields());
        let out = StreamPorts::find(&simulator, "out", &params.out().fields());
        reset(&mut simulator);
        out.take_all(&mut simulator);
        Course {
            simulator,
            params,
            layer,
            a,
            b,
            out,
            a_beats: VecDeque::new(),
            b_beats: VecDeque::new(),
            awaited: VecDeque::new(),
            run: Run::default(),
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
        let ahead = 4 * self.params.beats_of_a() as usize;
        while self.a_beats.len() > ahead {
            self.cycle(expected)?;
        }
        Ok(())
    }

    fn finish(mut self, expected: &[Vec<u8>]) -> Result<Run, ReportError> {
        while !self.awaited.is_empty() {
            self.cycle(expected)?;
        }
        Ok(self.run)
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
        for row in 0..self.params.rows {
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
        if column + 1 < self.params.element.columns as usize {
            self.awaited.push_front((first_row, first_column, column + 1));
        }
        Ok(())
    }

    fn wrong(&self, what: String) -> ReportError {
        let Layer { network, number, .. } = self.layer;
        ReportError::Wrong(format!("loas_array, {network} layer {number}, cycle {}: {what}", self.run.cycles))
    }
}
