//! Pulses of any kind on any cells, and the coverage points that they reach.

use super::model::{Array, Seen, seen};
use super::params::Params;
use crate::common::lanes::{flag, joined};
use crate::crossbar::cell::{Cell, Polarity};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::{Bits, index_width};

/// Pulses of a case.
const PULSES: u32 = 12;

/// The widest count of clocks that pulses of a case reach the end of.
const SHORT_COUNT: u32 = 6;

const POINTS: [&str; 11] = [
    "cell that a SET pulse moves",
    "cell that a RESET pulse moves",
    "pulse at the threshold or below it",
    "cell that reaches the greatest conductance",
    "cell that reaches the least conductance",
    "pulse of several rows",
    "pulse without rows",
    "strobe without DACs",
    "pulse of the longest width that counts, or more",
    "greatest code",
    "pulse on a cell that is stuck",
];

/// The places of the points that the parameters allow.
fn reachable(params: &Params) -> Vec<usize> {
    let is_stuck = Array::new(params).cells.iter().flatten().any(|cell| cell.is_stuck);
    let codes = params.cells.greatest_conductance / params.cells.code_step;
    let is_reachable = |place: &usize| match place {
        8 => params.width_bits < SHORT_COUNT,
        9 => codes >= (1 << params.adc_bits) - 1,
        10 => is_stuck,
        _ => true,
    };
    (0..POINTS.len()).filter(is_reachable).collect()
}

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            play(&params, &mut case_rng(seed, index), emit);
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(PULSES * (6 + self.rows))
    }

    fn coverage(&self) -> Coverage<'_> {
        let places = reachable(self);
        let points: Vec<&str> = places.iter().map(|place| POINTS[*place]).collect();
        Coverage::new(points, Observer { params: self, places, array: Array::new(self), clocks: 0 })
    }
}

/// How many in 16 rows get a pulse, and how many in 16 pulses are SET.
struct Plan {
    share: u8,
    sets: u8,
}

/// Gives pulses, each when all rows have taken the one before.
fn play(params: &Params, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let plan = Plan { share: [1, 8, 15][rng.usize(..3)], sets: [1, 8, 15][rng.usize(..3)] };
    for _ in 0..PULSES {
        let mut now = pulse(params, &plan, rng);
        for _ in 0..width(params, rng) {
            emit(0, &beat(params, &now, rng));
            now.read_row = row(params, rng);
            // What moves within a pulse counts as it is in its last clock.
            if rng.u8(..32) == 0 {
                now = pulse(params, &plan, rng);
            }
        }
        let is_renewed = rng.u8(..16) == 0;
        for clock in 0..=params.rows {
            let rest = Seen { renew: is_renewed && clock == 1, is_pulse: false, ..pulse(params, &plan, rng) };
            emit(0, &beat(params, &rest, rng));
        }
    }
}

/// Clocks of a pulse: mostly few.
fn width(params: &Params, rng: &mut Rng) -> u32 {
    let nominal = params.cells.nominal_clocks.min(40);
    match rng.u8(..8) {
        0 if params.width_bits < SHORT_COUNT => (1 << params.width_bits) + rng.u32(..3) - 1,
        1 => 1 + rng.u32(..2 * nominal),
        _ => 1 + rng.u32(..nominal.min(4)),
    }
}

/// A row, seldom one that is not there.
fn row(params: &Params, rng: &mut Rng) -> usize {
    match rng.u8(..16) {
        0 => rng.usize(..1 << index_width(params.rows.into())),
        _ => rng.usize(..params.rows as usize),
    }
}

