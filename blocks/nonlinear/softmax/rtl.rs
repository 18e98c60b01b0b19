//! The hardware.
//!
//! ```text
//! in --+--> reference --> [beat] --> powers --> + --> [sum] --> log2 --> [rows] --+
//!      |                                                                          v
//!      +--> [scores: two rows] --------------------> log2 - score --> 2^-x --> out
//! ```

use super::BLOCK;
use super::params::{GREATEST_WHOLE, Mask, Params, Probabilities, SCORE_BITS, STEP_BITS, Scores, WHOLE_BITS};
use super::tables::{log_corrections, power_corrections, powers};
use crate::block::Hardware;
use crate::common::row_framing::RowFraming;
use crate::top::block;
use hdl::{Bundle, Design, Module, ModuleRef, Signal};
use parts::arithmetic::leading_zeros::count_leading_zeros;
use parts::arithmetic::tree::{add_all, tree};
use parts::storage::credit::Credit;
use parts::storage::fifo::Fifo;
use parts::storage::held::held;

/// Rows whose sums are waiting or being computed.
const ROWS: u64 = 4;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "Softmax of rows of scores, to base 2, by logarithms: no multiplier and no divider.";
        let timing = "Throughput: one beat per cycle. A row leaves 3 cycles after its last beat, behind the rows before it.";
        block(design, &BLOCK, self, &[what, timing], |m| {
            softmax(m, self);
        })
    }
}

fn softmax(m: &Module, params: &Params) {
    let (input, output) = (m.input_stream("in", &params.input()), m.output_stream("out", &params.output()));
    let buffer = Fifo::new(m, "scores", params.beat().packed_width(), (2 * params.beats()).into());
    let rows = Fifo::new(m, "rows", params.row().packed_width(), ROWS);
    let in_flight = Credit::new(m, "rows_in_flight", ROWS);
    let has_room = !buffer.is_full() & in_flight.has_room;
    let framing = RowFraming::new(m, params.beats(), &input, input.payload.last, has_room.named("has_room"));
    let RowFraming { takes, ends, .. } = framing;
    let row_enters = takes & ends;
    let (beat, row) = (m.unpack(&params.beat(), buffer.front), m.unpack(&params.row(), rows.front));
    let leaves = (output.fires() & beat.is_last).named("row_leaves");
    in_flight.finish(row_enters, leaves);

    // AboveLeast above the least one; a masked one is as the least, and its power is not added.
    let sign = m.lit(1 << (SCORE_BITS - 1), SCORE_BITS);
    let keep = kept(m, params, &input.payload, &framing);
    let scores = input.payload.scores.split_lsb(SCORE_BITS).into_iter().zip(keep.split_lsb(1));
    let scores: Vec<Signal> = scores.map(|(score, keep)| (score ^ sign).gated(keep)).collect();
    let scores = AboveLeast { above_least: m.concat_lsb(&scores), keep };
    let (done, summed) = sum_up(m, params, scores, &framing);

    output.set_valid(rows.has_word());
    output.set_payload(Probabilities {
        probabilities: probabilities(m, params, row.log, beat.scores),
        keep: beat.scores.keep,
        last: beat.is_last,
        error: row.error,
    });
    buffer.finish(takes, m.pack(&Beat { scores, is_last: ends }), output.fires());
    rows.finish(done, m.pack(&summed), leaves);
}

/// The scores of a beat.
#[derive(Clone, Copy, Bundle)]
struct AboveLeast<T> {
    above_least: T,
    keep: T,
}

/// A beat that waits for the sum of its row.
#[derive(Clone, Copy, Bundle)]
struct Beat<T> {
    scores: AboveLeast<T>,
    /// The row ends with it.
    is_last: T,
}

/// What is known of a row when it is summed up.
#[derive(Clone, Copy, Bundle)]
struct Row<T> {
    /// The logarithm of its sum.
    log: T,
    /// A row up to it was too long.
    error: T,
}

impl Params {
    fn above_least(&self) -> AboveLeast<u32> {
        AboveLeast { above_least: self.lanes * SCORE_BITS, keep: self.lanes }
    }

    fn beat(&self) -> Beat<u32> {
        Beat { scores: self.above_least(), is_last: 1 }
    }

    fn row(&self) -> Row<u32> {
        Row { log: self.log_width(), error: 1 }
    }
}

impl<'m> AboveLeast<Signal<'m>> {
    /// Each score, and whether it counts.
    fn lanes(self) -> impl Iterator<Item = (Signal<'m>, Signal<'m>)> {
        self.above_least.split_lsb(SCORE_BITS).into_iter().zip(self.keep.split_lsb(1))
    }
}

/// Which scores of the beat count.
fn kept<'m>(
    m: &'m Module,
    params: &Params,
    input: &Scores<Signal<'m>>,
    framing: &RowFraming<'m>,
) -> Signal<'m> {
    match params.mask {
        Mask::Keep => input.keep.expect("the input has a bit for each score"),
        Mask::Count => counted(m, params.lanes, input.count.expect("the input has a count"), framing),
    }
}

