//! Cells of any levels, then pins at random, and the coverage points that they reach.

use super::model::{Array, Loaded, SarSeen, Seen, taken};
use super::params::Params;
use crate::common::lanes::{flag, joined};
use crate::crossbar::device::levels;
use crate::crossbar::pins::Adc;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::{Bits, index_width};

/// Clocks of a case behind the loading of all cells.
const CLOCKS: u32 = 40;

/// The points; the last one is reached if the array can.
const POINTS: [&str; 5] = [
    "code 0",
    "code between",
    "word lines that change behind the hold",
    "cells programmed again",
    "code that saturates",
];

fn points(params: &Params) -> &'static [&'static str] {
    if params.saturates(params.rows) { &POINTS } else { &POINTS[..POINTS.len() - 1] }
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
        u64::from(self.rows * self.columns + CLOCKS)
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self), Observer { params: self, array: Array::new(self), loads: 0 })
    }
}

/// Programs all cells while nothing samples, then plays with the pins.
fn play(params: &Params, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let mut array = Array::new(params);
    let mut cycle = |array: &mut Array, load: Option<Loaded>, seen: &Seen, rng: &mut Rng| {
        emit(0, &beat(params, load.as_ref(), seen, rng));
        array.clock(seen);
        if let Some(Loaded { row, column, cells }) = load {
            array.load(row, column, &cells);
        }
    };
    let mut level = levels(&params.device, rng);
    for (row, column) in all_cells(params) {
        let cells = (0..params.adcs).map(|_| level(rng)).collect();
        let rest = seen(params, rng, false);
        cycle(&mut array, Some(Loaded { row, column, cells }), &rest, rng);
    }
    for _ in 0..CLOCKS {
        let mut seen = seen(params, rng, true);
        // Trial codes near the input decide what comparators say.
        if let Some(hold) = seen.sar.as_ref().map(|sar| sar.hold) {
            let near = |adc| {
                let code = array.compared(&seen, adc).map_or(0, |input| array.code(input));
                let code = code.saturating_sub(hold as u64 % 2);
                (code + rng.u64(..3)).min((1 << params.read_out.adc_bits) - 1)
            };
            let dac = (0..params.adcs as usize).map(near).collect();
            seen.sar.iter_mut().for_each(|sar| sar.dac = Vec::clone(&dac));
        }
        let load = (rng.u8(..8) == 0).then(|| Loaded {
            row: index(rng, params.rows),
            column: index(rng, params.columns),
            cells: (0..params.adcs).map(|_| level(rng)).collect(),
        });
        cycle(&mut array, load, &seen, rng);
    }
}

/// The rows and columns of all cells of a converter.
fn all_cells(params: &Params) -> impl Iterator<Item = (usize, usize)> + use<> {
    let (rows, columns) = (params.rows as usize, params.columns as usize);
    (0..columns).flat_map(move |column| (0..rows).map(move |row| (row, column)))
}

/// An index of so many, seldom one that is not there.
fn index(rng: &mut Rng, count: u32) -> usize {
    match rng.u8(..8) {
        0 if count > 1 => rng.usize(..1 << index_width(count.into())),
        _ => rng.usize(..count as usize),
    }
}

fn seen(params: &Params, rng: &mut Rng, samples: bool) -> Seen {
    let share = [0, 1, 8, 16][rng.usize(..4)];
    let mut some = |count: u32| -> Vec<bool> { (0..count).map(|_| samples && rng.bool()).collect() };
    let (sample, adc_sample) = (some(params.read_out.holds), some(params.read_out.adc_holds));
    let sar = (params.read_out.adc == Adc::Sar).then(|| SarSeen {
        sample: adc_sample,
        hold: rng.usize(..params.read_out.adc_holds as usize),
        dac: vec![rng.u64(..1 << params.read_out.adc_bits); params.adcs as usize],
    });
    Seen {
        driven: (0..params.rows).map(|_| rng.u8(..16) < share).collect(),
        sample,
        hold: rng.usize(..params.read_out.holds as usize),
        column: index(rng, params.columns),
        sar,
    }
}

/// The inputs of a cycle; rows that are not driven are not enabled, or not driven, and pins that do not matter are anything.
fn beat(params: &Params, load: Option<&Loaded>, seen: &Seen, rng: &mut Rng) -> Vec<Bits> {
    let bits = |flags: &[bool]| joined(1, &flags.iter().map(|flag| u64::from(*flag)).collect::<Vec<_>>());
    let number = |value: usize, width: u32| Bits::truncated(value as u128, width);
    let declared = params.inputs();
    let nothing = Loaded { row: 0, column: 0, cells: vec![rng.u64(..2); params.adcs as usize] };
    let Loaded { row, column, cells } = load.unwrap_or(&nothing);
    let is_enabled = seen.driven.contains(&true) || rng.bool();
    let lines: Vec<bool> = match is_enabled {
        true => seen.driven.clone(),
        false => seen.driven.iter().map(|_| rng.bool()).collect(),
    };
    let sar = seen.sar.iter().flat_map(|sar| {
        let second = if params.read_out.adc_holds == 2 { sar.hold as u64 } else { rng.u64(..2) };
        let dac = joined(params.read_out.adc_bits, &sar.dac);
        [bits(&sar.sample), flag(second == 1), dac, flag(second == 0)]
    });
    [flag(load.is_some()), number(*row, declared.load.row)]
        .into_iter()
        .chain(declared.load.column.map(|width| number(*column, width)))
        .chain([joined(params.device.cell_bits, cells), bits(&lines)])
        .chain([flag(!is_enabled), flag(is_enabled), bits(&seen.sample)])
        .chain(declared.pins.array.hold.map(|width| number(seen.hold, width)))
        .chain(declared.pins.array.column.map(|width| number(seen.column, width)))
        .chain(sar)
        .collect()
}

/// Finds the coverage points of cycles.
struct Observer<'p> {
    params: &'p Params,
    array: Array,
    loads: u32,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let (loaded, seen) = taken(self.params, beat);
        let code = self.array.compared(&seen, 0).map(|input| self.array.code(input));
        let greatest = (1 << self.params.read_out.adc_bits) - 1;
        let is_reached = [
            code == Some(0),
            code.is_some_and(|code| 0 < code && code < greatest),
            !seen.sample.contains(&true) && seen.driven.contains(&true),
            loaded.is_some() && self.loads >= self.params.rows * self.params.columns,
            code == Some(greatest),
        ];
        report_reached(&is_reached[..points(self.params).len()], hit);
        self.array.clock(&seen);
        if let Some(Loaded { row, column, cells }) = loaded {
            self.array.load(row, column, &cells);
            self.loads += 1;
        }
    }
}
