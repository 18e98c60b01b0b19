//! The hardware: the columns of an output are added from the highest slice down, each time shifted by a slice; then the phase
//! weighs them.
//!
//! ```text
//! code --> +/- --> + --> [partial] --> << bit --> +/- --> + --> [sums] (one an output)
//!                  ^         |                            ^       |
//!                  +-- << ---+                            +-------+--> [out] in the last phase
//! ```

use super::BLOCK;
use super::params::{Conversion, Params, Scheme, Sum};
use crate::block::Hardware;
use crate::common::counter::counter;
use crate::crossbar::phase::Phase;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal};
use parts::arithmetic::negate::negated;
use parts::storage::held::{held, held_flag};
use parts::storage::store::Store;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "Conversions of a crossbar's columns to sums, over bits of inputs, slices of weights and blocks of rows.";
        let timing = "Latency: 2 cycles. Throughput: one conversion a cycle.";
        block(design, &BLOCK, self, &[what, timing], |m| {
            unit(m, self);
        })
    }
}

fn unit(m: &Module, params: &Params) {
    let (input, output) =
        (m.input_stream("in", &params.conversion()), m.output_stream("out", &params.result()));
    let is_given = m.reg("is_given", 1).reset_to(0);
    let advance = (!is_given.value() | output.ready()).named("advance");
    input.set_ready(advance);
    let partial = partial(m, params, input.fires(), &input.payload, advance);

    let added = added(m, params, &partial, advance);
    is_given.enable(advance).set(added.gives);
    output.set_valid(is_given.value());
    output.set_payload(Sum {
        sum: held(m, "sum", added.sum, added.gives & advance),
        saturated: added
            .saturated
            .map(|saturated| held(m, "has_saturated", saturated, added.gives & advance)),
        last: held(m, "is_last_output", partial.is_last_output, added.gives & advance),
        error: held(m, "is_wrong", added.error, added.gives & advance),
    });
}

/// Where in a phase a conversion is.
struct Place<'m> {
    /// It is that of the dummy column.
    is_dummy: Option<Signal<'m>>,
    /// Its number among the columns of its output.
    column: Option<Signal<'m>>,
    is_first_column: Signal<'m>,
    is_last_column: Signal<'m>,
    output: Signal<'m>,
    is_last_output: Signal<'m>,
}

/// Counts the columns of the outputs of each phase.
fn place<'m>(m: &'m Module, params: &Params, takes: Signal<'m>) -> Place<'m> {
    let is_dummy = (params.scheme == Scheme::DummyColumn).then(|| m.reg("is_dummy", 1).reset_to(1));
    let counts = match is_dummy {
        None => takes,
        Some(is_dummy) => takes & !is_dummy.value(),
    };
    let column = counter(m, "column", params.columns_of_output(), counts);
    let (is_first_column, is_last_column) = match column {
        None => (m.ones(1), m.ones(1)),
        Some(column) => (column.eq(0), column.eq(u64::from(params.columns_of_output() - 1))),
    };
    let completes = (counts & is_last_column).named("completes");
    let output = counter(m, "output", params.outputs, completes);
    let last_output = u64::from(params.outputs - 1);
    let is_last_output = output.map_or(m.ones(1), |output| output.eq(last_output));
    if let Some(is_dummy) = is_dummy {
        is_dummy.enable(takes).set(completes & is_last_output);
    }
    Place {
        is_dummy: is_dummy.map(|is_dummy| is_dummy.value()),
        column,
        is_first_column,
        is_last_column,
        output: output.unwrap_or(m.zero(params.output_index_bits())),
        is_last_output,
    }
}

/// The columns of an output in a phase, added up.
struct Partial<'m> {
    /// All columns are in it.
    is_complete: Signal<'m>,
    value: Signal<'m>,
    /// One of them saturated.
    saturated: Option<Signal<'m>>,
    phase: Phase<Signal<'m>>,
    output: Signal<'m>,
    is_last_output: Signal<'m>,
}