/// The scores of the beat that are among the first `count` of their row.
fn counted<'m>(m: &'m Module, lanes: u32, count: Signal<'m>, framing: &RowFraming<'m>) -> Signal<'m> {
    let left = m.reg("valid_left", count.width()).enable(framing.takes);
    let valid = framing.is_first.mux(count, left.value()).named("valid_scores");
    left.set((valid - lanes).gated(valid.ge(lanes)));
    m.concat_lsb(&(0..lanes).map(|lane| valid.gt(lane)).collect::<Vec<_>>()).named("keep")
}

/// The logarithm of each row, with the flag of a row so far that was too long, and a flag when they are valid.
fn sum_up<'m>(
    m: &'m Module,
    params: &Params,
    scores: AboveLeast<Signal<'m>>,
    &RowFraming { takes, ends, error, .. }: &RowFraming<'m>,
) -> (Signal<'m>, Row<Signal<'m>>) {
    // The reference: the greatest whole part of a score.
    let needed = greatest(scores.lanes().map(|(score, _)| score.high(WHOLE_BITS)).collect()).named("needed");
    let is_first = m.reg("is_first", 1).reset_to(1).enable(takes);
    is_first.set(ends);
    let reference = m.reg("reference", WHOLE_BITS).enable(takes);
    let rises = needed.gt(reference.value()).named("rises");
    let next = (is_first.value() | rises).mux(needed, reference.value()).named("next_reference");
    reference.set(next);

    // The beat, a cycle later.
    let keep = |name: &str, signal: Signal<'m>| held(m, name, signal, takes);
    let flag = |name: &str, signal: Signal<'m>| {
        let register = m.reg(name, 1).reset_to(0);
        register.set(signal);
        register.value()
    };
    let beat = m.unpack(&params.above_least(), keep("beat", m.pack(&scores)));
    let rise = keep("rise", (next - reference.value()).gated(!is_first.value()));
    let (starts, is_there) = (keep("starts", is_first.value()), flag("beat_is_there", takes));
    let beat_ends = flag("beat_ends_row", takes & ends);

    // The sum.
    let table = powers(params);
    let power = |(lane, (score, keep)): (usize, (Signal<'m>, Signal<'m>))| {
        m.scope(&format!("power{lane}"), || {
            let value = lookup(m, score.low(STEP_BITS), &table, params.power_bits() + 1);
            let value = value.gated(keep).named("of_step");
            let places = reference.value() - score.high(WHOLE_BITS);
            (m.concat(&[value, m.lit(0, GREATEST_WHOLE)]) >> places).named("power")
        })
    };
    let powers: Vec<Signal> = beat.lanes().enumerate().map(power).collect();
    let added = add_all(powers).named("added");
    let sum = m.reg("sum", params.sum_bits()).enable(is_there);
    let kept = (sum.value() >> rise).gated(!starts).named("kept");
    sum.set(kept + added.zext(params.sum_bits()));
    let summed = held(m, "summed_reference", reference.value(), is_there);
    let done = flag("sum_is_done", beat_ends);
    let error = flag("error_of_sum", error);
    (done, Row { log: log(m, params, summed, sum.value()), error })
}

fn greatest<'m>(values: Vec<Signal<'m>>) -> Signal<'m> {
    tree(values, &|a: Signal<'m>, b: Signal<'m>| b.gt(a).mux(b, a))
}

/// The entry of a table.
fn lookup<'m>(m: &'m Module, index: Signal<'m>, table: &[u64], width: u32) -> Signal<'m> {
    let entries: Vec<Signal> = table.iter().map(|entry| m.lit((*entry).into(), width)).collect();
    m.select(index, &entries)
}

/// The logarithm of a row: its reference, plus the position of the sum's leading 1, the bits after it, and a
/// correction.
fn log<'m>(m: &'m Module, params: &Params, reference: Signal<'m>, sum: Signal<'m>) -> Signal<'m> {
    m.scope("log", || {
        let (f, width) = (params.log_bits(), params.log_width());
        // A sum is at least 1: its leading 1 is among its integer bits. If all scores are masked it is 0, and its
        // logarithm is not used.
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

/// A probability for each score of a beat, 0 for a masked one.
fn probabilities<'m>(
    m: &'m Module,
    params: &Params,
    log: Signal<'m>,
    scores: AboveLeast<Signal<'m>>,
) -> Signal<'m> {
    let corrections: Vec<u64> = power_corrections(params).iter().map(|correction| correction - 1).collect();
    let of_lane = |(lane, (score, keep)): (usize, (Signal<'m>, Signal<'m>))| {
        let probability = || probability(m, params, log, score, &corrections).gated(keep);
        m.scope(&format!("lane{lane}"), probability)
    };
    m.concat_lsb(&scores.lanes().enumerate().map(of_lane).collect::<Vec<_>>())
}

/// 2^-(log - score): the integer part is a shift, and 2^-f is 1 - f/2 minus a correction, computed as a complement with
/// a correction that is one less.
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
    // One bit below the result is kept for rounding.
    let shifted = value.high(output + 1) >> whole;
    (shifted.high(output) + shifted.bit(0).zext(output)).named("probability")
}
