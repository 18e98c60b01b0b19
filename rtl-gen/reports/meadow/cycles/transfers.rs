//! What moves between the block and its memories.

use super::{Memory, Times};

/// Cycles through the DMA and the sequencer, besides those of the memory: from a step that is wanted to the next state.
pub(super) const SEQUENCER: f64 = 12.0;

/// Cycles from the last result to the end of the step, besides those of the memory.
const STORE: f64 = 12.0;

/// Cycles of a burst in the DMA, besides those of the memory and of its data, until another one can take its place.
const BURST: f64 = 6.0;

/// The memory on the chip.
const LOCAL: Memory = Memory { latency: 6.0, rate: 2.0 };

/// Rows of a matrix.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub count: f64,
    /// Beats of a row, which begins at a beat.
    pub beats: f64,
    /// They are in the memory on the chip.
    pub is_local: bool,
}

impl Rows {
    pub(super) fn all_beats(self) -> f64 {
        self.count * self.beats
    }

    pub(super) fn first(self, count: u64) -> Rows {
        Rows { count: self.count.min(count as f64), ..self }
    }
}

impl Times<'_> {
    pub(super) fn rows(&self, count: u64, bytes: u64, local: u64) -> Rows {
        let beats = bytes.div_ceil(self.params.bytes().into()) as f64;
        Rows { count: count as f64, beats, is_local: local == 1 }
    }

    /// The memory of a matrix.
    pub(super) fn memory(&self, is_local: bool) -> Memory {
        if is_local { LOCAL } else { self.memory }
    }

    /// Cycles in which rows are read or written, as fast as the memory is and as the bursts that are under way allow.
    pub(super) fn moving(&self, rows: Rows) -> f64 {
        let Memory { latency, rate } = self.memory(rows.is_local);
        let port = self.params.port();
        let under_way = f64::from(port.outstanding) * rows.beats.min(port.burst.into());
        rows.all_beats() / rate.min(1.0).min(under_way / (latency + BURST))
    }

    /// Reads rows, not before a time and not before what was asked for earlier; returns when the first beat is there, and the last.
    pub(super) fn load(&mut self, from: f64, rows: Rows) -> [f64; 2] {
        let memory = self.memory(rows.is_local);
        // Writes take their share of the memory.
        let is_shared = memory.rate < 2.0 && !rows.is_local;
        let shared = if is_shared { std::mem::take(&mut self.written) / memory.rate.min(1.0) } else { 0.0 };
        let first = self.read.max(from + memory.latency + SEQUENCER);
        self.read = first + self.moving(rows) + shared;
        [first, self.read]
    }

    /// Results that are there at a time, and are written since another.
    pub(super) fn store(&mut self, begin: f64, end: f64, rows: &[Rows]) {
        for rows in rows {
            let moved = begin + self.moving(*rows);
            let latency = self.memory(rows.is_local).latency;
            self.stored = self.stored.max(end.max(moved) + latency + STORE);
            self.write(*rows);
        }
    }

    pub(super) fn write(&mut self, rows: Rows) {
        self.written += if rows.is_local { 0.0 } else { rows.all_beats() };
    }
}
