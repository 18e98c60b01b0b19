//! The golden model: cells that take pulses, row by row.

use super::params::Params;
use crate::common::lanes::{apart_unsigned, flag, joined};
use crate::crossbar::cell::{Cell, Device, Polarity, Pulse};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;
use std::collections::VecDeque;

/// What the inputs of a cycle say.
#[derive(Clone, Debug)]
pub struct Seen {
    /// A pulse, if the DACs are on.
    pub is_pulse: bool,
    /// Its direction.
    pub polarity: Polarity,
    /// The code of the word line's DAC.
    pub word_line: u64,
    /// That of the bit or source line's.
    pub line: u64,
    /// The columns that get it.
    pub columns: Vec<bool>,
    /// The rows that get it.
    pub rows: Vec<bool>,
    /// All cells are renewed.
    pub renew: bool,
    /// The row that is read.
    pub read_row: usize,
    /// What it is compared with.
    pub reference: u64,
}

/// A pulse that is over, or goes on.
#[derive(Clone, Debug)]
struct Given {
    pulse: Pulse,
    columns: Vec<bool>,
}

/// The cells.
#[derive(Clone)]
pub struct Array {
    params: Params,
    device: Device,
    /// By row, then by column.
    pub cells: Vec<Vec<Cell>>,
    last: Option<Given>,
    /// The pulse went on in the cycle before.
    goes_on: bool,
    /// The rows that are still to take the last pulse.
    waiting: VecDeque<usize>,
}

impl Array {
    /// After a reset.
    pub fn new(params: &Params) -> Array {
        let device = params.cells.device();
        let cells = new_cells(params, &device);
        Array { params: params.clone(), device, cells, last: None, goes_on: false, waiting: VecDeque::new() }
    }

