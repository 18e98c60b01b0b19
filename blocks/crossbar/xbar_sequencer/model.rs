//! The golden model: what every port is in every cycle.

use super::Params;
use super::params::Clocks;
use crate::common::lanes::{flag, joined};
use crate::crossbar::phase::Phase;
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;

/// The inputs of a cycle.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken {
    /// A phase is offered.
    pub phase: Option<Phase<u64>>,
    /// The clocks of the steps.
    pub clocks: Clocks<u64>,
    /// A column is taken, if one is offered.
    pub out_ready: bool,
}

/// What the array does, with the clocks before this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The bit lines are precharged.
    Precharge(u64),
    /// The rows are driven, and sampled.
    Settle(u64),
    /// Nothing: with one hold it is converted, with two both are in use.
    Rest,
}

/// The phase that is converted.
#[derive(Clone, Copy, Debug)]
pub struct Converted {
    /// What it weighs.
    pub phase: Phase<u64>,
    /// Its column.
    pub column: u64,
    /// Clocks until the column may be taken.
    left: u64,
}

impl Converted {
    /// The column may be taken in this clock.
    pub fn is_offered(&self) -> bool {
        self.left <= 1
    }
}

/// What the analog part sees in a cycle.
#[derive(Clone, Debug)]
pub struct Pins {
    /// The bit lines are precharged.
    pub precharge: bool,
    /// The word lines may be driven.
    pub word_line_enable: bool,
    /// For each hold, whether it samples.
    pub sample: Vec<bool>,
    /// The hold that is converted, or was last.
    pub hold: u64,
    /// The column that is converted.
    pub column: u64,
}

/// What happens at the end of a cycle.
#[derive(Clone, Copy, Debug)]
pub struct Events {
    /// A phase could be taken.
    pub ready: bool,
    /// A phase was taken.
    pub moves: bool,
    /// A column was taken.
    pub takes: bool,
    /// The last column of a phase was taken.
    pub ends: bool,
}

/// The sequencer.
#[derive(Clone, Debug)]
pub struct Sequencer {
    columns: u64,
    holds: u32,
    /// The step of the next phase.
    pub step: Step,
    /// The phase that is converted.
    pub converted: Option<Converted>,
    /// Phases taken so far.
    taken: u64,
}

impl Sequencer {
    /// After a reset.
    pub fn new(params: &Params) -> Sequencer {
        Sequencer {
            columns: params.columns.into(),
            holds: params.holds,
            step: Step::Precharge(0),
            converted: None,
            taken: 0,
        }
    }

    /// The hold that samples now or next.
    fn next_hold(&self) -> u64 {
        self.taken % u64::from(self.holds)
    }

    /// The hold that is converted, or was last.
    fn hold(&self) -> u64 {
        self.taken.saturating_sub(1) % u64::from(self.holds)
    }

    /// What happens in a cycle with these inputs.
    pub fn events(&self, taken: &Taken) -> Events {
        let takes = taken.out_ready && self.converted.is_some_and(|converted| converted.is_offered());
        let ends = takes && self.converted.is_some_and(|converted| converted.column + 1 == self.columns);
        let is_free = self.converted.is_none() || ends;
        let ready = match self.step {
            Step::Precharge(_) => false,
            Step::Settle(before) => before + 1 >= taken.clocks.settle_clocks && is_free,
            Step::Rest => self.holds == 2 && is_free,
        };
        Events { ready, moves: ready && taken.phase.is_some(), takes, ends }
    }

