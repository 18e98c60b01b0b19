//! The golden model: what every port is in every cycle, from the golden models of the blocks and, if it is inside, of the array.

mod adder;
mod driver;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod tests;
pub mod vectors;

use super::params::Params;
use crate::common::lanes::{apart_unsigned, flag, joined};
use crate::crossbar::phase::Phase;
use crate::crossbar::pins::{Adc, ArrayPlace};
use crate::crossbar::xbar_adc_flash::model::conversion;
use crate::crossbar::xbar_adc_sar::model::{self as sar, Controller, Pace};
use crate::crossbar::xbar_array_model::model::{Array, Loaded, SarSeen, Seen};
use crate::crossbar::xbar_sequencer::Clocks;
use crate::crossbar::xbar_sequencer::model::{self as sequencer, Sequencer};
use crate::crossbar::xbar_shift_add::model::Converted;
use crate::golden::{GoldenModel, Model, Reference};
use adder::{Adders, Given};
use driver::Driver;
use hdl::Bits;
use std::collections::VecDeque;

/// The clocks of the steps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    /// Precharge and settling; conversion with flash converters.
    pub clocks: Clocks<u64>,
    /// A conversion by successive approximation.
    pub pace: Pace,
}

/// The inputs of a cycle.
#[derive(Clone, Default)]
pub struct Taken {
    /// A beat of inputs: its fields.
    pub beat: Option<Vec<Bits>>,
    /// The clocks of the steps.
    pub times: Times,
    /// Cells of the model that are programmed.
    pub load: Option<Loaded>,
    /// What comparators outside say.
    pub comparators: Vec<u64>,
    /// Sums are taken, if there are any.
    pub out_ready: bool,
}

/// The sums of an output, by converter.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The sums.
    pub sums: Vec<i128>,
    /// 1 for each that has a code that was the greatest.
    pub saturated: Vec<u64>,
    /// They are the last of their vector.
    pub last: bool,
    /// They are wrong.
    pub error: bool,
}

/// What happens in a cycle.
#[derive(Clone, Default)]
pub struct Events {
    /// A beat of inputs can be taken.
    pub in_ready: bool,
    /// The first codes that are taken, in the order of the converters of all arrays.
    pub codes: Option<Vec<u64>>,
    /// A phase is taken from the word lines.
    pub phase_moves: bool,
    /// A column is converted, and cannot be taken by the shift-adds.
    pub waits: bool,
}

/// The converters.
enum Converters {
    Flash,
    /// With one hold.
    Single(Box<dyn Controller>),
    /// With two: phases wait for their codes.
    Double(Box<dyn Controller>, VecDeque<Phase<u64>>),
}

/// The block.
pub struct Mvm {
    params: Params,
    driver: Driver,
    sequencer: Sequencer,
    converters: Converters,
    adders: Adders,
    /// For each vector behind the driver, whether it or one before it was too long.
    errors: VecDeque<bool>,
    arrays: Vec<Array>,
}

impl Mvm {
    /// After a reset.
    pub fn new(params: &Params) -> Mvm {
        let converters = match (params.read_out.adc, params.read_out.adc_holds) {
            (Adc::Flash, _) => Converters::Flash,
            (Adc::Sar, 1) => Converters::Single(sar::controller(&params.sar())),
            (Adc::Sar, _) => Converters::Double(sar::controller(&params.sar()), VecDeque::new()),
        };
        Mvm {
            params: params.clone(),
            driver: Driver::new(&params.driver()),
            sequencer: Sequencer::new(&params.sequencer()),
            converters,
            adders: Adders::new(&params.adder(), params.adcs),
            errors: VecDeque::new(),
            arrays: (0..params.row_arrays).map(|array| Array::new(&params.array_model(array))).collect(),
        }
    }

    /// The word lines, array by array.
    fn word_lines(&self) -> Vec<bool> {
        let (rows, arrays) = (self.params.rows as usize, self.params.row_arrays as usize);
        let driven = |row: usize| self.driver.lines.as_ref().is_some_and(|lines| lines.driven.rows[row]);
        (0..arrays).flat_map(|array| (0..rows).map(move |row| driven(row * arrays + array))).collect()
    }

    /// A row is driven.
    pub fn drives(&self) -> bool {
        self.word_lines().contains(&true)
    }

    fn controller(&self) -> Option<&dyn Controller> {
        match &self.converters {
            Converters::Flash => None,
            Converters::Single(sar) | Converters::Double(sar, _) => Some(&**sar),
        }
    }

