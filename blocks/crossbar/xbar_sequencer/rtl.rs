//! The hardware: the steps of a phase, and the columns of the phase that is held.
//!
//! ```text
//! in --> [precharges] --> [settles] --> (waits) --> [converts, column] --> out
//!             ^                           |
//!             +------ the next phase -----+
//! ```

use super::BLOCK;
use super::params::{Analog, CLOCKS, CLOCKS_BITS, Clocks, Column, Driven, Params};
use crate::block::Hardware;
use crate::common::counter::counter;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal, Stream};

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what =
            "The steps of a crossbar's phases: precharge, settle, hold, and convert column after column.";
        let timing = match self.holds {
            1 => "A phase takes T_precharge + T_settle + columns x T_convert clocks.",
            _ => "A phase takes max(T_precharge + T_settle, columns x T_convert) clocks.",
        };
        block(design, &BLOCK, self, &[what, timing], |m| sequencer(m, self))
    }
}

fn sequencer(m: &Module, params: &Params) {
    let input = m.input_stream("in", &params.driven());
    let clocks = m.inputs(&CLOCKS);
    let output = m.output_stream("out", &params.column());
    let begins = m.wire("phase_begins", 1);
    let columns = Columns::new(m, params, &input, begins.value(), clocks.convert_clocks, &output);
    let steps = Steps::new(m, params, &input, &clocks, &columns);
    begins.drive(steps.moves);
    let analog = analog(m, params, &steps, &columns);
    m.outputs(&params.analog(), analog);
    m.output("column_begins", columns.begins, "a column is selected from the next clock on");
    m.assert("word_lines_rest_while_precharged", !(steps.precharges & steps.settles));
}

/// The columns of the phase that is held, one after the other.
struct Columns<'m> {
    /// A phase is converted.
    converts: Signal<'m>,
    /// Its last column is taken.
    ends: Signal<'m>,
    /// A column is selected from the next clock on.
    begins: Signal<'m>,
    /// Its number; none if there is one.
    column: Option<Signal<'m>>,
}

impl<'m> Columns<'m> {
    fn new(
        m: &'m Module,
        params: &Params,
        input: &Stream<'m, Driven<Signal<'m>>>,
        phase_begins: Signal<'m>,
        clocks: Signal<'m>,
        output: &Stream<'m, Column<Signal<'m>>>,
    ) -> Columns<'m> {
        let converts = m.reg("converts", 1).reset_to(0);
        let left = m.reg("convert_left", CLOCKS_BITS).reset_to(0);
        let is_due = left.value().le(1);
        output.set_valid(converts.value() & is_due);
        let takes = output.fires().named("column_is_taken");
        let column = counter(m, "column", params.columns, takes);
        let is_last = column.map_or(m.ones(1), |column| column.eq(u64::from(params.columns - 1)));
        let ends = takes & is_last;
        let begins = (phase_begins | (takes & !is_last)).named("begins");
        converts.enable(phase_begins | ends).set(phase_begins);
        // Taken with the column: what becomes of `clocks` later does not take back an offer.
        left.enable(begins | !is_due).set(begins.mux(clocks, left.value() - 1));
        let phase = m.hold("converted_phase", &input.payload.phase, phase_begins);
        output.set_payload(Column { phase, last_column: is_last });
        Columns { converts: converts.value(), ends, begins, column }
    }
}

/// The steps up to the hold.
struct Steps<'m> {
    precharges: Signal<'m>,
    settles: Signal<'m>,
    /// The next step is the first one of a phase, which precharges or settles.
    next_settles: Signal<'m>,
    /// The phase is held, and its columns follow.
    moves: Signal<'m>,
}

impl<'m> Steps<'m> {
    fn new(
        m: &'m Module,
        params: &Params,
        input: &Stream<'m, Driven<Signal<'m>>>,
        clocks: &Clocks<Signal<'m>>,
        columns: &Columns<'m>,
    ) -> Steps<'m> {
        let precharges = m.reg("precharges", 1).reset_to(1);
        let settles = m.reg("settles", 1).reset_to(0);
        let rests = (!precharges.value() & !settles.value()).named("rests");
        let done = m.reg("clocks_done", CLOCKS_BITS).reset_to(0);
        let next = (done.value() + 1).named("clocks_with_this");
        let limit = precharges.value().mux(clocks.precharge_clocks, clocks.settle_clocks);
        let is_enough = next.ge(limit);
        let is_idle = !input.valid() & !rests;
        done.set(next.gated(input.valid() & !rests & !is_enough));

        let is_settled = settles.value() & is_enough;
        let can_move = match params.holds {
            1 => is_settled,
            _ => (is_settled | rests) & (!columns.converts | columns.ends),
        };
        input.set_ready(can_move);
        let moves = input.fires().named("moves");
        let next_begins = match params.holds {
            1 => columns.ends,
            _ => moves,
        };
        // While there is no phase, the array is in the first step of the next one.
        let restarts = is_idle | next_begins;
        let precharges_first = clocks.precharge_clocks.any();
        let precharged = precharges.value() & is_enough;
        precharges.set(restarts.mux(precharges_first, precharges.value() & !precharged));
        let next_settles = restarts
            .mux(!precharges_first, precharged | (settles.value() & !is_settled))
            .named("next_settles");
        settles.set(next_settles);
        Steps { precharges: precharges.value(), settles: settles.value(), next_settles, moves }
    }
}

/// The outputs to the analog part, and which hold samples.
fn analog<'m>(
    m: &'m Module,
    params: &Params,
    steps: &Steps<'m>,
    columns: &Columns<'m>,
) -> Analog<Signal<'m>> {
    let (sample, hold) = match params.holds {
        1 => (steps.settles, None),
        _ => {
            let (sample, hold) = two_holds(m, steps);
            let converted = m.concat_lsb(&[!hold, hold]).gated(columns.converts);
            m.assert("what_is_converted_does_not_sample", !(sample & converted).any());
            (sample, Some(hold))
        }
    };
    Analog {
        precharge: steps.precharges,
        word_line_enable: steps.settles,
        sample,
        hold,
        column: columns.column,
    }
}

/// The holds that sample, by turns, and the one that is converted.
fn two_holds<'m>(m: &'m Module, steps: &Steps<'m>) -> (Signal<'m>, Signal<'m>) {
    let sampled = m.reg("sampled_hold", 1).reset_to(0).enable(steps.moves);
    sampled.set(!sampled.value());
    let next = sampled.value() ^ steps.moves;
    let samples = |(hold, is_own): (u32, Signal<'m>)| {
        let samples = m.reg(&format!("samples{hold}"), 1).reset_to(0);
        samples.set(steps.next_settles & is_own);
        samples.value()
    };
    let sample = m.concat_lsb(&[(0, !next), (1, next)].map(samples));
    let hold = m.reg("converted_hold", 1).reset_to(0).enable(steps.moves);
    hold.set(sampled.value());
    (sample, hold.value())
}
