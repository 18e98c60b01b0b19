//! The hardware: the steps of a word, the loops of its pulses, and what follows from a read.
//!
//! ```text
//! config --> [registers] --> boxes -----> [loops: width, word line, line] --> DACs
//!                        --> bounds --+         ^ begins, flips
//! in ------> [levels, mask, failed] --+--> judge ----> [steps] --> read, sense, drive, pulse
//!                                     |                   |
//! sense_data -------------------------+                   +------> out
//! ```

mod codes;
mod level;
mod model;
mod registers;
mod steps;
mod sweep;

use super::BLOCK;
use super::params::{Analog, Outcome, Params, Verify, Word};
use crate::block::Hardware;
use crate::common::counter::counter;
use crate::top::block;
use hdl::{Bundle, Design, Module, ModuleRef, Signal, Stream};
use model::Model;
use registers::Registers;
use steps::Steps;
use sweep::Sweep;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what =
            "Write-verify programming of a word of memory cells, with no pulse outside the configured box.";
        let timing = "A read takes its setup and the time to its answer, a pulse its setup, its width and a clock of hold.";
        block(design, &BLOCK, self, &[what, timing], |m| program(m, self))
    }
}

/// What follows at the end of a clock; all are 0 while reads and pulses go on.
#[derive(Clone, Copy, Bundle)]
struct Next<T> {
    /// A pulse.
    pulses: T,
    /// A read.
    reads: T,
    /// The word is done.
    ends: T,
    /// A word or level begins, with its first polarity.
    begins: T,
    /// A phase of the other polarity begins.
    flips: T,
}

const NEXT: Next<u32> = Next { pulses: 1, reads: 1, ends: 1, begins: 1, flips: 1 };

/// What the answers of cells are judged by.
struct Parts<'m> {
    params: &'m Params,
    registers: Registers<'m>,
    word: Stream<'m, Word<Signal<'m>>>,
    /// A beat of answers is taken.
    takes: Signal<'m>,
    /// Which one of the read, if it has several.
    beat: Option<Signal<'m>>,
    /// What its cells answer.
    sensed: Signal<'m>,
    sweep: Sweep<'m>,
    /// No pulse is left of those that the limit allows.
    limit_is_reached: Signal<'m>,
    /// The limits allow a pulse.
    may_pulse: Signal<'m>,
}

/// What is known of a word.
struct Judged<'m> {
    next: Next<Signal<'m>>,
    /// A read ends.
    decides: Signal<'m>,
    /// The cells that a pulse is for.
    cells: Signal<'m>,
    failed: Signal<'m>,
    /// A level had contradictory bounds.
    has_empty_bounds: Signal<'m>,
    /// A beat of answers has cells that are outside of legal bounds, and not given up before.
    is_outside: Signal<'m>,
    /// What the sense amplifiers compare with.
    reference: Option<Signal<'m>>,
}

fn program(m: &Module, params: &Params) {
    let next = m.wires("next", &NEXT);
    let follows = next.map(|wire| wire.value());
    let pulse_is_over = m.wire("pulse_is_over", 1);
    let decides = m.wire("decides", 1);
    let word = m.input_stream("in", &params.word());
    let output = m.output_stream("out", &params.outcome());

    let is_idle = m.reg("is_idle", 1).reset_to(1).enable(word.fires() | output.fires());
    is_idle.set(output.fires());
    let registers = Registers::new(m, params, is_idle.value());
    word.set_ready(is_idle.value() & !registers.write_valid);
    let config = registers.config;
    let sweep = Sweep::new(m, &config, &follows, pulse_is_over.value());
    let steps = Steps::new(m, &config, &follows, decides.value(), sweep.width.value);
    pulse_is_over.drive(steps.holds);

    let attempts = attempts(m, params, &follows, steps.holds);
    let pulses = match params.verify {
        Verify::Level => count(m, "pulses", params.outcome().pulses, word.fires(), steps.holds),
        Verify::Adc => attempts,
    };
    let reads = count(m, "reads", params.outcome().reads, word.fires(), decides.value());
    let limit_is_reached = attempts.ge(config.attempts).named("limit_is_reached");
    let may_pulse = registers.has_legal_boxes & !limit_is_reached;
    let cells = params.cell_model().map(|model| Model::new(m, &model, &word));
    let answer = m.inputs(&params.answer());
    let takes = answer.sense_valid.map_or(steps.senses, |valid| steps.senses & valid).named("takes");
    let beat = counter(m, "beat", params.columns(), takes);
    let sensed = match (answer.sense_data, &cells) {
        (Some(data), _) => data,
        (None, cells) => cells.as_ref().expect("cells are outside or inside").sensed(params, beat),
    };
    let may_pulse = may_pulse.named("may_pulse");
    let parts = Parts { params, registers, word, takes, beat, sensed, sweep, limit_is_reached, may_pulse };
    let judged = match params.verify {
        Verify::Level => level::judge(m, &parts),
        Verify::Adc => codes::judge(m, &parts),
    };
    decides.drive(judged.decides);
    drive(&next, &judged.next);
    check(m, &parts, &steps, &judged);

    let offers = m.reg("offers", 1).reset_to(0).enable(judged.next.ends | output.fires());
    offers.set(judged.next.ends);
    output.set_valid(offers.value());
    let has_no_box = !parts.registers.has_legal_boxes & config.attempts.any();
    let error = has_no_box | judged.has_empty_bounds;
    let limits = (parts.takes & judged.is_outside & parts.limit_is_reached).named("limits");
    let at_limit = m.reg("at_limit", 1).enable(parts.word.fires() | limits);
    at_limit.set(!parts.word.fires());
    let at_limit = at_limit.value();
    output.set_payload(Outcome { failed: judged.failed, pulses, reads, error, at_limit });
    let analog = analog(&parts, &steps, &judged);
    m.outputs(&params.analog(), analog);
    if let Some(cells) = cells {
        cells.attach(m, &analog);
    }
}

