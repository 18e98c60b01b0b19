//! Groups of weights become beats. The last beat waits for the end of the container.

use super::Shared;
use crate::meadow::weight_unpacker::params::{Params, WEIGHT_BITS, Weights};
use hdl::{Module, Reg, Signal, Stream};
use parts::storage::held::held;

/// Weights that were decoded in one cycle, up to as many as a beat has.
pub struct Group<'m> {
    /// The first in the lowest bits; what is behind the last may be anything.
    pub bytes: Signal<'m>,
    /// How many there are; a whole beat if that is not given.
    pub count: Option<Signal<'m>>,
    /// The container is wrong behind them.
    pub is_wrong: Option<Signal<'m>>,
}

/// The output stream.
pub struct Output<'m> {
    stream: Stream<'m, Weights<Signal<'m>>>,
    is_valid: Reg<'m>,
    /// There is room for a beat.
    pub advance: Signal<'m>,
}

impl<'m> Output<'m> {
    /// No beats.
    pub fn new(m: &'m Module, params: &Params) -> Output<'m> {
        let stream = m.output_stream("out", &params.output());
        let is_valid = m.reg("out_is_valid", 1).reset_to(0);
        let advance = (!is_valid.value() | stream.ready()).named("advance");
        Output { stream, is_valid, advance }
    }

    /// Takes a group while `is_there` and there is room; `ends` gives the last beat, with an error or none.
    pub fn finish(
        self,
        shared: &Shared<'_, 'm>,
        is_there: Signal<'m>,
        group: &Group<'m>,
        ends: Signal<'m>,
        error: Signal<'m>,
    ) {
        let Shared { module: m, params, starts, .. } = *shared;
        let lanes = params.lanes;
        let left = m.reg("left_to_give", 32);
        let is_last = left.value().le(u64::from(lanes)).named("is_last_beat");
        let takes = (is_there & self.advance).named("takes_group");
        let Aligned { beat, rest, gives } = aligned(shared, takes, group, is_last);
        left.enable(starts | gives);
        left.set(starts.mux(shared.header.count(), left.value() - lanes));

        let is_wrong = error.any().named("is_wrong");
        let in_last = |lane: u32| left.value().low(params.weights_bits()).gt(u64::from(lane)) & !is_wrong;
        let keep = m.concat_lsb(&(0..lanes).map(in_last).collect::<Vec<_>>()).named("keep_of_last");
        let kept = rest.split_lsb(WEIGHT_BITS).into_iter().zip(keep.split_lsb(1));
        let rest: Vec<Signal> = kept.map(|(weight, keep)| weight.gated(keep)).collect();
        let failed = m.reg("failed", 1).reset_to(0);
        failed.enable(ends & is_wrong).set(m.ones(1));
        let loads = (gives | ends).named("loads_beat");
        self.is_valid.enable(self.advance).set(loads);
        self.stream.set_valid(self.is_valid.value());
        self.stream.set_payload(Weights {
            weights: held(m, "beat", ends.mux(m.concat_lsb(&rest), beat), loads),
            keep: held(m, "keep", ends.mux(keep, m.ones(lanes)), loads),
            last: held(m, "last", ends, loads),
            error: held(m, "found", error.gated(ends), loads),
            failed: failed.value(),
        });
    }
}

/// A beat, and weights for the next one.
struct Aligned<'m> {
    beat: Signal<'m>,
    /// The last beat, once all groups have been taken.
    rest: Signal<'m>,
    /// The beat is full, and not the last one.
    gives: Signal<'m>,
}

/// Takes a group behind the weights that are left of the one before.
fn aligned<'m>(
    shared: &Shared<'_, 'm>,
    takes: Signal<'m>,
    group: &Group<'m>,
    is_last: Signal<'m>,
) -> Aligned<'m> {
    let Shared { module: m, params, starts, .. } = *shared;
    let width = WEIGHT_BITS * params.lanes;
    let rest = m.reg("rest", width);
    let Some(count) = group.count else {
        // Each group is a beat.
        rest.enable(takes).set(group.bytes);
        return Aligned { beat: group.bytes, rest: rest.value(), gives: takes & !is_last };
    };
    let offset = m.reg("rest_count", params.weights_bits());
    let is_there = |lane: u32| count.gt(u64::from(lane));
    let bytes = (0..).zip(group.bytes.split_lsb(WEIGHT_BITS));
    let bytes: Vec<Signal> = bytes.map(|(lane, byte)| byte.gated(is_there(lane))).collect();
    let places = m.concat(&[offset.value(), m.zero(WEIGHT_BITS.ilog2())]);
    let all = rest.value().zext(2 * width) | (m.concat_lsb(&bytes).zext(2 * width) << places);
    let all = all.named("rest_and_group");
    let sum = offset.value().add_wide(count).named("rest_and_group_count");
    let gives = (takes & sum.ge(u64::from(params.lanes)) & !is_last).named("gives");
    let after = gives.mux(sum - params.lanes, sum).low(params.weights_bits());
    offset.enable(starts | takes).set(after.gated(!starts));
    rest.enable(starts | takes).set(gives.mux(all.high(width), all.low(width)).gated(!starts));
    Aligned { beat: all.low(width), rest: rest.value(), gives }
}
