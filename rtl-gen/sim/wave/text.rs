//! Waveforms as text, for snapshots of tests and for documentation.

use super::lanes::{Lane, draw_numbers, padded};
use super::{Watched, WaveError, WaveSink};
use crate::simulator::Simulator;
use hdl::Bits;
use std::fmt;

/// Default number of columns of a text waveform.
const COLUMNS: usize = 100;

/// A waveform of some signals as text: levels for single bits, boxes with hexadecimal values for vectors.
///
/// ```text
/// cycle 0   1   2   3   4
///           ┌───────┐
/// valid ────┘       └────
///       ┬───┬───────┬────
/// data  │00 │7f ·   │80
///       ┴───┴───────┴────
/// ```
///
/// A dot marks each further cycle of a value. [`Display`](fmt::Display) draws 100 columns.
#[derive(Clone, Debug)]
pub struct TextWave {
    lanes: Vec<Recorded>,
    cycle_width: Option<usize>,
}

/// A signal and its value in each cycle.
#[derive(Clone, Debug)]
struct Recorded {
    name: String,
    width: u32,
    watched: Watched,
    values: Vec<Bits>,
}

impl TextWave {
    /// A waveform of the ports and internal signals with these names, from top to bottom.
    pub fn new(simulator: &dyn Simulator, names: &[&str]) -> Result<TextWave, WaveError> {
        let lanes = names.iter().map(|name| Recorded::new(simulator, name)).collect::<Result<_, _>>()?;
        Ok(TextWave { lanes, cycle_width: None })
    }

    /// Sets the characters per cycle, at least 2; values that do not fit are cut. By default, the longest value of a
    /// vector fits.
    pub fn cycle_width(self, characters: usize) -> TextWave {
        TextWave { cycle_width: Some(characters.max(2)), ..self }
    }

    /// Draws lines of up to `columns` characters, and as many blocks of them as all cycles need.
    pub fn draw(&self, columns: usize) -> String {
        let cycles = self.lanes.first().map_or(0, |lane| lane.values.len());
        let names = self.lanes.iter().map(|lane| lane.name.chars().count());
        let margin = 1 + names.max().unwrap_or(0).max("cycle".len());
        let width = self.cycle_width.unwrap_or_else(|| self.longest_value() + 2);
        let cycles_in_block = (columns.saturating_sub(margin) / width).max(1);
        let starts = (0..cycles).step_by(cycles_in_block);
        let blocks = starts.map(|start| {
            let end = cycles.min(start + cycles_in_block);
            self.draw_block(start, end, margin, width)
        });
        blocks.collect::<Vec<_>>().join("\n")
    }

    /// Digits of the longest value, at least 2.
    fn longest_value(&self) -> usize {
        self.lanes.iter().map(|lane| lane.width.div_ceil(4) as usize).max().unwrap_or(0).max(2)
    }

    fn draw_block(&self, start: usize, end: usize, margin: usize, width: usize) -> String {
        let mut block = String::new();
        let mut line = |name: &str, line: &str| {
            block.push_str(format!("{}{line}", padded(name, margin)).trim_end());
            block.push('\n');
        };
        line("cycle", &draw_numbers(start, end - start, width));
        for lane in &self.lanes {
            if lane.width == 1 {
                let [high, low] = lane.levels(start, end, width);
                line("", &high);
                line(&lane.name, &low);
            } else {
                let [top, middle, bottom] = lane.boxes(start, end, width);
                line("", &top);
                line(&lane.name, &middle);
                line("", &bottom);
            }
        }
        block
    }
}

impl fmt::Display for TextWave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.draw(COLUMNS))
    }
}

impl WaveSink for TextWave {
    fn sample(&mut self, simulator: &mut dyn Simulator) -> Result<(), WaveError> {
        self.lanes.iter_mut().for_each(|lane| lane.values.push(lane.watched.value(simulator)));
        Ok(())
    }
}

impl Recorded {
    fn new(simulator: &dyn Simulator, name: &str) -> Result<Recorded, WaveError> {
        let ports = simulator.ports().iter().enumerate();
        let ports = ports.map(|(index, port)| (&port.name, port.width, Watched::Port(index)));
        let signals = simulator.signals().iter();
        let signals = signals.map(|signal| (&signal.path, signal.width, Watched::Signal(signal.id)));
        let mut all = ports.chain(signals);
        match all.clone().find(|(known, ..)| *known == name) {
            Some((_, width, watched)) => Ok(Recorded { name: name.into(), width, watched, values: vec![] }),
            None => {
                let known = all.by_ref().map(|(known, ..)| known.clone()).collect();
                Err(WaveError::UnknownSignal { name: name.into(), known })
            }
        }
    }

    fn levels(&self, start: usize, end: usize, width: usize) -> [String; 2] {
        let values: Vec<bool> = self.values.iter().map(|value| value.bit(0)).collect();
        lane(&values, start, end, width).draw_levels()
    }

    fn boxes(&self, start: usize, end: usize, width: usize) -> [String; 3] {
        let values: Vec<String> = self.values.iter().map(|value| format!("{value:x}")).collect();
        lane(&values, start, end, width).draw_boxes()
    }
}

fn lane<T>(values: &[T], start: usize, end: usize, width: usize) -> Lane<'_, T> {
    Lane { before: values[..start].last(), values: &values[start..end], width }
}
