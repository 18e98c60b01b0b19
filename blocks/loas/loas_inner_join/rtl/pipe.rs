//! A pipe: finds one match per cycle in the current join.

use super::super::interface::{SpikeMatch, WeightMatch};
use super::super::params::Params;
use super::chunks::Chunks;
use super::lanes::Lanes;
use hdl::{Bundle, Module, Signal, Stream};
use parts::arithmetic::count::population_modulo;
use parts::arithmetic::lowest_one::lowest_one;
use parts::storage::fifo::Fifo;
use parts::storage::held::held;

/// Outputs to the rest of the inner-join.
pub struct Pipe<'m> {
    /// The last match of a join leaves in this cycle.
    pub ends_join: Signal<'m>,
    /// The slot of that join.
    pub ended_slot: Signal<'m>,
    /// A match waits for its offset in A.
    pub waits_for_offset: Signal<'m>,
    /// No match can be found, since the FIFO of waiting matches is full.
    pub fifo_full: Signal<'m>,
}

/// A match.
#[derive(Clone, Copy)]
struct Match<'m> {
    place: Place<Signal<'m>>,
    offset: Signal<'m>,
    tag: Signal<'m>,
}

/// What a match needs for its offset in A.
#[derive(Clone, Copy, Bundle)]
struct Place<T> {
    position: T,
    slot: T,
    /// No other match of the join follows.
    last: T,
}

impl<'m> Pipe<'m> {
    /// Takes joins from `lanes`, and sends their matches to `weight` and, with the offset in A, to `spike`.
    pub fn new(
        m: &'m Module,
        params: &Params,
        lanes: Lanes<'m>,
        chunks: &Chunks<'m>,
        weight: &Stream<'m, WeightMatch<Signal<'m>>>,
        spike: &Stream<'m, SpikeMatch<Signal<'m>>>,
    ) -> Pipe<'m> {
        let advance = m.wire("advances", 1);
        let (has_match, found) = current(m, params, lanes, chunks, advance.value());

        // The match that was found, one cycle later.
        let leaves = weight.fires();
        let valid = m.reg("found_valid", 1).reset_to(0);
        let takes = (!valid.value() | leaves).named("found_ready");
        advance.drive(takes);
        valid.enable(takes).set(has_match);
        let keep = |name: &str, value: Signal<'m>| held(m, name, value, takes & has_match);
        let place = m.hold("found", &found.place, takes & has_match);
        let fifo = Fifo::new(m, "fifo", place.packed_width(), params.fifo_depth.into());
        let fifo_full = (valid.value() & fifo.is_full()).named("fifo_full");
        weight.set_valid(valid.value() & !fifo.is_full());
        weight.set_payload(WeightMatch {
            tag: keep("found_tag", found.tag),
            offset: keep("found_offset", found.offset),
        });

        // The same match, once the ones of A before it are counted.
        let (front, has_word) = (fifo.front, fifo.has_word());
        let Place { position, slot, last } = m.unpack(&place, front);
        let is_counted = chunks.is_counted(slot);
        spike.set_valid(has_word & is_counted);
        let offset = chunks.offset(m, slot, position).named("offset_in_a");
        spike.set_payload(SpikeMatch { slot, offset });
        fifo.finish(weight.fires(), m.pack(&place), spike.fires());
        Pipe {
            ends_join: (spike.fires() & last).named("ends_join"),
            ended_slot: slot,
            waits_for_offset: has_word & !is_counted,
            fifo_full,
        }
    }
}

/// The current join: returns whether there is one, and its lowest match.
fn current<'m>(
    m: &'m Module,
    params: &Params,
    lanes: Lanes<'m>,
    chunks: &Chunks<'m>,
    advance: Signal<'m>,
) -> (Signal<'m>, Match<'m>) {
    let valid = m.reg("current_valid", 1).reset_to(0);
    let rest = m.reg("current_rest", params.mask_bits);
    let lowest = lowest_one(m, rest.value());
    let after = (rest.value() & !lowest.one_hot).named("rest_after");
    let is_last = (!after.any()).named("is_last");
    let ends = valid.value() & advance & is_last;
    let loads = (lanes.has_join & (!valid.value() | ends)).named("loads_join");
    let next = lanes.oldest;

    valid.enable(loads | ends).set(loads);
    let matches = (next.mask & chunks.mask(next.slot)).named("next_matches");
    rest.enable(loads | (valid.value() & advance)).set(loads.mux(matches, after));
    let keep = |name: &str, value: Signal<'m>| held(m, name, value, loads);
    let mask = keep("current_mask", next.mask);
    let (tag, slot) = (keep("current_tag", next.tag), keep("current_slot", next.slot));
    lanes.finish(loads);

    let counted = (mask & lowest.below).low(params.mask_bits - 1).named("ones_below");
    let offset = population_modulo(&counted.split_lsb(1), params.position_bits());
    let place = Place { position: lowest.index, slot, last: is_last };
    (valid.value(), Match { place, offset: offset.zext(params.position_bits()), tag })
}