fn pulse(params: &Params, plan: &Plan, rng: &mut Rng) -> Seen {
    let cells = &params.cells;
    let polarity = if rng.u8(..16) < plan.sets { Polarity::Set } else { Polarity::Reset };
    let mut line = |bits: u32, step: u32, threshold: u32| {
        let (greatest, first) = ((1u64 << bits) - 1, u64::from(threshold / step));
        match rng.u8(..8) {
            0 => greatest,
            1 => first.min(greatest),
            2 => rng.u64(..=greatest),
            _ => (first + rng.u64(1..8) * u64::from(100 / step).max(1)).min(greatest),
        }
    };
    let word_line = line(params.word_line_bits, cells.word_line_step, cells.set_threshold);
    let line = line(params.line_bits, cells.line_step, cells.reset_threshold);
    let reference = (1u64 << params.adc_bits) - 1;
    let one = rng.u32(..params.rows);
    let is_one = rng.bool();
    Seen {
        is_pulse: true,
        polarity,
        word_line,
        line,
        columns: (0..params.columns).map(|_| rng.u8(..16) < plan.share.max(8)).collect(),
        rows: (0..params.rows)
            .map(|row| if is_one { row == one } else { rng.u8(..16) < plan.share })
            .collect(),
        renew: false,
        read_row: row(params, rng),
        reference: rng.u64(..=reference),
    }
}

/// The inputs of a cycle; a pulse needs both the DACs and its strobe.
fn beat(params: &Params, seen: &Seen, rng: &mut Rng) -> Vec<Bits> {
    let declared = params.inputs();
    let bits = |flags: &[bool]| joined(1, &flags.iter().map(|flag| u64::from(*flag)).collect::<Vec<_>>());
    let number = |value: u64, width: u32| Bits::truncated(value.into(), width);
    let (drive, pulse) = match seen.is_pulse {
        true => (true, true),
        false => [(false, false), (false, true), (true, false)][rng.usize(..3)],
    };
    vec![
        flag(drive),
        flag(pulse),
        flag(seen.polarity == Polarity::Set),
        number(seen.word_line, declared.drive.word_line),
        number(seen.line, declared.drive.line),
        bits(&seen.columns),
        bits(&seen.rows),
        flag(seen.renew),
        number(seen.read_row as u64, declared.read_row),
        number(seen.reference, declared.read_reference),
    ]
}

/// Finds the coverage points of cycles.
struct Observer<'p> {
    params: &'p Params,
    places: Vec<usize>,
    array: Array,
    /// Clocks of the pulse.
    clocks: u64,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let seen = seen(beat);
        let before: Vec<_> = self.array.cells.iter().flatten().cloned().collect();
        self.array.clock(&seen);
        self.clocks = if seen.is_pulse { self.clocks + 1 } else { 0 };
        let after = self.array.cells.iter().flatten();
        let both: Vec<_> = before.iter().zip(after).filter(|_| !seen.renew).collect();
        let any = |is: &dyn Fn(u64, u64) -> bool| {
            both.iter().any(|(before, after)| is(before.conductance, after.conductance))
        };
        let is_taken = |is: &dyn Fn(&Cell) -> bool| {
            both.iter().any(|(before, after)| after.pulses > before.pulses && is(after))
        };
        let cells = &self.params.cells;
        let (least, greatest) = (u64::from(cells.least_conductance), u64::from(cells.greatest_conductance));
        let read = self.array.row(seen.read_row).unwrap_or_default();
        let driven = seen.rows.iter().filter(|row| **row).count();
        let millivolts = match seen.polarity {
            Polarity::Set => (seen.word_line * u64::from(cells.word_line_step), cells.set_threshold),
            Polarity::Reset => (seen.line * u64::from(cells.line_step), cells.reset_threshold),
        };
        let is_reached = [
            any(&|before, after| after > before),
            any(&|before, after| after < before),
            seen.is_pulse && millivolts.0 <= u64::from(millivolts.1),
            any(&|before, after| after > before && after == greatest),
            any(&|before, after| after < before && after == least),
            seen.is_pulse && driven > 1,
            seen.is_pulse && driven == 0,
            !seen.is_pulse && beat[1].bit(0),
            self.clocks >= (1 << self.params.width_bits) - 1,
            read.iter().any(|cell| self.array.code(*cell) == (1 << self.params.adc_bits) - 1),
            is_taken(&|cell| cell.is_stuck),
        ];
        let is_reached: Vec<bool> = self.places.iter().map(|place| is_reached[*place]).collect();
        report_reached(&is_reached, hit);
    }
}
