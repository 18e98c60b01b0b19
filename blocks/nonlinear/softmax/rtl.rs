//! The hardware.
//!
//! ```text
//! in --+--> reference --> [beat] --> powers --> + --> [sum] --> log2 --> [rows] --+
//!      |                                                                          v
//!      +--> [scores: two rows] --------------------> log2 - score --> 2^-x --> out
//! ```

use super::params::{GREATEST_WHOLE, Params, SCORE_BITS, STEP_BITS, WHOLE_BITS};
use super::tables::{log_corrections, power_corrections, powers};
use crate::block::Configured;
use crate::common::rtl::fifo::Fifo;
use crate::common::rtl::held::held;
use crate::common::rtl::leading_zeros::count_leading_zeros;
use crate::common::rtl::module::module;
use hdl::{Design, Module, ModuleRef, Signal, bit_length};

/// Rows whose sums wait, or are being made.
const ROWS: u64 = 4;

/// Adds the block to a design.
pub fn build(params: &Params, design: &Design) -> ModuleRef {
    module(design, "softmax", &params.name_parts(), |m| {
        m.describe("Softmax of rows of scores, to base 2, by logarithms: no multiplier and no divider.");
        m.describe("Throughput: a beat a cycle. A row leaves 3 cycles after its last beat, behind the rows before it.");
        params.values().into_iter().for_each(|(name, value)| m.parameter(&name, value));
        softmax(m, params);
    })
}

fn softmax(m: &Module, params: &Params) {
    let (input, output) = (m.input_stream("in", &params.input()), m.output_stream("out", &params.output()));
    // Scores above the least one.
    let sign = m.lit(1 << (SCORE_BITS - 1), SCORE_BITS);
    let scores: Vec<Signal> =
        input.field("scores").split_lsb(SCORE_BITS).into_iter().map(|score| score ^ sign).collect();
    let word = m.concat(&[input.field("last"), m.concat_lsb(&scores)]);
    let buffer = Fifo::new(m, "scores", word.width(), (2 * params.beats()).into());
    let rows = Fifo::new(m, "rows", params.log_width(), ROWS);
    let in_flight = m.reg("rows_in_flight", bit_length(ROWS.into())).reset_to(0);
    let begins = input.fires() & input.field("last");
    let front = buffer.front;
    let is_last = front.msb();
    let ends = (output.fires() & is_last).named("row_ends");
    in_flight.enable(begins ^ ends).set(begins.mux(in_flight.value() + 1, in_flight.value() - 1));
    input.set_ready(!buffer.is_full() & in_flight.value().lt(m.lit(ROWS.into(), in_flight.value().width())));

    let (done, row) = sum_up(m, params, input.fires(), &scores, input.field("last"));
    output.set_valid(rows.has_word());
    let probabilities = probabilities(m, params, rows.front, front.low(params.lanes * SCORE_BITS));
    output.set_field("probabilities", probabilities);
    output.set_field("last", is_last);
    buffer.finish(input.fires(), word, output.fires());
    rows.finish(done, row, ends);
}

/// The logarithm of each row, with a flag when it is there.
fn sum_up<'m>(
    m: &'m Module,
    params: &Params,
    fires: Signal<'m>,
    scores: &[Signal<'m>],
    last: Signal<'m>,
) -> (Signal<'m>, Signal<'m>) {
    // The reference: the greatest whole part of a score.
    let needed = greatest(scores.iter().map(|score| score.high(WHOLE_BITS)).collect()).named("needed");
    let is_first = m.reg("is_first", 1).reset_to(1).enable(fires);
    is_first.set(last);
    let reference = m.reg("reference", WHOLE_BITS).enable(fires);
    let rises = needed.gt(reference.value()).named("rises");
    let next = (is_first.value() | rises).mux(needed, reference.value()).named("next_reference");
    reference.set(next);

    // The beat, a cycle later.
    let keep = |name: &str, signal: Signal<'m>| held(m, name, signal, fires);
    let flag = |name: &str, signal: Signal<'m>| {
        let register = m.reg(name, 1).reset_to(0);
        register.set(signal);
        register.value()
    };
    let beat = keep("beat", m.concat_lsb(scores));
    let rise = keep("rise", (next - reference.value()).gated(!is_first.value()));
    let (starts, is_there) = (keep("starts", is_first.value()), flag("beat_is_there", fires));
    let ends = flag("beat_ends_row", fires & last);

    // The sum.
    let table = powers(params);
    let power = |(lane, score): (usize, Signal<'m>)| {
        m.scope(&format!("power{lane}"), || {
            let value = lookup(m, score.low(STEP_BITS), &table, params.power_bits() + 1).named("of_step");
            let places = reference.value() - score.high(WHOLE_BITS);
            (m.concat(&[value, m.lit(0, GREATEST_WHOLE)]) >> places).named("power")
        })
    };
    let powers: Vec<Signal> = beat.split_lsb(SCORE_BITS).into_iter().enumerate().map(power).collect();
    let added = add_all(powers).named("added");
    let sum = m.reg("sum", params.sum_bits()).enable(is_there);
    let kept = (sum.value() >> rise).gated(!starts).named("kept");
    sum.set(kept + added.zext(params.sum_bits()));
    let summed = held(m, "summed_reference", reference.value(), is_there);
    let done = flag("sum_is_done", ends);
    (done, log(m, params, summed, sum.value()))
}

