//! The pulse that is given, and the rows that are still to take it.

use super::numbers::{Widths, capped, divided};
use crate::crossbar::cell::{CellParams, Switching};
use crate::crossbar::xbar_cell_model::params::{Drive, Params};
use hdl::{Module, Signal, bit_length};
use parts::arithmetic::lowest_one::lowest_one;
use parts::storage::held::held;

/// What cells take behind a pulse.
pub struct Given<'m> {
    /// A row takes it.
    pub takes: Signal<'m>,
    /// Which one.
    pub row: Signal<'m>,
    /// The same, a bit for each.
    pub rows: Signal<'m>,
    /// The columns that take it.
    pub columns: Signal<'m>,
    /// 1 if conductances rise.
    pub set: Signal<'m>,
    /// By how much without deviations.
    pub step: Signal<'m>,
    /// Rows are still to take it.
    pub waits: Signal<'m>,
}

impl<'m> Given<'m> {
    pub fn new(m: &'m Module, params: &Params, drive: &Drive<Signal<'m>>, widths: &Widths) -> Given<'m> {
        let pulses = (drive.drive & drive.pulse).named("pulses");
        let goes_on = m.reg("goes_on", 1).reset_to(0);
        goes_on.set(pulses);
        let waiting = m.reg("waiting", params.rows).reset_to(0);
        let waits = waiting.value().any().named("waits");
        let lowest = lowest_one(m, waiting.value());
        waiting.enable(pulses | waits).set(pulses.mux(drive.rows, waiting.value() & !lowest.one_hot));
        m.assert("rows_have_taken_the_pulse_before", !(pulses & !goes_on.value() & waits));

        let clocks = m.reg("clocks", params.width_bits).enable(pulses);
        let one_more = clocks.value().all().mux(clocks.value(), clocks.value() + 1);
        clocks.set(goes_on.value().mux(one_more, m.lit(1, params.width_bits)));
        let last = |name: &str, value: Signal<'m>| held(m, name, value, pulses);
        let set = last("set", drive.polarity);
        let (word_line, line) = (last("word_line_code", drive.word_line), last("line_code", drive.line));
        let rate = rate(m, &params.cells, set, word_line, line);
        let step = divided(m, rate * clocks.value(), 1000 * u64::from(params.cells.nominal_clocks));
        Given {
            takes: (waits & !pulses).named("takes"),
            row: lowest.index.named("row"),
            rows: lowest.one_hot,
            columns: last("columns", drive.cells),
            set,
            step: capped(step, widths.nominal).named("nominal_step"),
            waits,
        }
    }
}

/// The step of a pulse of a clock, times the nominal clocks, in thousandths of nS.
fn rate<'m>(
    m: &'m Module,
    cells: &CellParams,
    set: Signal<'m>,
    word_line: Signal<'m>,
    line: Signal<'m>,
) -> Signal<'m> {
    let device = cells.device();
    let rises = of_polarity(m, word_line, cells.word_line_step, device.set);
    let falls = of_polarity(m, line, cells.line_step, device.reset);
    let width = rises.width().max(falls.width());
    set.mux(rises.zext(width), falls.zext(width)).named("rate")
}

fn of_polarity<'m>(m: &'m Module, code: Signal<'m>, step: u32, switching: Switching) -> Signal<'m> {
    let lit = |value: u64| m.lit(value.into(), bit_length(value.into()));
    let millivolts = code * lit(step.into());
    let Switching { threshold, gain } = switching;
    let width = millivolts.width().max(bit_length(threshold.into()));
    let (millivolts, threshold) = (millivolts.zext(width), m.lit(threshold.into(), width));
    (millivolts - threshold).gated(millivolts.ge(threshold)) * lit(gain)
}