    /// All rows have taken the last pulse.
    pub fn is_ready(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The code of a conductance.
    pub fn code(&self, conductance: u64) -> u64 {
        (conductance / u64::from(self.params.cells.code_step)).min((1 << self.params.adc_bits) - 1)
    }

    /// Whether a conductance is at a reference or above.
    pub fn is_above(&self, conductance: u64, reference: u64) -> bool {
        conductance >= reference * u64::from(self.params.cells.code_step)
    }

    /// The conductances of a row.
    pub fn row(&self, row: usize) -> Option<Vec<u64>> {
        self.cells.get(row).map(|cells| cells.iter().map(|cell| cell.conductance).collect())
    }

    /// The cycle ends.
    pub fn clock(&mut self, seen: &Seen) {
        if seen.is_pulse {
            self.drive(seen);
        } else if let Some((row, given)) = self.waiting.pop_front().zip(self.last.clone()) {
            let cells = self.cells[row].iter_mut().zip(given.columns).filter(|(_, is_chosen)| *is_chosen);
            cells.for_each(|(cell, _)| cell.pulse(&self.device, given.pulse));
        }
        self.goes_on = seen.is_pulse;
        if seen.renew {
            self.cells = new_cells(&self.params, &self.device);
        }
    }

    /// A clock of a pulse: it is what its last clock says.
    fn drive(&mut self, seen: &Seen) {
        let before = self.last.as_ref().filter(|_| self.goes_on).map_or(0, |given| given.pulse.clocks);
        let clocks = (before + 1).min((1 << self.params.width_bits) - 1);
        let millivolts = match seen.polarity {
            Polarity::Set => seen.word_line * u64::from(self.params.cells.word_line_step),
            Polarity::Reset => seen.line * u64::from(self.params.cells.line_step),
        };
        let pulse = Pulse { polarity: seen.polarity, millivolts, clocks };
        self.last = Some(Given { pulse, columns: seen.columns.clone() });
        self.waiting = (0..seen.rows.len()).filter(|row| seen.rows[*row]).collect();
    }

    /// Every output in a cycle.
    fn outputs(&self, seen: &Seen) -> Vec<Option<Bits>> {
        let row = self.row(seen.read_row);
        let all = |width: u32, of: &dyn Fn(u64) -> u64| {
            row.as_ref().map(|row| joined(width, &row.iter().map(|cell| of(*cell)).collect::<Vec<_>>()))
        };
        vec![
            Some(flag(self.is_ready())),
            all(self.params.conductance_bits(), &|conductance| conductance),
            all(self.params.adc_bits, &|conductance| self.code(conductance)),
            all(1, &|conductance| self.is_above(conductance, seen.reference).into()),
        ]
    }
}

fn new_cells(params: &Params, device: &Device) -> Vec<Vec<Cell>> {
    let cell =
        |row: u32, column: u32| Cell::new(device, params.cells.cell_seed, row * params.columns + column);
    (0..params.rows).map(|row| (0..params.columns).map(|column| cell(row, column)).collect()).collect()
}

/// What the inputs of a cycle say.
pub fn seen(beat: &[Bits]) -> Seen {
    let [drive, pulse, polarity, word_line, line, cells, rows, renew, read_row, reference] = beat else {
        panic!("there are ten inputs")
    };
    let bits = |mask: &Bits| apart_unsigned(1, mask).into_iter().map(|bit| bit == 1).collect();
    Seen {
        is_pulse: drive.bit(0) && pulse.bit(0),
        polarity: if polarity.bit(0) { Polarity::Set } else { Polarity::Reset },
        word_line: word_line.to_u64(),
        line: line.to_u64(),
        columns: bits(cells),
        rows: bits(rows),
        renew: renew.bit(0),
        read_row: read_row.to_u64() as usize,
        reference: reference.to_u64(),
    }
}

struct Golden {
    array: Array,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let seen = seen(beat);
        emit(0, &self.array.outputs(&seen));
        self.array.clock(&seen);
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { array: Array::new(self) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossbar::cell::CellParams;

    #[test]
    fn as_many_cells_are_stuck_as_the_parameters_say() {
        let cells = CellParams { stuck_least: 100, stuck_greatest: 200, ..CellParams::default() };
        let array = Array::new(&Params { rows: 64, columns: 64, cells, ..Params::default() });
        let share = |conductance: u64| {
            let cells = array.cells.iter().flatten();
            let own = cells.filter(|cell| cell.is_stuck && cell.conductance == conductance);
            own.count() as f64 / 4096.0
        };
        assert!((share(100) - 0.1).abs() < 0.02 && (share(60_000) - 0.2).abs() < 0.02);
    }

    #[test]
    fn a_pulse_without_deviations_moves_cells_by_its_gain() {
        let params = Params::default();
        let mut array = Array::new(&params);
        let pulse = |is_pulse: bool, polarity: Polarity| Seen {
            is_pulse,
            polarity,
            word_line: 19,
            line: 13,
            columns: vec![true; 8],
            rows: (0..16).map(|row| row < 3).collect(),
            renew: false,
            read_row: 0,
            reference: 0,
        };
        // Rows take it one in a clock: SET 1 V above the threshold for half of the nominal clocks.
        (0..5).for_each(|_| array.clock(&pulse(true, Polarity::Set)));
        (0..2).for_each(|_| array.clock(&pulse(false, Polarity::Set)));
        let first = |array: &Array| (0..4).map(|row| array.cells[row][7].conductance).collect::<Vec<_>>();
        assert_eq!((first(&array), array.is_ready()), (vec![3000, 3000, 1000, 1000], false));
        array.clock(&pulse(false, Polarity::Set));
        assert_eq!((first(&array), array.is_ready()), (vec![3000, 3000, 3000, 1000], true));
        // RESET 0.2 V above the threshold for two clocks.
        (0..2).for_each(|_| array.clock(&pulse(true, Polarity::Reset)));
        (0..3).for_each(|_| array.clock(&pulse(false, Polarity::Set)));
        assert_eq!(first(&array), [2800, 2800, 2800, 1000]);
    }
}