    /// What an array sees.
    fn seen(&self, array: u32) -> Seen {
        let pins = self.sequencer.pins();
        let rows = self.params.rows as usize;
        let own = |count: usize| array as usize * count..(array as usize + 1) * count;
        let lines = &self.word_lines()[own(rows)];
        let sar = self.controller().map(|sar| {
            let pins = sar.pins();
            let dac = pins.dac[own(self.params.adcs as usize)].to_vec();
            SarSeen { sample: pins.sample, hold: pins.hold, dac }
        });
        Seen {
            driven: lines.iter().map(|line| *line && pins.word_line_enable).collect(),
            sample: pins.sample,
            hold: pins.hold as usize,
            column: pins.column as usize,
            sar,
        }
    }

    /// What the comparators of `arrays` say, if they are attached.
    pub fn answer(&self, arrays: &[Array]) -> Vec<u64> {
        let says = |(number, array): (u32, &Array)| array.comparators(&self.seen(number));
        let is_there = "the sequencer selects columns that there are";
        (0..).zip(arrays).flat_map(|array| says(array).expect(is_there)).collect()
    }

    /// A cycle of arrays that are attached ends.
    pub fn clock_arrays(&self, arrays: &mut [Array]) {
        (0..).zip(arrays).for_each(|(number, array)| array.clock(&self.seen(number)));
    }

    /// What the comparators say.
    fn comparators(&self, taken: &Taken) -> Vec<u64> {
        match self.params.array {
            ArrayPlace::External => taken.comparators.clone(),
            ArrayPlace::Model => self.answer(&self.arrays),
        }
    }

    /// The conversions of each converter of an array: the codes of arrays under each other, added.
    fn converted(&self, codes: &[u64], phase: Phase<u64>) -> Vec<Converted> {
        let adcs = self.params.adcs as usize;
        let greatest = (1 << self.params.read_out.adc_bits) - 1;
        let of = |adc: usize| codes.iter().skip(adc).step_by(adcs);
        let converted = |adc: usize| Converted {
            code: of(adc).sum(),
            saturated: of(adc).any(|code| *code == greatest),
            phase,
        };
        (0..adcs).map(converted).collect()
    }

    /// The cycle ends.
    pub fn clock(&mut self, taken: &Taken) -> Events {
        let comparators = self.comparators(taken);
        let has_room = self.adders.is_ready(taken.out_ready);
        let phase = self.driver.lines.as_ref().map(|lines| self.phase(lines));
        let offered = self.sequencer.converted.filter(|converted| converted.is_offered());
        let above = || comparators.iter().map(|above| *above == 1).collect();
        let mut conversion_clocks = taken.times.clocks.convert_clocks;
        let request = Pace { sample: taken.times.pace.sample.max(1), ..taken.times.pace };
        let mut sar_taken = sar::Taken { request: None, above: above(), out_ready: has_room };

        // What is converted, and whether the column is taken.
        let (column_taken, codes) = match &mut self.converters {
            Converters::Flash => {
                let levels = self.params.flash().levels();
                let code =
                    |comparators: &[u64]| conversion(levels, &[joined(1, comparators).limbs()].concat()).0;
                let codes = comparators.chunks(levels as usize).map(code).collect::<Vec<u64>>();
                (has_room, offered.map(|offered| (codes, offered.phase)))
            }
            Converters::Single(sar) => {
                conversion_clocks = 1;
                sar_taken.out_ready = has_room && offered.is_some();
                let codes = sar.offered().map(<[u64]>::to_vec).zip(offered.map(|offered| offered.phase));
                (has_room && codes.is_some(), codes)
            }
            Converters::Double(sar, phases) => {
                conversion_clocks = 1;
                let codes = sar.offered().map(<[u64]>::to_vec);
                let codes = codes.map(|codes| (codes, phases[0]));
                (sar.is_ready(&sar_taken), codes)
            }
        };
        let clocks = Clocks { convert_clocks: conversion_clocks, ..taken.times.clocks };
        let to_sequencer = sequencer::Taken { phase, clocks, out_ready: column_taken };
        let events = self.sequencer.events(&to_sequencer);
        let in_ready = self.driver.is_ready(events.ready);

        if let (Some(lines), true) = (&self.driver.lines, events.moves) {
            self.errors.extend(lines.last.then_some(lines.error));
        }
        let waits = codes.is_some() && !has_room;
        let taken_codes = codes.filter(|_| has_room);
        if let Converters::Double(_, phases) = &mut self.converters {
            if taken_codes.is_some() {
                phases.pop_front();
            }
            phases.extend(offered.filter(|_| events.takes).map(|offered| offered.phase));
        }
        // What is attached sees the pins as they are before the clock.
        let mut arrays = std::mem::take(&mut self.arrays);
        self.clock_arrays(&mut arrays);
        if let Some(Loaded { row, column, cells }) = &taken.load {
            let count = arrays.len();
            arrays[row % count].load(row / count, *column, cells);
        }
        self.arrays = arrays;
        let begins = events.moves || (events.takes && !events.ends);
        if let Converters::Single(sar) | Converters::Double(sar, _) = &mut self.converters {
            sar_taken.request = begins.then_some(request);
            sar.clock(&sar_taken);
        }
        let is_ended = taken.out_ready && self.adders.given.as_ref().is_some_and(|given| given.last);
        if is_ended {
            self.errors.pop_front();
        }
        let converted = taken_codes.as_ref().map(|(codes, phase)| self.converted(codes, *phase));
        self.adders.clock(taken.out_ready, converted);
        self.sequencer.clock(&to_sequencer);
        self.driver.clock(events.ready, taken.beat.as_deref());
        Events { in_ready, codes: taken_codes.map(|(codes, _)| codes), phase_moves: events.moves, waits }
    }

