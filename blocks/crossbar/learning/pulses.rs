//! Updates by pulses: the outer product of activations and deltas, in four phases of their signs.

use super::lines::Lines;
use super::network::{Network, Pulse, UpdateForm};
use super::seed::{LFSR_BITS, first_state};
use crate::common::counter::counter;
use hdl::{Module, Signal};
use parts::coding::lfsr;
use parts::storage::held::{held, held_flag};

/// What an update begins with.
pub struct Begin<'m> {
    /// Rows and columns are there from the next cycle on.
    pub begins: Signal<'m>,
    /// No weight changes, from the next cycle on: the beats may be those of two samples.
    pub error: Signal<'m>,
}

/// Gives the phases of an update from the second cycle behind its begin on. Returns whether the lines are used for the last time.
/// Rows and columns come from registers of their own, without glitches.
///
/// A weight grows where the signs of its activation and its delta differ, since the delta is that of the error.
pub fn pulses<'m>(
    m: &'m Module,
    network: &Network,
    rows: &Lines<'m>,
    columns: &Lines<'m>,
    length: Option<Signal<'m>>,
    Begin { begins, error }: Begin<'m>,
) -> Signal<'m> {
    let output = m.output_stream("out", &network.pulse());
    let is_there = m.reg("has_phase", 1).reset_to(0);
    let has_room = (!is_there.value() | output.ready()).named("has_room");
    let is_active = m.reg("has_lines", 1).reset_to(0);
    let moves = (is_active.value() & has_room).named("moves");

    // One beat that drives nothing.
    let is_idle = length.map_or(error, |length| error | !length.any()).named("is_idle");
    let counts = moves & !is_idle;
    let ends_train = length.map_or(m.ones(1), |length| ends_train(m, length, counts)).named("ends_train");
    let phase = counter(m, "phase", 4, counts & ends_train).expect("there are several phases");
    let (low, high) = (phase.bit(0), phase.bit(1));
    let last = (is_idle | (low & high & ends_train)).named("is_last_beat");
    let ends = (moves & last).named("lines_are_used");
    is_active.enable(begins | ends).set(begins);
    is_there.enable(has_room).set(moves);
    output.set_valid(is_there.value());

    let [row_threshold, column_threshold] = thresholds(m, network, moves);
    let drive = |name: &str, lines: Signal<'m>| {
        let register = m.reg(name, lines.width()).reset_to(0).enable(has_room);
        register.set(lines.gated(moves & !is_idle));
        register.value()
    };
    let error_seen = m.reg("error_seen", 1).reset_to(0).enable(moves);
    error_seen.set(error_seen.value() | error);
    let pulse = Pulse {
        rows: drive("rows", rows.driven(m, !high, row_threshold)),
        columns: drive("columns", columns.driven(m, low ^ high, column_threshold)),
        increase: held(m, "increase", !low, moves),
        last: held(m, "is_last", last, moves),
        error: held_flag(m, "update_error", error, moves),
        error_seen: error_seen.value(),
    };
    m.assert("lines_rest_without_a_phase", is_there.value() | !(pulse.rows.any() | pulse.columns.any()));
    output.set_payload(pulse);
    ends
}

/// Whether a pulse is the last one of its train.
fn ends_train<'m>(m: &'m Module, length: Signal<'m>, counts: Signal<'m>) -> Signal<'m> {
    let pulse = m.reg("pulse", length.width()).reset_to(0).enable(counts);
    let next = pulse.value() + 1;
    let ends = next.eq(length);
    pulse.set(next.gated(!ends));
    ends
}

/// The random numbers that the absolute values of rows and columns must be above, other ones for each beat.
fn thresholds<'m>(m: &'m Module, network: &Network, moves: Signal<'m>) -> [Option<Signal<'m>>; 2] {
    match network.update {
        UpdateForm::Signs | UpdateForm::Counts => [None; 2],
        UpdateForm::Trains => {
            let (row_bits, column_bits) = (network.activation_bits - 1, network.delta_bits - 1);
            let state = m.reg("random", LFSR_BITS).reset_to(first_state(network.train_seed).into());
            let (bits, next) = lfsr::advanced(state.value(), row_bits + column_bits);
            state.enable(moves).set(next);
            let (rows, columns) = bits.split_at(row_bits as usize);
            [Some(m.concat(rows)), Some(m.concat(columns))]
        }
    }
}
