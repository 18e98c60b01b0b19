//! Updates by counts: row after row, how many pulses each weight takes.

use super::network::{Counts, Network};
use super::pulses::Begin;
use super::stored::Stored;
use crate::common::counter::counter;
use crate::common::flow::Flow;
use crate::meadow::meadow_requantize::Rounding;
use crate::meadow::meadow_requantize::scaling::{Magnitude, product, rounded};
use hdl::{Module, Signal};

/// The stages of registers of a count.
pub const STAGES: [&str; 3] = ["factors", "gradient", "count"];

/// Gives the counts of an update, a column of a row of each layer a beat. Returns whether its values are used for the last time.
///
/// A weight grows where the signs of its activation and its delta differ, since the delta is that of the error.
pub fn counts<'m>(
    m: &'m Module,
    network: &Network,
    activations: &[Stored<'m>],
    deltas: &[Stored<'m>],
    shift: Signal<'m>,
    Begin { begins, error }: Begin<'m>,
) -> Signal<'m> {
    let output = m.output_stream("out", &network.counts());
    let is_there = m.wire("has_counts", 1);
    let flow = Flow { m, advance: (!is_there.value() | output.ready()).named("has_room") };
    let is_active = m.reg("has_values", 1).reset_to(0);
    let moves = (is_active.value() & flow.advance).named("moves");

    let (rows, columns) = (network.longest_row_side(), network.longest_column_side());
    let column = counter(m, "count_column", columns, moves & !error).expect("layers have several columns");
    let is_last_column = column.eq(u64::from(columns - 1)).named("is_last_column");
    let row = counter(m, "count_row", rows, moves & is_last_column).expect("layers have several rows");
    let row_last = error | is_last_column;
    let last = (error | (is_last_column & row.eq(u64::from(rows - 1)))).named("is_last_beat");
    let ends = (moves & last).named("values_are_used");
    is_active.enable(begins | ends).set(begins);

    is_there.drive(flow.valid_through(&STAGES, is_active.value()));
    output.set_valid(is_there.value());
    // The next errors may come while the last counts are rounded.
    let shift = flow.through(&STAGES[..2], "shift", shift);
    let of_layer = |(layer, (activations, deltas)): (usize, (&Stored<'m>, &Stored<'m>))| {
        // Neither may be written yet.
        let activation = activations.read_or_zero(row, rows).gated(!error);
        let delta = deltas.read_or_zero(column, columns).gated(!error);
        m.scope(&format!("layer{layer}"), || count(flow, network, activation, delta, shift))
    };
    let counts = activations.iter().zip(deltas).enumerate().map(of_layer).collect::<Vec<_>>();
    let error_seen = m.reg("error_seen", 1).reset_to(0).enable(moves);
    error_seen.set(error_seen.value() | error);
    output.set_payload(Counts {
        counts: m.concat_lsb(&counts),
        row_last: flow.through(&STAGES, "row_last", row_last),
        last: flow.through(&STAGES, "last", last),
        error: flow.through(&STAGES, "error", error),
        error_seen: flow.through(&STAGES[1..], "error_seen", error_seen.value()),
    });
    ends
}

/// The pulses of a weight: how many, and which way.
fn count<'m>(
    flow: Flow<'m>,
    network: &Network,
    activation: Signal<'m>,
    delta: Signal<'m>,
    shift: Signal<'m>,
) -> Signal<'m> {
    let magnitude = |name: &str, value| flow.m.scope(name, || Magnitude::of_lanes(flow, &[value])[0]);
    let (activation, delta) = (magnitude("activation", activation), magnitude("delta", delta));
    let negative = !(activation.negative ^ delta.negative);
    let gradient = product(flow, Magnitude { negative, ..activation }, delta.magnitude);
    let width = gradient.magnitude.width().max(network.count_bits + 1);
    let gradient = Magnitude { magnitude: gradient.magnitude.zext(width), ..gradient };
    rounded(flow, Rounding::HalfAway, gradient, shift, network.count_bits)
}
