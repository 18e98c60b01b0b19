//! Updates by signs: the outer product of the signs of activations and deltas, in four phases.

use super::network::{Network, Update};
use crate::crossbar::counter::counter;
use hdl::{Module, Signal};
use parts::arithmetic::negate::negated;
use parts::storage::held::held;

/// Which values are above their floor, and which are below its negative.
#[derive(Clone, Copy)]
pub struct Signs<'m> {
    /// Above.
    pub positive: Signal<'m>,
    /// Below.
    pub negative: Signal<'m>,
}

/// The signs of a value; neither if its absolute value is at most `floor`.
pub fn signs<'m>(value: Signal<'m>, floor: Signal<'m>) -> Signs<'m> {
    let is_beyond = negated(value, value.msb()).gt(floor.zext(value.width()));
    Signs { positive: is_beyond & !value.msb(), negative: is_beyond & value.msb() }
}

impl<'m> Signs<'m> {
    /// Both, by their names.
    pub fn map(self, mut each: impl FnMut(&str, Signal<'m>) -> Signal<'m>) -> Signs<'m> {
        Signs { positive: each("positive", self.positive), negative: each("negative", self.negative) }
    }

    /// Those of several groups of values, the first in the lowest bits.
    pub fn joined(m: &'m Module, groups: &[Signs<'m>]) -> Signs<'m> {
        let all = |of: fn(&Signs<'m>) -> Signal<'m>| m.concat_lsb(&groups.iter().map(of).collect::<Vec<_>>());
        Signs { positive: all(|signs| signs.positive), negative: all(|signs| signs.negative) }
    }

    /// Those of the last `count` values that were taken, the first in the lowest bits.
    pub fn collected(self, m: &'m Module, name: &str, count: u32, takes: Signal<'m>) -> Signs<'m> {
        self.map(|sign, bit| {
            let mask = m.reg(&format!("{name}_{sign}"), count).enable(takes);
            mask.set(m.concat(&[bit, mask.value().high(count - 1)]));
            mask.value()
        })
    }
}

/// The rows and columns of all layers by their signs.
pub struct Masks<'m> {
    /// Of activations.
    pub rows: Signs<'m>,
    /// Of deltas.
    pub columns: Signs<'m>,
}

/// Gives the four phases of an update from the second cycle behind `begins` on. Returns whether the masks are used for the last
/// time. Rows and columns come from registers of their own, without glitches.
///
/// With `error` no weight changes: the beats may be those of two samples.
///
/// A weight grows where the signs of its activation and its delta differ, since the delta is that of the error.
pub fn phases<'m>(
    m: &'m Module,
    network: &Network,
    masks: &Masks<'m>,
    begins: Signal<'m>,
    error: Signal<'m>,
) -> Signal<'m> {
    let output = m.output_stream("out", &network.update());
    let is_there = m.reg("has_phase", 1).reset_to(0);
    let has_room = (!is_there.value() | output.ready()).named("has_room");
    let is_active = m.reg("has_masks", 1).reset_to(0);
    let moves = (is_active.value() & has_room).named("moves");
    let phase = counter(m, "phase", 4, moves).expect("there are several phases");
    let (low, high) = (phase.bit(0), phase.bit(1));
    let last = (low & high).named("is_last_phase");
    let ends = (moves & last).named("masks_are_used");
    is_active.enable(begins | ends).set(begins);
    is_there.enable(has_room).set(moves);
    output.set_valid(is_there.value());

    let lines = |name: &str, signs: Signs<'m>, is_positive: Signal<'m>| {
        let chosen = is_positive.mux(signs.positive, signs.negative);
        let lines = m.reg(name, chosen.width()).reset_to(0).enable(has_room);
        lines.set(chosen.gated(moves & !error));
        lines.value()
    };
    let update = Update {
        rows: lines("rows", masks.rows, !high),
        columns: lines("columns", masks.columns, low ^ high),
        increase: held(m, "increase", !low, moves),
        last: held(m, "is_last", last, moves),
        error: held(m, "update_error", error, moves),
    };
    m.assert("lines_rest_without_a_phase", is_there.value() | !(update.rows.any() | update.columns.any()));
    output.set_payload(update);
    ends
}