    /// The cycle ends.
    pub fn clock(&mut self, taken: &Taken) -> Events {
        let events = self.events(taken);
        let Clocks { precharge_clocks, settle_clocks, convert_clocks } = taken.clocks;
        let first = if precharge_clocks > 0 { Step::Precharge(0) } else { Step::Settle(0) };
        self.step = match self.step {
            Step::Rest if self.holds == 1 && events.ends => first,
            Step::Rest if self.holds == 2 && events.moves => first,
            Step::Rest => Step::Rest,
            Step::Precharge(_) | Step::Settle(_) if taken.phase.is_none() => first,
            Step::Precharge(before) if before + 1 >= precharge_clocks => Step::Settle(0),
            Step::Precharge(before) => Step::Precharge(before + 1),
            Step::Settle(_) if events.moves && self.holds == 2 => first,
            Step::Settle(before) if before + 1 >= settle_clocks => Step::Rest,
            Step::Settle(before) => Step::Settle(before + 1),
        };
        self.converted = match (self.converted, taken.phase) {
            (_, Some(phase)) if events.moves => Some(Converted { phase, column: 0, left: convert_clocks }),
            _ if events.ends => None,
            (Some(converted), _) if events.takes => {
                Some(Converted { column: converted.column + 1, left: convert_clocks, ..converted })
            }
            (converted, _) => {
                converted.map(|converted| Converted { left: converted.left.saturating_sub(1), ..converted })
            }
        };
        self.taken += u64::from(events.moves);
        events
    }

    /// What the analog part sees in this cycle.
    pub fn pins(&self) -> Pins {
        let is_settling = matches!(self.step, Step::Settle(_));
        Pins {
            precharge: matches!(self.step, Step::Precharge(_)),
            word_line_enable: is_settling,
            sample: (0..self.holds.into()).map(|hold| is_settling && self.next_hold() == hold).collect(),
            hold: self.hold(),
            column: self.converted.map_or(0, |converted| converted.column),
        }
    }

    /// Every output in a cycle with these inputs.
    fn outputs(&self, params: &Params, taken: &Taken) -> Vec<Option<Bits>> {
        let events = self.events(taken);
        let pins = self.pins();
        let sample: Vec<u64> = pins.sample.iter().map(|samples| u64::from(*samples)).collect();
        let bits = |value: u64, width: u32| Some(Bits::truncated(value.into(), width));
        let analog = params.analog();
        let offered = self.converted.filter(|converted| converted.is_offered());
        [Some(flag(events.ready)), Some(flag(pins.precharge))]
            .into_iter()
            .chain([Some(flag(pins.word_line_enable)), Some(joined(1, &sample))])
            .chain(analog.hold.map(|width| bits(pins.hold, width)))
            .chain(analog.column.map(|width| bits(pins.column, width)))
            .chain([Some(flag(events.moves || (events.takes && !events.ends)))])
            .chain([Some(flag(offered.is_some()))])
            .chain(phase_fields(params, offered.map(|converted| converted.phase)))
            .chain([offered.map(|converted| flag(converted.column + 1 == self.columns))])
            .collect()
    }
}

/// The fields of a phase; without values if there is none.
pub fn phase_fields(params: &Params, phase: Option<Phase<u64>>) -> Vec<Option<Bits>> {
    let Phase { bit, subtract, last } = params.phase();
    let field = |width: u32, value: &dyn Fn(Phase<u64>) -> Option<u64>| {
        phase.and_then(value).map(|value| Bits::truncated(value.into(), width))
    };
    let bit = bit.map(|width| field(width, &|phase| phase.bit));
    let subtract = subtract.map(|width| field(width, &|phase| phase.subtract));
    bit.into_iter().chain(subtract).chain([field(last, &|phase| Some(phase.last))]).collect()
}

/// What the inputs of a cycle say.
pub fn taken(params: &Params, beat: &[Bits]) -> Taken {
    let mut fields = beat.iter().map(|field| field.to_u64());
    let mut next = || fields.next().expect("a beat has all fields");
    let (valid, declared) = (next() == 1, params.phase());
    let (bit, subtract) = (declared.bit.map(|_| next()), declared.subtract.map(|_| next()));
    let phase = Phase { bit, subtract, last: next() };
    let (precharge_clocks, settle_clocks, convert_clocks) = (next(), next(), next());
    Taken {
        phase: valid.then_some(phase),
        clocks: Clocks { precharge_clocks, settle_clocks, convert_clocks },
        out_ready: next() == 1,
    }
}

struct Golden {
    params: Params,
    sequencer: Sequencer,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let taken = taken(&self.params, beat);
        emit(0, &self.sequencer.outputs(&self.params, &taken));
        self.sequencer.clock(&taken);
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { params: self.clone(), sequencer: Sequencer::new(self) })
    }
}
