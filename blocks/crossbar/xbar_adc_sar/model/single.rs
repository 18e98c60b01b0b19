//! One hold: reset, sample, convert, done, one after the other.

use super::{Controller, Pace, Pins, Search, Taken};
use crate::crossbar::xbar_adc_sar::Params;

#[derive(Clone)]
enum Step {
    Idle,
    Reset(Pace),
    /// So many clocks are left.
    Sample(Pace),
    Convert(Search),
    Done(Vec<u64>),
}

/// The controller.
#[derive(Clone)]
pub struct Single {
    params: Params,
    step: Step,
}

impl Single {
    /// After a reset.
    pub fn new(params: &Params) -> Single {
        Single { params: params.clone(), step: Step::Idle }
    }

    fn sampled(&self, pace: Pace) -> Step {
        match pace.sample {
            0 => Step::Convert(Search::new(&self.params, pace.settle)),
            _ => Step::Sample(pace),
        }
    }
}

impl Controller for Single {
    fn pins(&self) -> Pins {
        let middle = || vec![1 << (self.params.adc_bits - 1); self.params.adcs as usize];
        let dac = match &self.step {
            Step::Convert(search) => search.trials(),
            Step::Done(codes) => codes.clone(),
            Step::Idle | Step::Reset(_) | Step::Sample(_) => middle(),
        };
        Pins {
            sample: vec![matches!(self.step, Step::Sample(_))],
            hold: 0,
            dac_reset: matches!(self.step, Step::Reset(_)),
            dac,
            compare: matches!(&self.step, Step::Convert(search) if search.decides()),
        }
    }

    fn offered(&self) -> Option<&[u64]> {
        match &self.step {
            Step::Done(codes) => Some(codes),
            Step::Idle | Step::Reset(_) | Step::Sample(_) | Step::Convert(_) => None,
        }
    }

    fn codes_wait(&self) -> bool {
        false
    }

    fn is_ready(&self, taken: &Taken) -> bool {
        self.clone().clock(taken)
    }

    fn clock(&mut self, taken: &Taken) -> bool {
        let after_done = || taken.request.map_or(Step::Idle, Step::Reset);
        let ready = match &self.step {
            Step::Idle => true,
            Step::Done(_) => taken.out_ready,
            Step::Reset(_) | Step::Sample(_) | Step::Convert(_) => false,
        };
        self.step = match std::mem::replace(&mut self.step, Step::Idle) {
            Step::Idle => after_done(),
            Step::Reset(pace) => self.sampled(pace),
            Step::Sample(pace) => self.sampled(Pace { sample: pace.sample - 1, ..pace }),
            Step::Convert(mut search) => match search.clock(&taken.above) {
                Some(codes) => Step::Done(codes),
                None => Step::Convert(search),
            },
            Step::Done(_) if taken.out_ready => after_done(),
            Step::Done(codes) => Step::Done(codes),
        };
        ready
    }
}