    /// What a phase on the word lines weighs.
    fn phase(&self, lines: &driver::OnLines) -> Phase<u64> {
        let slot = lines.driven.slot;
        Phase {
            bit: Some(slot.bit.into()),
            subtract: Some(self.params.driver().subtracts(slot).into()),
            last: lines.last.into(),
        }
    }

    /// What is offered.
    pub fn offered(&self) -> Option<Offered> {
        self.adders.given.as_ref().map(|Given { totals, last }| Offered {
            sums: totals.iter().map(|total| total.sum).collect(),
            saturated: totals.iter().map(|total| total.saturated.into()).collect(),
            last: *last,
            error: totals.iter().any(|total| total.error) || self.errors[0],
        })
    }

    /// The pins, in the order of their ports.
    pub fn pins(&self) -> Vec<Option<Bits>> {
        let bits = |flags: &[bool]| joined(1, &flags.iter().map(|flag| u64::from(*flag)).collect::<Vec<_>>());
        let array = self.sequencer.pins();
        let declared = self.params.pins();
        let number = |value: u64, width: u32| Bits::truncated(value.into(), width);
        let of_array = [bits(&self.word_lines()), flag(array.precharge), flag(array.word_line_enable)]
            .into_iter()
            .chain([bits(&array.sample)])
            .chain(declared.array.hold.map(|width| number(array.hold, width)))
            .chain(declared.array.column.map(|width| number(array.column, width)));
        let of_adc = self.controller().into_iter().flat_map(|sar| {
            let pins = sar.pins();
            let second = if self.params.read_out.adc_holds == 2 { pins.hold == 1 } else { pins.dac_reset };
            [
                bits(&pins.sample),
                flag(second),
                joined(self.params.read_out.adc_bits, &pins.dac),
                flag(pins.compare),
            ]
        });
        of_array.chain(of_adc).map(Some).collect()
    }
}

/// What the inputs of a cycle say.
pub fn taken(params: &Params, beat: &[Bits]) -> Taken {
    let mut fields = beat.iter();
    let mut next = || fields.next().expect("a beat has all fields");
    let is_valid = next().bit(0);
    let inputs: Vec<Bits> = (0..3).map(|_| next().clone()).collect();
    let mut number = || next().to_u64();
    let (precharge_clocks, settle_clocks) = (number(), number());
    let (convert_clocks, pace) = match params.read_out.adc {
        Adc::Flash => (number(), Pace::default()),
        Adc::Sar => (1, Pace { sample: number(), settle: number() }),
    };
    let clocks = Clocks { precharge_clocks, settle_clocks, convert_clocks };
    let (load, comparators) = match params.array {
        ArrayPlace::External => (None, apart_unsigned(1, next())),
        ArrayPlace::Model => (loaded(params, &mut next), vec![]),
    };
    Taken {
        beat: is_valid.then_some(inputs),
        times: Times { clocks, pace },
        load,
        comparators,
        out_ready: next().bit(0),
    }
}

/// What the inputs of a cycle say of cells that are programmed.
pub fn loaded<'b>(params: &Params, next: &mut impl FnMut() -> &'b Bits) -> Option<Loaded> {
    let (is_valid, row) = (next().bit(0), next().to_u64() as usize);
    let column = if params.columns() > 1 { next().to_u64() as usize } else { 0 };
    let cells = apart_unsigned(params.device.cell_bits, next());
    is_valid.then_some(Loaded { row, column, cells })
}

struct Golden {
    params: Params,
    mvm: Mvm,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let pins = self.mvm.pins();
        let offered = self.mvm.offered();
        let events = self.mvm.clock(&taken(&self.params, beat));
        let sum_bits = self.params.adder().sum_bits();
        let outputs = [Some(flag(events.in_ready))].into_iter().chain(pins).chain(match offered {
            None => [Some(flag(false)), None, None, None, None],
            Some(Offered { sums, saturated, last, error }) => {
                let (sums, saturated) = (joined(sum_bits, &sums), joined(1, &saturated));
                [flag(true), sums, saturated, flag(last), flag(error)].map(Some)
            }
        });
        emit(0, &outputs.collect::<Vec<_>>());
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { params: self.clone(), mvm: Mvm::new(self) })
    }
}
