//! The coverage points.

use crate::crossbar::cell::Polarity;
use crate::crossbar::xbar_program::model::{Controller, Step, limits, order, points as box_points, taken};
use crate::crossbar::xbar_program::params::{Limits, LoopOrder, Params, Verify};
use crate::stimulus::{Observe, report_reached};
use hdl::Bits;

/// The points; those from `OF_LEVELS` on are of levels one by one.
const POINTS: [&str; 27] = [
    "SET pulse",
    "RESET pulse",
    "pulse with a setup of 0",
    "pulse with a setup of more than a clock",
    "read with a setup",
    "answers that wait",
    "outcome that waits",
    "word that waits",
    "write that waits",
    "write of no register or of too great a value",
    "contradictory box",
    "contradictory bounds",
    "loops in the order P, W, B",
    "loops in the order P, B, W",
    "loops in the order W, B, P",
    "loops in the order W, P, B",
    "loops in the order B, W, P",
    "loops in the order B, P, W",
    "sum of a loop above the greatest code",
    "cells given up after the last sweep",
    "second sweep",
    "word that is given up at the limit of pulses",
    "word without a cell",
    "cells given up, none at the limit of pulses",
    "word verified without a pulse",
    "read of a level without an upper bound",
    "level without a cell",
];
const OF_LEVELS: usize = 26;

/// The points of these parameters.
pub fn points(params: &Params) -> &'static [&'static str] {
    match params.verify {
        Verify::Level => &POINTS,
        Verify::Adc => &POINTS[..OF_LEVELS],
    }
}

/// Finds the coverage points of cycles.
pub struct Observer<'p> {
    params: &'p Params,
    controller: Controller,
}

impl Observer<'_> {
    /// From a reset on.
    pub fn new(params: &Params) -> Observer<'_> {
        Observer { params, controller: Controller::new(params) }
    }
}

/// Whether a loop steps past the greatest code.
fn carries(params: &Params, limits: &Limits<u64>) -> bool {
    let past = |stop: u64, step: u64, bits: u32| (stop + step) >> bits > 0;
    past(limits.word_line.stop, limits.word_line.step, params.word_line_bits)
        || past(limits.line.stop, limits.line.step, params.line_bits)
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let taken = taken(self.params, beat);
        let before = self.controller.clone();
        self.controller.clock(&taken);
        let (work, registers) = (&before.work, &before.registers);
        let limits = limits(&registers.config, work.polarity);
        let is_pulse = matches!(before.step, Step::Pulse(_));
        let is = |polarity: Polarity| is_pulse && work.polarity == polarity;
        let steps = before.pulse_ends();
        let is_order = |code: LoopOrder| steps && work.phase_pulses > 0 && order(&limits) == Some(code);
        let gives_up = self.controller.work.failed != work.failed && before.senses();
        let is_at_limit = work.attempts >= registers.config.attempts;
        let is_idle = before.step == Step::Idle;
        let comes = self.controller.step == Step::Offer && before.step != Step::Offer;
        let after = &self.controller.work;
        let is_reached = [
            is(Polarity::Set),
            is(Polarity::Reset),
            is_pulse && registers.config.pulse_setup_clocks == 0,
            matches!(before.step, Step::Setup(1..)),
            matches!(before.step, Step::Settle(_)),
            before.senses() && taken.sensed.is_none(),
            before.step == Step::Offer && !taken.out_ready,
            taken.word.is_some() && (!is_idle || taken.config_valid),
            taken.config_valid && !is_idle,
            taken.config_valid && !registers.takes(taken.address, taken.data),
            comes && !registers.has_legal_boxes() && self.controller.is_error(),
            comes && after.has_empty_bounds,
            is_order(LoopOrder::Pwb),
            is_order(LoopOrder::Pbw),
            is_order(LoopOrder::Wbp),
            is_order(LoopOrder::Wpb),
            is_order(LoopOrder::Bwp),
            is_order(LoopOrder::Bpw),
            steps && carries(self.params, &limits),
            gives_up && !is_at_limit && registers.has_legal_boxes(),
            is_pulse && work.phase_pulses >= box_points(&limits),
            gives_up && is_at_limit && work.attempts > 0,
            taken
                .word
                .as_ref()
                .is_some_and(|(_, mask)| is_idle && !taken.config_valid && !mask.contains(&true)),
            comes && after.failed.contains(&true) && !after.at_limit,
            comes && after.pulses == 0 && after.reads > 0 && !after.failed.contains(&true),
            before.senses() && taken.sensed.is_some() && work.reads_without_upper_bound(registers),
            before.step == Step::Level && !before.senses() && !self.controller.work.cells.contains(&true),
        ];
        report_reached(&is_reached[..points(self.params).len()], hit);
    }
}