fn greatest<'m>(values: Vec<Signal<'m>>) -> Signal<'m> {
    tree(values, &|a: Signal<'m>, b: Signal<'m>| b.gt(a).mux(b, a))
}

/// The sum, with every carry.
fn add_all<'m>(values: Vec<Signal<'m>>) -> Signal<'m> {
    tree(values, &|a: Signal<'m>, b: Signal<'m>| a.add_wide(b))
}

/// A balanced tree of an operator.
fn tree<'m>(values: Vec<Signal<'m>>, join: &dyn Fn(Signal<'m>, Signal<'m>) -> Signal<'m>) -> Signal<'m> {
    match values.as_slice() {
        [only] => *only,
        values => {
            let pair = |pair: &[Signal<'m>]| if let [a, b] = pair { join(*a, *b) } else { pair[0] };
            tree(values.chunks(2).map(pair).collect(), join)
        }
    }
}

/// The entry of a table.
fn lookup<'m>(m: &'m Module, index: Signal<'m>, table: &[u64], width: u32) -> Signal<'m> {
    let entries: Vec<Signal> = table.iter().map(|entry| m.lit((*entry).into(), width)).collect();
    m.select(index, &entries)
}

/// The logarithm of a row: its reference, and of its sum the leading 1, what follows, and a correction.
fn log<'m>(m: &'m Module, params: &Params, reference: Signal<'m>, sum: Signal<'m>) -> Signal<'m> {
    m.scope("log", || {
        let (f, width) = (params.log_bits(), params.log_width());
        // A sum is 1 or more: its leading 1 is among its whole bits.
        let whole_bits = sum.width() - params.sum_fraction_bits();
        let zeros = count_leading_zeros(m, sum.high(whole_bits)).count;
        let normal = (sum << zeros).named("normalised");
        let mantissa = normal.slice(sum.width() - 2, sum.width() - 1 - f);
        let corrections = log_corrections(params);
        let correction = lookup(m, mantissa.high(params.index_bits()), &corrections, f).named("correction");
        let whole = width - f;
        let places = m.lit((whole_bits - 1).into(), whole) - zeros.zext(whole);
        let whole = (reference.zext(whole) + places).named("whole");
        (m.concat(&[whole, mantissa]) + correction.zext(width)).named("log_of_row")
    })
}

/// A probability for each score of a beat.
fn probabilities<'m>(m: &'m Module, params: &Params, log: Signal<'m>, scores: Signal<'m>) -> Signal<'m> {
    let corrections: Vec<u64> = power_corrections(params).iter().map(|correction| correction - 1).collect();
    let lanes = scores.split_lsb(SCORE_BITS).into_iter().enumerate();
    let lanes = lanes.map(|(lane, score)| {
        m.scope(&format!("lane{lane}"), || probability(m, params, log, score, &corrections))
    });
    m.concat_lsb(&lanes.collect::<Vec<_>>())
}

/// 2^-(log - score): whole places are a shift, and 2^-f is 1 - f/2 less a correction, with one less of which that is the
/// complement.
fn probability<'m>(
    m: &'m Module,
    params: &Params,
    log: Signal<'m>,
    score: Signal<'m>,
    corrections: &[u64],
) -> Signal<'m> {
    let (f, bits, output) = (params.log_bits(), params.result_bits(), params.output_bits);
    // Below a step all lanes have the same places.
    let steps = log.width() - (f - STEP_BITS);
    let distance = (log.high(steps) - score.zext(steps)).named("distance");
    let distance = m.concat(&[distance, log.low(f - STEP_BITS)]);
    let (whole, fraction) = (distance.high(distance.width() - f), distance.low(f));
    let correction = lookup(m, fraction.high(params.index_bits()), corrections, bits).named("correction");
    let value = (!((fraction.zext(bits) << (bits - f - 1)) + correction)).named("value");
    // One place below the result stays for the rounding.
    let shifted = value.high(output + 1) >> whole;
    (shifted.high(output) + shifted.bit(0).zext(output)).named("probability")
}