fn partial<'m>(
    m: &'m Module,
    params: &Params,
    takes: Signal<'m>,
    conversion: &Conversion<Signal<'m>>,
    advance: Signal<'m>,
) -> Partial<'m> {
    let place = place(m, params, takes);
    let bits = params.partial().bits();
    let partial = m.reg("partial", bits).enable(takes);
    let (negative, shifts) = signs_and_shifts(m, params, &place);
    let before = match params.has_places() {
        true => shifts.mux(partial.value() << params.cell_bits, partial.value()),
        false => partial.value(),
    };
    let before = before.gated(!place.is_first_column);
    let code = negated(conversion.code.zext(bits), negative);
    let mut sum = before + code;
    if let Some(is_dummy) = place.is_dummy {
        let offset = held(m, "offset", conversion.code, takes & is_dummy);
        sum = sum - offset.gated(place.is_first_column).zext(bits);
    }
    partial.set(sum.named("with_code"));
    let saturated = conversion.saturated.map(|now| saturated(m, &place, takes, now));
    let is_of_output = place.is_dummy.map_or(takes, |is_dummy| takes & !is_dummy);
    Partial {
        is_complete: held_flag(m, "is_complete", is_of_output & place.is_last_column, advance),
        value: partial.value(),
        saturated,
        phase: m.hold("partial_phase", &conversion.phase, takes),
        output: held(m, "partial_output", place.output, takes),
        is_last_output: held(m, "partial_is_last", place.is_last_output, takes),
    }
}

/// Whether a column of the output so far saturated, or that of its offset.
fn saturated<'m>(m: &'m Module, place: &Place<'m>, takes: Signal<'m>, now: Signal<'m>) -> Signal<'m> {
    let partial = m.reg("partial_saturated", 1).enable(takes);
    let of_offset = match place.is_dummy {
        Some(is_dummy) => held(m, "offset_saturated", now, takes & is_dummy),
        None => m.zero(1),
    };
    partial.set(place.is_first_column.mux(of_offset, partial.value()) | now);
    partial.value()
}

/// Whether a column subtracts, and whether it begins a slice below another column.
fn signs_and_shifts<'m>(m: &'m Module, params: &Params, place: &Place<'m>) -> (Signal<'m>, Signal<'m>) {
    match params.scheme {
        Scheme::DifferentialPair => {
            let subtracts = place.column.expect("a pair has two columns").bit(0);
            (subtracts, !subtracts)
        }
        Scheme::NegativeCount => (place.is_first_column, m.ones(1)),
        Scheme::DummyColumn => (m.zero(1), m.ones(1)),
    }
}

/// The sum of an output with a complete partial sum.
struct Added<'m> {
    /// The sum is that of the vector.
    gives: Signal<'m>,
    sum: Signal<'m>,
    error: Signal<'m>,
    saturated: Option<Signal<'m>>,
}

fn added<'m>(m: &'m Module, params: &Params, partial: &Partial<'m>, advance: Signal<'m>) -> Added<'m> {
    let bits = params.sum_bits();
    let adds = (partial.is_complete & advance).named("adds");
    // Each output begins anew where the phase before was the last of its vector.
    let begins = m.reg("begins", 1).reset_to(1).enable(adds & partial.is_last_output);
    begins.set(partial.phase.last);

    let flags = 1 + u32::from(params.saturation);
    let sums = Store::new(m, "sums", bits + flags, params.outputs.into());
    let word = sums.read(partial.output).gated(!begins.value()).named("before");
    let (before, was_wrong) = (word.low(bits), word.bit(bits));
    let (term, is_no_bit) = weighed(m, params, partial);
    let wide = (before.sext(bits + 1) + term.sext(bits + 1)).named("wide_sum");
    let overflows = wide.msb() ^ wide.bit(bits - 1);
    let (sum, error) = (wide.low(bits), (was_wrong | overflows | is_no_bit).named("error_so_far"));
    let saturated = partial.saturated.map(|saturated| saturated | word.msb());
    let kept: Vec<Signal> = saturated.into_iter().chain([error, sum]).collect();
    sums.write(adds, partial.output, m.concat(&kept));
    Added { gives: partial.is_complete & partial.phase.last, sum, error, saturated }
}

/// A partial sum times the weight of its phase, and whether inputs have no such bit.
fn weighed<'m>(m: &'m Module, params: &Params, partial: &Partial<'m>) -> (Signal<'m>, Signal<'m>) {
    let Phase { bit, subtract, .. } = partial.phase;
    // The least partial sum can be subtracted.
    let wide = partial.value.sext(partial.value.width() + params.input_bits);
    let (shifted, is_no_bit) = match bit {
        None => (wide, m.zero(1)),
        Some(bit) => {
            let is_no_bit = (params.input_bits..1 << bit.width()).map(|number| bit.eq(number));
            let is_no_bit = is_no_bit.fold(m.zero(1), |either, is| either | is).named("is_no_bit");
            ((wide << bit).gated(!is_no_bit), is_no_bit)
        }
    };
    (subtract.map_or(shifted, |subtract| negated(shifted, subtract)).named("term"), is_no_bit)
}
