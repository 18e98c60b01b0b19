//! A scale for each row.

use super::reciprocal::{TOKEN_SCALE, token_scale};
use super::rows::Rows;
use super::scaling::{Magnitude, product, rounded};
use crate::common::flow::Flow;
use crate::meadow::meadow_requantize::params::{MAGNITUDE_BITS, Params, VALUE_BITS, ValueBeat};
use hdl::{Bundle, Module, Signal};
use parts::arithmetic::tree::tree;
use parts::storage::credit::Credit;
use parts::storage::fifo::Fifo;

/// Beats that are on their way to the scale of their row, and as many rows if each is one beat.
const UNDER_WAY: u32 = 16;

/// A beat that waits for the scale of its row.
#[derive(Clone, Bundle)]
struct Waiting<T> {
    lanes: Vec<Magnitude<T>>,
    last: T,
    error: T,
}

impl Params {
    fn waiting(&self) -> Waiting<u32> {
        let lane = Magnitude { negative: 1, magnitude: MAGNITUDE_BITS };
        Waiting { lanes: vec![lane; self.lanes as usize], last: 1, error: 1 }
    }
}

/// The block with a scale for each row.
pub fn per_token(m: &Module, params: &Params) {
    let output = m.output_stream("out", &params.output());
    let depth = u64::from(params.beats() + UNDER_WAY);
    let (beat_credit, row_credit) =
        (Credit::new(m, "beats_under_way", depth), Credit::new(m, "rows_under_way", UNDER_WAY.into()));
    let rows = Rows::new(m, params, beat_credit.has_room & row_credit.has_room);
    let row_enters = rows.takes & rows.ends;

    // What comes in moves on, whether results are taken or not: there is room for it.
    let flow = Flow { m, advance: m.ones(1) };
    let stages = ["biased", "magnitude"];
    let waiting = Waiting {
        lanes: Magnitude::of_lanes(flow, &flow.keep_all("biased", &rows.values)),
        last: flow.through(&stages, "last", rows.ends),
        error: flow.through(&stages, "error", rows.error),
    };
    let is_there = flow.valid_through(&stages, rows.takes);
    let magnitudes: Vec<Signal> = waiting.lanes.iter().map(|lane| lane.magnitude).collect();
    let scales = scales(flow, &magnitudes, is_there, waiting.last);

    let beats = Fifo::new(m, "beats", params.waiting().packed_width(), depth);
    let queue = Fifo::new(m, "scales", TOKEN_SCALE.packed_width(), UNDER_WAY.into());
    let beat = m.unpack(&params.waiting(), beats.front);
    let scale = m.unpack(&TOKEN_SCALE, queue.front);
    let is_done = m.wire("is_done", 1);
    let flow = Flow { m, advance: (!is_done.value() | output.ready()).named("advance") };
    let stages = ["product", "result"];
    is_done.drive(flow.valid_through(&stages, queue.has_word()));
    let leaves = (queue.has_word() & flow.advance).named("beat_leaves");
    let row_leaves = leaves & beat.last;

    let shift = flow.keep("product_shift", scale.shift);
    let lanes = (0..).zip(&beat.lanes).map(|(lane, magnitude)| {
        let product = || product(flow, *magnitude, scale.multiplier);
        let value = || rounded(flow, params.rounding, product(), shift, VALUE_BITS);
        m.scope(&format!("lane{lane}"), value)
    });
    let values = m.concat_lsb(&lanes.collect::<Vec<_>>());
    output.set_valid(is_done.value());
    output.set_payload(ValueBeat {
        values,
        maximum: Some(flow.through(&stages, "maximum", scale.maximum)),
        last: flow.through(&stages, "last", beat.last),
        error: flow.through(&stages, "error", beat.error),
    });
    beats.finish(is_there, m.pack(&waiting), leaves);
    queue.finish(scales.is_there, scales.word, row_leaves);
    beat_credit.finish(rows.takes, leaves);
    row_credit.finish(row_enters, row_leaves);
}

/// The scale of a row, packed.
struct Scale<'m> {
    is_there: Signal<'m>,
    word: Signal<'m>,
}

/// The scales of rows, from the magnitudes of their beats.
fn scales<'m>(
    flow: Flow<'m>,
    magnitudes: &[Signal<'m>],
    is_there: Signal<'m>,
    ends: Signal<'m>,
) -> Scale<'m> {
    let m = flow.m;
    let greater = |a: Signal<'m>, b: Signal<'m>| b.gt(a).mux(b, a);
    let of_beat = flow.keep("of_beat", tree(magnitudes.to_vec(), &greater));
    let (is_there, ends) = (flow.flag("of_beat_valid", is_there), flow.keep("of_beat_ends", ends));
    let starts = m.reg("starts", 1).reset_to(1).enable(is_there);
    starts.set(ends);
    let greatest = m.reg("greatest", MAGNITUDE_BITS).enable(is_there);
    greatest.set(greater(greatest.value().gated(!starts.value()), of_beat));
    let is_done = flow.valid_through(&["greatest", "normal", "start", "fallen"], is_there & ends);
    Scale { is_there: is_done, word: m.pack(&token_scale(flow, greatest.value())) }
}
