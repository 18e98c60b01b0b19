//! The coverage points.

use crate::crossbar::cell::Polarity;
use crate::crossbar::pins::ArrayPlace;
use crate::crossbar::xbar_program::model::{Step, Whole, limits, order, points as box_points, taken};
use crate::crossbar::xbar_program::params::{Limits, LoopOrder, Params, Verify};
use crate::stimulus::{Observe, report_reached};
use hdl::Bits;

const POINTS: [&str; 29] = [
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
    "word of the model that reaches its levels by pulses",
    "word of the model whose failed cells are all stuck",
];

/// The places of the points that the parameters allow.
fn reachable(params: &Params) -> Vec<usize> {
    let is_model = params.array == ArrayPlace::Model;
    let is_stuck = params.model.stuck_least + params.model.stuck_greatest > 0;
    let is_reachable = |place: &usize| match place {
        5 => !is_model,
        26 => params.verify == Verify::Level,
        27 => is_model,
        28 => is_model && is_stuck,
        _ => true,
    };
    (0..POINTS.len()).filter(is_reachable).collect()
}

/// Finds the coverage points of cycles.
pub struct Observer<'p> {
    params: &'p Params,
    places: Vec<usize>,
    whole: Whole,
}

impl Observer<'_> {
    /// From a reset on.
    pub fn new(params: &Params) -> Observer<'_> {
        Observer { params, places: reachable(params), whole: Whole::new(params) }
    }

    /// The points of these parameters.
    pub fn points(&self) -> Vec<&'static str> {
        self.places.iter().map(|place| POINTS[*place]).collect()
    }

    /// All cells that failed are stuck.
    fn failed_are_stuck(&self) -> bool {
        let Some((cells, row)) = self.whole.cells.as_ref().zip(self.whole.row) else { return false };
        let failed = self.whole.controller.work.failed.iter().zip(&cells.cells[row]);
        failed.filter(|(failed, _)| **failed).all(|(_, cell)| cell.is_stuck)
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
        let before = self.whole.controller.clone();
        self.whole.clock(&taken);
        let (work, registers) = (&before.work, &before.registers);
        let limits = limits(&registers.config, work.polarity);
        // The model answers at once.
        let is_model = self.whole.cells.is_some();
        let is_pulse = matches!(before.step, Step::Pulse(_));
        let is = |polarity: Polarity| is_pulse && work.polarity == polarity;
        let steps = before.pulse_ends();
        let is_order = |code: LoopOrder| steps && work.phase_pulses > 0 && order(&limits) == Some(code);
        let gives_up = self.whole.controller.work.failed != work.failed && before.senses();
        let is_at_limit = work.attempts >= registers.config.attempts;
        let is_idle = before.step == Step::Idle;
        let comes = self.whole.controller.step == Step::Offer && before.step != Step::Offer;
        let after = &self.whole.controller.work;
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
            comes && !registers.has_legal_boxes() && self.whole.controller.is_error(),
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
            before.senses()
                && (is_model || taken.sensed.is_some())
                && work.reads_without_upper_bound(registers),
            before.step == Step::Level
                && !before.senses()
                && !self.whole.controller.work.cells.contains(&true),
            comes && after.pulses > 0 && !after.failed.contains(&true),
            comes && after.pulses > 0 && after.failed.contains(&true) && self.failed_are_stuck(),
        ];
        let is_reached: Vec<bool> = self.places.iter().map(|place| is_reached[*place]).collect();
        report_reached(&is_reached, hit);
    }
}
