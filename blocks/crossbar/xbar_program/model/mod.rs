//! The golden model: what every port is in every cycle.

mod registers;
mod sweep;
#[cfg(test)]
mod tests;
mod whole;
mod work;

pub use registers::{Registers, order, writes};
pub use sweep::{Point, points};
pub use whole::Whole;
pub use work::{Next, Work, limits};

use super::params::{Params, Verify};
use crate::common::lanes::{apart_unsigned, flag, joined};
use crate::crossbar::cell::Polarity;
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;

/// The inputs of a cycle.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// A word is offered: levels, and the cells that are programmed.
    pub word: Option<(Vec<u64>, Vec<bool>)>,
    /// Its row in the model.
    pub row: usize,
    /// A register is to be written.
    pub config_valid: bool,
    /// Which one, also to be read.
    pub address: u64,
    /// What it is to get.
    pub data: u64,
    /// The answers of a beat of cells, if there are any.
    pub sensed: Option<Vec<u64>>,
    /// All cells of the model are renewed.
    pub renew: bool,
    /// An outcome is taken, if there is one.
    pub out_ready: bool,
}

/// What is done in a cycle, with the clocks of it before this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Idle,
    /// Looks whether the word has cells of a level.
    Level,
    /// Lines settle for a read.
    Settle(u64),
    /// Waits for the answers; those so far.
    Sense(Vec<u64>),
    /// Lines settle for a pulse.
    Setup(u64),
    /// A pulse.
    Pulse(u64),
    /// The pulse is over, and nothing moves yet.
    Hold,
    /// Offers the outcome.
    Offer,
}

/// The controller.
#[derive(Clone, Debug)]
pub struct Controller {
    params: Params,
    /// Its registers.
    pub registers: Registers,
    /// What it does.
    pub step: Step,
    /// The word that it does it for, or did last.
    pub work: Work,
}

impl Controller {
    /// After a reset.
    pub fn new(params: &Params) -> Controller {
        Controller {
            params: params.clone(),
            registers: Registers::new(params),
            step: Step::Idle,
            work: Work::new(params.verify, vec![], vec![]),
        }
    }

    /// Where the pulse is in its box; none while the DACs are off.
    pub fn driven(&self) -> Option<Point> {
        match self.step {
            Step::Setup(_) | Step::Pulse(_) | Step::Hold => Some(self.work.point(&self.registers)),
            Step::Idle | Step::Level | Step::Settle(_) | Step::Sense(_) | Step::Offer => None,
        }
    }

    /// The reference of the sense amplifiers, which has no bit for an upper bound above all codes; none while nothing is read.
    pub fn reference(&self) -> Option<u64> {
        let (lower, upper) = self.registers.bounds(self.work.level);
        let bound = if self.work.polarity == Polarity::Set { lower } else { upper };
        let reference = bound % (1 << self.params.adc_bits);
        matches!(self.step, Step::Settle(_) | Step::Sense(_)).then_some(reference)
    }

    fn read(&self) -> Step {
        match self.registers.config.read_setup_clocks {
            0 => Step::Sense(vec![]),
            _ => Step::Settle(0),
        }
    }

    fn after(&mut self, next: Next) -> Step {
        match next {
            Next::Pulse => Step::Setup(0),
            Next::Read => self.read(),
            Next::Level if self.work.level + 1 < self.params.levels().into() => {
                self.work.level += 1;
                Step::Level
            }
            Next::Level | Next::Done => Step::Offer,
        }
    }

    fn begin(&mut self, levels: &[u64], mask: &[bool]) -> Step {
        self.work = Work::new(self.params.verify, levels.to_vec(), mask.to_vec());
        match self.params.verify {
            Verify::Level => Step::Level,
            Verify::Adc => {
                let next = self.work.begin_word(&self.registers);
                self.after(next)
            }
        }
    }

    /// A beat of answers is taken in this cycle, if there is one.
    pub fn senses(&self) -> bool {
        matches!(self.step, Step::Sense(_))
    }

    /// A pulse ends with this cycle.
    pub fn pulse_ends(&self) -> bool {
        matches!(self.step, Step::Pulse(before) if before + 1 >= self.work.point(&self.registers).width)
    }

