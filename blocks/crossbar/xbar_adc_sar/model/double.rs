//! Two holds: one samples while the other is converted.

use super::{Controller, Pace, Pins, Search, Taken};
use crate::crossbar::xbar_adc_sar::Params;

/// A hold that samples or has sampled: `sample` clocks are left.
#[derive(Clone)]
struct Next {
    hold: usize,
    pace: Pace,
}

/// What the converters do.
#[derive(Clone)]
enum Conversion {
    None,
    Search(Search),
    /// The codes wait until those before them are taken.
    Waits(Vec<u64>),
}

/// The controller.
#[derive(Clone)]
pub struct Double {
    params: Params,
    next: Option<Next>,
    conversion: Conversion,
    /// The hold that is converted, or was last.
    hold: usize,
    /// Requests so far.
    requests: usize,
    offered: Option<Vec<u64>>,
}

impl Double {
    /// After a reset.
    pub fn new(params: &Params) -> Double {
        Double {
            params: params.clone(),
            next: None,
            conversion: Conversion::None,
            hold: 0,
            requests: 0,
            offered: None,
        }
    }

    /// A clock of the conversion; the codes go on if there is room for them.
    fn convert(&mut self, above: &[bool]) {
        let codes = match std::mem::replace(&mut self.conversion, Conversion::None) {
            Conversion::None => return,
            Conversion::Waits(codes) => codes,
            Conversion::Search(mut search) => match search.clock(above) {
                Some(codes) => codes,
                None => {
                    self.conversion = Conversion::Search(search);
                    return;
                }
            },
        };
        match self.offered {
            Some(_) => self.conversion = Conversion::Waits(codes),
            None => self.offered = Some(codes),
        }
    }
}

impl Controller for Double {
    fn pins(&self) -> Pins {
        let samples = |hold| self.next.as_ref().is_some_and(|next| next.hold == hold && next.pace.sample > 0);
        let dac = match &self.conversion {
            Conversion::None => vec![1 << (self.params.adc_bits - 1); self.params.adcs as usize],
            Conversion::Search(search) => search.trials(),
            Conversion::Waits(codes) => codes.clone(),
        };
        Pins {
            sample: vec![samples(0), samples(1)],
            hold: self.hold,
            dac_reset: false,
            dac,
            compare: matches!(&self.conversion, Conversion::Search(search) if search.decides()),
        }
    }

    fn offered(&self) -> Option<&[u64]> {
        self.offered.as_deref()
    }

    fn codes_wait(&self) -> bool {
        matches!(self.conversion, Conversion::Waits(_))
    }

    fn is_ready(&self, taken: &Taken) -> bool {
        self.clone().clock(taken)
    }

    fn clock(&mut self, taken: &Taken) -> bool {
        if taken.out_ready {
            self.offered = None;
        }
        self.convert(&taken.above);
        // A hold whose last clock of sampling this was is converted from the next clock on.
        match self.next.take() {
            Some(Next { hold, pace }) if pace.sample <= 1 && matches!(self.conversion, Conversion::None) => {
                self.hold = hold;
                self.conversion = Conversion::Search(Search::new(&self.params, pace.settle));
            }
            Some(Next { hold, pace }) => {
                let pace = Pace { sample: pace.sample.saturating_sub(1), ..pace };
                self.next = Some(Next { hold, pace });
            }
            None => {}
        }
        let ready = self.next.is_none();
        if let Some(pace) = taken.request.filter(|_| ready) {
            self.next = Some(Next { hold: self.requests % 2, pace });
            self.requests += 1;
        }
        ready
    }
}
