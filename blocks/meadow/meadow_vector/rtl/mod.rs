//! The hardware.
//!
//! ```text
//! job --> check --> numbers of the job                                          status <-- the last result
//!
//! b --> [two rows] --+
//!                    v
//! a ---------------> op --> scale, round --+--> wide, narrow --------------+--> [row] --> first
//!                                          |                               |
//!                                          +--> layer_norm --+--> normal --+
//!                                               ^            |
//! affine --> [gains, biases] -------------------+            +--> shift, narrow --> [row] --> second
//! ```

mod control;
mod elements;
mod gains;
mod operands;
mod results;
mod walk;

use super::BLOCK;
use super::params::{ELEMENT_BITS, First, Norm, Params, ResultWord};
use crate::block::Hardware;
use crate::common::flow::Flow;
use crate::nonlinear::layer_norm::Elements;
use crate::top::block;
use control::{Work, control};
use elements::Scaled;
use hdl::{Child, Design, Module, ModuleRef, Signal, Stream, Wire};
use results::{Output, Push, narrow, packed};
use walk::RowsLeft;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let norm = self.norm().build(design);
        let what = "Sums, products and rotations of rows of 16-bit numbers, their norms, and 8-bit results.";
        let timing = "Throughput: a word of a in a cycle, as long as the outputs are taken.";
        block(design, &BLOCK, self, &[what, timing], |m| vector(m, self, norm))
    }
}

fn vector(m: &Module, params: &Params, norm: ModuleRef) {
    let norm = m.instance("u_norm", norm);
    let is_done = m.wire("is_done", 1);
    let work = control(m, params, is_done.value());
    let advance = m.wire("advance", 1);
    let flow = Flow { m, advance: advance.value() };
    let operands = operands::operands(m, params, &work, flow);
    let scaled = elements::scaled(m, params, &work, flow, &operands);

    let first = Output::new(m, params, "first", params.beats());
    let second = Output::new(m, params, "second", params.beats() / 2);
    let (of_scaled, scaled_ends) = leave_scaled(m, params, &work, norm, &scaled, &first, &advance);
    let normal = normal(m, params, &work, norm);
    let wants_first = work.job.first.eq(First::Normal);
    let has_room = (!wants_first | first.has_room) & (!work.job.second | second.has_room);
    let takes = (normal.valid & has_room).named("takes_normal");
    normal.advance.drive(!normal.valid | takes);

    let of_normal = Push { valid: takes & wants_first, word: normal.wide };
    let push = Push {
        valid: of_scaled.valid | of_normal.valid,
        word: wants_first.mux_all(&of_normal.word, &of_scaled.word),
    };
    let packed = packed(m, "packs_normal", takes, &normal.narrow, normal.wide.last);
    let is_empty = first.is_empty & second.is_empty;
    first.finish(&push);
    second.finish(&Push { valid: packed.valid & work.job.second, ..packed });

    let rows = m.scope("finished", || RowsLeft::new(m, work.start, work.job.rows));
    is_done.drive(!rows.is_active & is_empty);
    rows.finish(work.has_norm.mux(takes & normal.wide.last, scaled_ends));
}

/// Scaled elements go to the norm and to `first` as the job says. Gives what goes to `first`, and whether a row ends.
fn leave_scaled<'m>(
    m: &'m Module,
    params: &Params,
    work: &Work<'m>,
    norm: Child<'m>,
    scaled: &Scaled<'m>,
    first: &Output<'m>,
    advance: &Wire<'m>,
) -> (Push<'m>, Signal<'m>) {
    let input = norm.input_stream("in", &params.norm().input());
    let [is_wide, is_narrow] = [First::Wide, First::Narrow].map(|kind| work.job.first.eq(kind));
    let has_room = !(is_wide | is_narrow) | first.has_room;
    let data = m.concat_lsb(&scaled.elements);
    input.set_valid(scaled.valid & work.has_norm & has_room);
    let rms = work.job.norm.eq(Norm::Rms);
    input.set_payload(Elements {
        elements: data,
        epsilon: work.job.epsilon,
        rms: Some(rms),
        last: scaled.last,
    });
    let takes = (scaled.valid & has_room & (!work.has_norm | input.ready())).named("takes_scaled");
    advance.drive(!scaled.valid | takes);

    let elements: Vec<Signal> = scaled.elements.iter().copied().map(narrow).collect();
    let packed = packed(m, "packs_scaled", takes, &elements, scaled.last);
    let wide = ResultWord { data, last: scaled.last };
    let valid = (takes & is_wide) | (packed.valid & is_narrow);
    (Push { valid, word: is_wide.mux_all(&wide, &packed.word) }, takes & scaled.last)
}

/// A word of normalised elements.
struct Normal<'m> {
    valid: Signal<'m>,
    /// Makes way for the next one.
    advance: Wire<'m>,
    wide: ResultWord<Signal<'m>>,
    /// The elements for `second`.
    narrow: Vec<Signal<'m>>,
}

/// The normalised elements, two stages behind the norm.
fn normal<'m>(m: &'m Module, params: &Params, work: &Work<'m>, norm: Child<'m>) -> Normal<'m> {
    gains::gains(m, params, work, &norm.input_stream("affine", &params.norm().gains()));
    let output: Stream<_> = norm.output_stream("out", &params.norm().output());
    let advance = m.wire("advance_normal", 1);
    let flow = Flow { m, advance: advance.value() };
    output.set_ready(flow.advance);
    m.assert("rows_and_gains_meet", !(output.valid() & output.payload.error));

    let data = flow.keep("normal", output.payload.results);
    let half = (m.lit(1, ELEMENT_BITS + 1) << work.job.narrow_shift) >> 1;
    let shifted = |element: Signal<'m>| {
        let rounded = (element.sext(ELEMENT_BITS + 1) + half).shr_signed(work.job.narrow_shift);
        narrow(rounded)
    };
    let elements: Vec<Signal> = data.split_lsb(ELEMENT_BITS).into_iter().map(shifted).collect();
    let stages = ["normal", "leaving"];
    Normal {
        valid: flow.valid_through(&stages, output.valid()),
        wide: ResultWord {
            data: flow.keep("leaving", data),
            last: flow.through(&stages, "last", output.payload.last),
        },
        narrow: flow.keep_all("narrow", &elements),
        advance,
    }
}
