//! The hardware.
//!
//! ```text
//! in --+--> reference --> [beat] --> powers --> + --> [sum] --> log2 --> [rows] --+
//!      |                                                                          v
//!      +--> [scores: two rows] --------------------> distance + log2 --> 2^-x --> out
//! ```

use super::params::{Params, REFERENCE_BITS, SCORE_BITS, STEP_BITS};
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
        m.describe("Throughput: a beat a cycle. A row leaves 4 cycles after its last beat, behind the rows before it.");
        params.values().into_iter().for_each(|(name, value)| m.parameter(&name, value));
        softmax(m, params);
    })
}

fn softmax(m: &Module, params: &Params) {
    let (input, output) = (m.input_stream("in", &params.input()), m.output_stream("out", &params.output()));
    // Scores as distances from the least one.
    let sign = m.lit(1 << (SCORE_BITS - 1), SCORE_BITS);
    let scores: Vec<Signal> =
        input.field("scores").split_lsb(SCORE_BITS).into_iter().map(|score| score ^ sign).collect();
    let word = m.concat(&[input.field("last"), m.concat_lsb(&scores)]);
    let buffer = Fifo::new(m, "scores", word.width(), (2 * params.beats()).into());
    let rows = Fifo::new(m, "rows", REFERENCE_BITS + log_width(params), ROWS);
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

/// Width of the logarithm of a sum, two's complement: it is above -1.
fn log_width(params: &Params) -> u32 {
    params.log_bits() + bit_length((params.sum_bits() - params.power_bits()).into()) + 1
}

/// The reference and the logarithm of each row's sum, with a flag when they are there.
fn sum_up<'m>(
    m: &'m Module,
    params: &Params,
    fires: Signal<'m>,
    scores: &[Signal<'m>],
    last: Signal<'m>,
) -> (Signal<'m>, Signal<'m>) {
    // The reference: the least whole power of two that no score exceeds.
    let needed = scores.iter().map(|score| {
        let (whole, steps) = (score.high(SCORE_BITS - STEP_BITS), score.low(STEP_BITS));
        whole.zext(REFERENCE_BITS) + steps.any().zext(REFERENCE_BITS)
    });
    let needed = greatest(needed.collect()).named("needed");
    let is_first = m.reg("is_first", 1).reset_to(1).enable(fires);
    is_first.set(last);
    let reference = m.reg("reference", REFERENCE_BITS).enable(fires);
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
            let below = distance(m, reference.value(), score);
            let value = lookup(m, below.low(STEP_BITS), &table, params.power_bits() + 1);
            rounded_shift(value, below.high(below.width() - STEP_BITS)).named("power")
        })
    };
    let powers: Vec<Signal> = beat.split_lsb(SCORE_BITS).into_iter().enumerate().map(power).collect();
    let added = add_all(powers).named("added");
    let sum = m.reg("sum", params.sum_bits()).enable(is_there);
    let kept = (sum.value() >> rise).gated(!starts).named("kept");
    sum.set(kept + added.zext(params.sum_bits()));
    let summed = held(m, "summed_reference", reference.value(), is_there);
    let done = flag("sum_is_done", ends);
    (done, m.concat(&[summed, log(m, params, sum.value())]))
}

/// How far a score is below the reference, in steps.
fn distance<'m>(m: &'m Module, reference: Signal<'m>, score: Signal<'m>) -> Signal<'m> {
    let width = REFERENCE_BITS + STEP_BITS;
    (m.concat(&[reference, m.lit(0, STEP_BITS)]) - score.zext(width)).named("below")
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

/// Shifted right, half a place rounded up.
fn rounded_shift<'m>(value: Signal<'m>, places: Signal<'m>) -> Signal<'m> {
    let m = value.module();
    let shifted = m.concat(&[value, m.lit(0, 1)]) >> places;
    shifted.high(value.width()) + shifted.bit(0).zext(value.width())
}

/// The logarithm of a sum: its leading 1, what follows, and a correction.
fn log<'m>(m: &'m Module, params: &Params, sum: Signal<'m>) -> Signal<'m> {
    m.scope("log", || {
        let (f, width) = (params.log_bits(), log_width(params));
        let zeros = count_leading_zeros(m, sum).count;
        let normal = (sum << zeros).named("normalised");
        let mantissa = normal.slice(sum.width() - 2, sum.width() - 1 - f);
        let correction = lookup(m, mantissa.high(params.index_bits()), &log_corrections(params), f);
        // The place of the leading 1 above that of 1.
        let above = width - f;
        let zeros = if zeros.width() > above { zeros.low(above) } else { zeros.zext(above) };
        let places = m.lit((sum.width() - 1 - params.power_bits()).into(), above) - zeros;
        let whole = m.concat(&[places, mantissa]);
        (whole + correction.zext(width)).named("log_of_sum")
    })
}

/// A probability for each score of a beat.
fn probabilities<'m>(m: &'m Module, params: &Params, row: Signal<'m>, scores: Signal<'m>) -> Signal<'m> {
    let width = log_width(params);
    let (reference, log) = (row.high(REFERENCE_BITS), row.low(width));
    let corrections = power_corrections(params);
    let lanes = scores.split_lsb(SCORE_BITS).into_iter().enumerate();
    let lanes = lanes.map(|(lane, score)| {
        m.scope(&format!("lane{lane}"), || {
            let below = distance(m, reference, score);
            probability(m, params, below, log, &corrections)
        })
    });
    m.concat_lsb(&lanes.collect::<Vec<_>>())
}

/// 2^-(below + log): whole places are a shift, and 2^-f is 1 - f/2 less a correction.
fn probability<'m>(
    m: &'m Module,
    params: &Params,
    below: Signal<'m>,
    log: Signal<'m>,
    corrections: &[u64],
) -> Signal<'m> {
    let (f, bits, output) = (params.log_bits(), params.result_bits(), params.output_bits);
    let width = log.width().max(below.width() + f - STEP_BITS) + 1;
    let scaled = below.zext(width) << (f - STEP_BITS);
    let total = (scaled + log.sext(width)).named("distance");
    let total = total.gated(!total.msb());
    let (whole, fraction) = (total.slice(width - 2, f), total.low(f));
    let correction = lookup(m, fraction.high(params.index_bits()), corrections, bits);
    let taken = (fraction.zext(bits) << (bits - f - 1)) + correction;
    let value = (m.lit(1 << bits, bits + 1) - taken.zext(bits + 1)).named("value");
    // One place below the result stays for the rounding.
    let shifted = value.high(output + 2) >> whole;
    let rounded = (shifted.high(output + 1) + shifted.bit(0).zext(output + 1)).named("rounded");
    (rounded.low(output) | rounded.msb().repeat(output)).named("probability")
}