fn drive<'m>(next: &Next<hdl::Wire<'m>>, judged: &Next<Signal<'m>>) {
    let wires = next.members().into_iter().map(|(_, wire)| wire);
    wires.zip(judged.members()).for_each(|(wire, (_, signal))| wire.drive(signal));
}

/// The pulses that count towards the limit.
fn attempts<'m>(
    m: &'m Module,
    params: &Params,
    next: &Next<Signal<'m>>,
    pulse_ends: Signal<'m>,
) -> Signal<'m> {
    count(m, "attempts", params.attempt_bits, next.begins, pulse_ends)
}

/// A count of events from 0 where it is cleared.
fn count<'m>(m: &'m Module, name: &str, width: u32, clears: Signal<'m>, counts: Signal<'m>) -> Signal<'m> {
    let count = m.reg(name, width).enable(clears | counts);
    count.set((count.value() + 1).gated(!clears));
    count.value()
}

/// No pulse is outside the box, whatever the registers hold and the cells answer.
fn check<'m>(m: &'m Module, parts: &Parts<'m>, steps: &Steps<'m>, judged: &Judged<'m>) {
    let Sweep { set, word_line, line, width, .. } = &parts.sweep;
    let only_while = |pulses: Signal<'m>, holds: Signal<'m>| !pulses | holds;
    let limits = set.mux_all(&parts.registers.config.set, &parts.registers.config.reset);
    let ranges = [
        ("word_line", word_line, limits.word_line),
        ("line", line, limits.line),
        ("width", width, limits.width),
    ];
    for (name, dimension, range) in ranges {
        let is_inside = dimension.value.ge(range.start) & dimension.value.le(range.stop);
        m.assert(&format!("{name}_is_in_the_box"), only_while(steps.drives, is_inside));
    }
    m.assert(
        "pulses_are_within_their_width",
        only_while(steps.pulses, steps.clocks_before.lt(width.value.zext(steps.clocks_before.width()))),
    );
    m.assert("pulses_are_within_their_limit", only_while(steps.drives, parts.may_pulse));
    m.assert("pulses_are_for_cells", only_while(steps.drives, judged.cells.any()));
    m.assert("cells_given_up_get_no_pulse", only_while(steps.drives, !(judged.cells & judged.failed).any()));
    m.assert("reads_and_pulses_are_apart", !(steps.drives & steps.reads));
    m.assert("pulses_have_dacs", only_while(steps.pulses, steps.drives));

    // Into a pulse, within it and out of it.
    let driven = [steps.drives, *set, word_line.value, line.value, judged.cells];
    let driven = m.concat(&driven).named("driven");
    let driven_before = m.reg("driven_before", driven.width());
    driven_before.set(driven);
    let pulsed_before = m.reg("pulsed_before", 1).reset_to(0);
    pulsed_before.set(steps.pulses);
    let is_near = steps.pulses | pulsed_before.value();
    m.assert("nothing_moves_around_a_pulse", only_while(is_near, driven.eq(driven_before.value())));
}

fn analog<'m>(parts: &Parts<'m>, steps: &Steps<'m>, judged: &Judged<'m>) -> Analog<Signal<'m>> {
    Analog {
        read: steps.reads,
        read_reference: judged.reference,
        sense: steps.senses,
        drive: steps.drives,
        pulse: steps.pulses,
        polarity: parts.sweep.set,
        word_line: parts.sweep.word_line.value,
        line: parts.sweep.line.value,
        cells: judged.cells,
    }
}
