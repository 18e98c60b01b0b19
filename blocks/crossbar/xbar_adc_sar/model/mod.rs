//! The golden model: what every port is in every cycle.

mod double;
mod search;
mod single;

pub use search::Search;

use super::Params;
use super::params::Inputs;
use crate::common::lanes::{apart_unsigned, flag, joined};
use crate::golden::{GoldenModel, Model, Reference};
use double::Double;
use hdl::Bits;
use single::Single;

/// The inputs of a cycle.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// A conversion is asked for.
    pub request: Option<Pace>,
    /// What the comparators say.
    pub above: Vec<bool>,
    /// A result is taken, if there is one.
    pub out_ready: bool,
}

/// The clocks of a conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// In which the hold samples.
    pub sample: u64,
    /// In which each trial code settles.
    pub settle: u64,
}

/// What the analog part sees in a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pins {
    /// For each hold, whether it samples.
    pub sample: Vec<bool>,
    /// The hold that is converted, or was last.
    pub hold: usize,
    /// The DAC is discharged.
    pub dac_reset: bool,
    /// The trial code of each converter.
    pub dac: Vec<u64>,
    /// The comparators decide.
    pub compare: bool,
}

/// A controller, cycle by cycle.
pub trait Controller: Send {
    /// What the analog part sees in this cycle.
    fn pins(&self) -> Pins;

    /// The codes that are offered in this cycle.
    fn offered(&self) -> Option<&[u64]>;

    /// Codes are found and cannot be offered yet.
    fn codes_wait(&self) -> bool;

    /// Whether a request can be taken in a cycle with these inputs.
    fn is_ready(&self, taken: &Taken) -> bool;

    /// The cycle ends. Gives whether a request could be taken in it.
    fn clock(&mut self, taken: &Taken) -> bool;
}

/// The controller for these parameters, after a reset.
pub fn controller(params: &Params) -> Box<dyn Controller> {
    match params.holds {
        1 => Box::new(Single::new(params)),
        _ => Box::new(Double::new(params)),
    }
}

/// What the inputs of a cycle say.
pub fn taken(beat: &[Bits]) -> Taken {
    let [valid, sample, settle, cmp, ready] = beat else { panic!("there are five inputs") };
    let request = Pace { sample: sample.to_u64(), settle: settle.to_u64() };
    Taken {
        request: valid.bit(0).then_some(request),
        above: apart_unsigned(1, cmp).into_iter().map(|bit| bit == 1).collect(),
        out_ready: ready.bit(0),
    }
}

/// The inputs of a cycle as a beat; without a request, its clocks are `noise`.
pub fn beat(params: &Params, taken: &Taken, noise: Pace) -> Vec<Bits> {
    let Inputs { in_sample_clocks, in_settle_clocks, .. } = params.inputs();
    let pace = taken.request.unwrap_or(noise);
    let above: Vec<u64> = taken.above.iter().map(|is_above| u64::from(*is_above)).collect();
    vec![
        flag(taken.request.is_some()),
        Bits::truncated(pace.sample.into(), in_sample_clocks),
        Bits::truncated(pace.settle.into(), in_settle_clocks),
        joined(1, &above),
        flag(taken.out_ready),
    ]
}

struct Golden {
    params: Params,
    controller: Box<dyn Controller>,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let width = self.params.adc_bits;
        let pins = self.controller.pins();
        let code = self.controller.offered().map(|codes| joined(width, codes));
        let ready = self.controller.clock(&taken(beat));
        let sample: Vec<u64> = pins.sample.iter().map(|samples| u64::from(*samples)).collect();
        let hold = (self.params.holds == 2).then(|| flag(pins.hold == 1));
        let outputs = [Some(flag(ready)), Some(joined(1, &sample))]
            .into_iter()
            .chain([hold.or(Some(flag(pins.dac_reset)))])
            .chain([Some(joined(width, &pins.dac)), Some(flag(pins.compare))])
            .chain([Some(flag(code.is_some())), code]);
        emit(0, &outputs.collect::<Vec<_>>());
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { params: self.clone(), controller: controller(self) })
    }
}