    /// The cycle ends.
    pub fn clock(&mut self, taken: &Taken) {
        let is_idle = self.step == Step::Idle;
        if is_idle && taken.config_valid {
            self.registers.write(taken.address, taken.data);
        }
        let config = self.registers.config;
        self.step = match (std::mem::replace(&mut self.step, Step::Idle), &taken.word, &taken.sensed) {
            (Step::Idle, Some((levels, mask)), _) if !taken.config_valid => self.begin(levels, mask),
            (Step::Idle, ..) => Step::Idle,
            (Step::Level, ..) => {
                let next = self.work.begin_level(&self.registers);
                self.after(next)
            }
            (Step::Settle(before), ..) if before + 1 < config.read_setup_clocks => Step::Settle(before + 1),
            (Step::Settle(_), ..) => Step::Sense(vec![]),
            (Step::Sense(before), _, Some(sensed)) => self.sensed([before.as_slice(), sensed].concat()),
            (Step::Sense(before), _, None) => Step::Sense(before),
            (Step::Setup(before), ..) if before + 1 < config.pulse_setup_clocks => Step::Setup(before + 1),
            (Step::Setup(_), ..) => Step::Pulse(0),
            (Step::Pulse(before), ..) if before + 1 < self.work.point(&self.registers).width => {
                Step::Pulse(before + 1)
            }
            (Step::Pulse(_), ..) => Step::Hold,
            (Step::Hold, ..) => {
                self.work.pulsed();
                self.read()
            }
            (Step::Offer, ..) if taken.out_ready => Step::Idle,
            (Step::Offer, ..) => Step::Offer,
        };
    }

    /// With the answers of another beat.
    fn sensed(&mut self, sensed: Vec<u64>) -> Step {
        if sensed.len() < self.params.cells as usize {
            return Step::Sense(sensed);
        }
        let next = self.work.judge(&self.registers, &sensed);
        self.after(next)
    }

    /// The outcome has its error bit.
    pub fn is_error(&self) -> bool {
        let no_box = !self.registers.has_legal_boxes() && self.registers.config.attempts > 0;
        no_box || self.work.has_empty_bounds
    }

    /// Every output in a cycle with these inputs.
    pub fn outputs(&self, taken: &Taken) -> Vec<Option<Bits>> {
        let widths = self.params.outputs();
        let is_idle = self.step == Step::Idle;
        let is = |is: bool| Some(flag(is));
        let bits = |value: Option<u64>, width: u32| value.map(|value| Bits::truncated(value.into(), width));
        let cells =
            |cells: &[bool]| joined(1, &cells.iter().map(|cell| u64::from(*cell)).collect::<Vec<_>>());
        let is_wrong = taken.config_valid && !self.registers.takes(taken.address, taken.data);
        let (read, analog) = (self.registers.read(taken.address), widths.analog);
        let driven = self.driven();
        let offered = (self.step == Step::Offer).then_some(&self.work);
        [is(is_idle && !taken.config_valid), is(is_idle), is(is_wrong), bits(Some(read), widths.config_read)]
            .into_iter()
            .chain([is(matches!(self.step, Step::Settle(_) | Step::Sense(_)))])
            .chain(analog.read_reference.map(|width| bits(self.reference(), width)))
            .chain([is(matches!(self.step, Step::Sense(_))), is(driven.is_some())])
            .chain([is(matches!(self.step, Step::Pulse(_)))])
            .chain([driven.map(|_| flag(self.work.polarity == Polarity::Set))])
            .chain([bits(driven.map(|point| point.word_line), analog.word_line)])
            .chain([bits(driven.map(|point| point.line), analog.line)])
            .chain([driven.map(|_| cells(&self.work.cells))])
            .chain([is(offered.is_some()), offered.map(|work| cells(&work.failed))])
            .chain([bits(offered.map(|work| work.pulses), widths.out_pulses)])
            .chain([bits(offered.map(|work| work.reads), widths.out_reads)])
            .chain([offered.map(|_| flag(self.is_error()))])
            .chain([offered.map(|work| flag(work.at_limit))])
            .collect()
    }
}

/// What the inputs of a cycle say.
pub fn taken(params: &Params, beat: &[Bits]) -> Taken {
    let declared = params.inputs();
    let mut fields = beat.iter();
    let mut next = || fields.next().expect("a beat has all fields");
    let (in_valid, levels, mask) = (next().bit(0), next(), next());
    let word = || {
        let mask = apart_unsigned(1, mask).into_iter().map(|bit| bit == 1);
        (apart_unsigned(params.level_bits, levels), mask.collect())
    };
    let word = in_valid.then(word);
    let row = declared.in_row.map_or(0, |_| next().to_u64() as usize);
    let (config_valid, address, data) = (next().bit(0), next().to_u64(), next().to_u64());
    let sensed = declared.answer.sense_valid.and_then(|_| {
        let (valid, data) = (next().bit(0), next());
        valid.then(|| apart_unsigned(params.sense_bits(), data))
    });
    let renew = declared.renew.is_some_and(|_| next().bit(0));
    Taken { word, row, config_valid, address, data, sensed, renew, out_ready: next().bit(0) }
}

struct Golden {
    whole: Whole,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let taken = taken(self.whole.params(), beat);
        let outputs = self.whole.controller.outputs(&taken).into_iter();
        emit(0, &outputs.chain(self.whole.conductances()).collect::<Vec<_>>());
        self.whole.clock(&taken);
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { whole: Whole::new(self) })
    }
}
