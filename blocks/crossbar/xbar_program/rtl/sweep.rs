//! The three loops of the pulses of a phase.

use super::Next;
use crate::crossbar::xbar_program::params::{Config, Limits, LoopOrder, Range};
use hdl::{Module, Signal};

/// A loop.
#[derive(Clone, Copy)]
pub struct Dimension<'m> {
    /// Its value.
    pub value: Signal<'m>,
    /// It is the last one.
    is_last: Signal<'m>,
}

/// The loops.
pub struct Sweep<'m> {
    pub word_line: Dimension<'m>,
    pub line: Dimension<'m>,
    pub width: Dimension<'m>,
    /// The phase is one of SET pulses.
    pub set: Signal<'m>,
    /// The phase that begins is.
    pub next_set: Signal<'m>,
    /// No pulse of the phase is left.
    pub is_swept: Signal<'m>,
}

impl<'m> Sweep<'m> {
    /// The loops of the phase; they go on where `steps` is 1.
    pub fn new(
        m: &'m Module,
        config: &Config<Signal<'m>>,
        next: &Next<Signal<'m>>,
        steps: Signal<'m>,
    ) -> Sweep<'m> {
        let begins = (next.begins | next.flips).named("phase_begins");
        let set = m.reg("set_phase", 1).enable(begins);
        let next_set = next.begins.mux(!config.reset_first, !set.value());
        set.set(next_set);
        let limits = set.value().mux_all(&config.set, &config.reset);
        let starts = next_set.mux_all(&config.set, &config.reset);
        let inside = Inside::new(m, limits.order);

        let wires = [m.wire("width_is_last", 1), m.wire("word_line_is_last", 1), m.wire("line_is_last", 1)];
        let [p, w, b] = wires.map(|wire| wire.value());
        let dimension = |name: &str, of: &dyn Fn(&Limits<Signal<'m>>) -> Range<Signal<'m>>, inner_end| {
            dimension(m, name, &of(&limits), (begins, of(&starts).start), steps & inner_end)
        };
        // A loop goes on where those inside it are at their ends.
        let width = dimension("width", &|limits| limits.width, (!inside.w_in_p | w) & (!inside.b_in_p | b));
        let word_line =
            dimension("word_line", &|limits| limits.word_line, (inside.w_in_p | p) & (!inside.b_in_w | b));
        let line = dimension("line", &|limits| limits.line, (inside.b_in_p | p) & (inside.b_in_w | w));
        wires[0].drive(width.is_last);
        wires[1].drive(word_line.is_last);
        wires[2].drive(line.is_last);

        let ends = steps & p & w & b;
        let repeats = m.reg("repeats_left", config.repeats.width()).enable(begins | ends);
        repeats.set(begins.mux(config.repeats, repeats.value() - 1));
        let is_swept = m.reg("is_swept", 1).enable(begins | ends);
        is_swept.set(!begins & !repeats.value().any());
        Sweep { word_line, line, width, set: set.value(), next_set, is_swept: is_swept.value() }
    }
}

/// Which loops are inside which: of width (P), word line (W) and line (B).
struct Inside<'m> {
    w_in_p: Signal<'m>,
    b_in_p: Signal<'m>,
    b_in_w: Signal<'m>,
}

impl<'m> Inside<'m> {
    fn new(m: &'m Module, order: Signal<'m>) -> Inside<'m> {
        let is_one_of = |orders: [LoopOrder; 3]| m.concat_lsb(&orders.map(|one| order.eq(one))).any();
        Inside {
            w_in_p: is_one_of([LoopOrder::Pwb, LoopOrder::Pbw, LoopOrder::Bpw]),
            b_in_p: is_one_of([LoopOrder::Pwb, LoopOrder::Pbw, LoopOrder::Wpb]),
            b_in_w: is_one_of([LoopOrder::Pwb, LoopOrder::Wpb, LoopOrder::Wbp]),
        }
    }
}

/// A loop: `begins` with a start, then goes on where `steps` is 1. The sum has a bit more than the value, so it cannot wrap
/// around to below the start.
fn dimension<'m>(
    m: &'m Module,
    name: &str,
    range: &Range<Signal<'m>>,
    (begins, start): (Signal<'m>, Signal<'m>),
    steps: Signal<'m>,
) -> Dimension<'m> {
    let value = m.reg(&format!("{name}_now"), start.width()).enable(begins | steps);
    let sum = value.value().add_wide(range.step);
    let is_last = sum.gt(range.stop.zext(sum.width())) | !range.step.any();
    let next = is_last.mux(range.start, sum.low(start.width()));
    value.set(begins.mux(start, next));
    Dimension { value: value.value(), is_last }
}
