//! Sums on their way out: with those of another macro, and through the output stages.
//!
//! ```text
//! xbar_mvm --> sums --> + --> xbar_output_stage of each converter --> [results] --> m_axis_result
//! s_axis_partial --> [partial] --^      ^-- entries <-- s_axis_table
//! ```

use super::lanes::{is_above, joined};
use super::packet::{Packet, Taken};
use super::stages::{Stages, Sums};
use super::vectors::Tag;
use crate::crossbar::xbar_macro::params::{Beat, PARTIAL, Params, RESULT, ResultBeat, lane};
use hdl::{Bundle, Child, Module, Signal, Stream};
use parts::storage::fifo::Fifo;

/// Beats that a stream keeps, so that no path leads through it.
const BEATS: u64 = 2;

/// What results tell.
pub struct Results<'m> {
    /// The last sums of a vector leave `xbar_mvm`.
    pub vector_ends: Signal<'m>,
    /// Some are inside.
    pub are_inside: Signal<'m>,
    /// Sums of another macro, sums and tables are wrong, in this cycle.
    pub partial_error: Option<Signal<'m>>,
    pub sum_error: Option<Signal<'m>>,
    pub table_error: Option<Signal<'m>>,
    /// A code was the greatest one, in this cycle.
    pub saturates: Signal<'m>,
}

/// The results of the sums of `xbar_mvm`, whose vectors have these tags.
pub fn build<'m>(m: &'m Module, params: &Params, mvm: Child<'m>, tag: &Tag<Signal<'m>>) -> Results<'m> {
    let from = mvm.output_stream("out", &params.mvm.sums());
    m.assert("no_sum_of_an_array_leaves_its_range", !(from.valid() & from.payload.error));
    let (takes, last) = (m.wire("takes_sums", 1), from.payload.last);
    let own = from.payload.sums.split_lsb(params.mvm.adder().sum_bits());
    let partial = params.chained.then(|| m.scope("partial", || Partial::new(m, params, &own)));
    let is_first = m.reg("is_first_sum", 1).reset_to(1).enable(takes.value());
    is_first.set(last);
    let sums = Sums {
        are_there: from.valid(),
        are_whole: partial.as_ref().map_or(from.valid(), |partial| from.valid() & partial.packet.valid),
        takes: takes.value(),
        sums: match &partial {
            Some(partial) => partial.sums.clone(),
            None => own.iter().map(|sum| sum.sext(params.sum_bits())).collect(),
        },
        is_first: is_first.value(),
        last,
    };
    let kept = Kept::new(m, params);
    let stages = params.stage().map(|stage| Stages::new(m, params, &stage, &sums, tag));
    let has_room = stages.as_ref().map_or(kept.has_room, |stages| stages.ready);
    takes.drive(sums.are_whole & has_room);
    from.set_ready(partial.as_ref().map_or(has_room, |partial| has_room & partial.packet.valid));
    let added = partial.map(|partial| partial.finish(m, has_room & from.valid()));

    let user = is_wrong(m, &sums, tag, added.as_ref(), stages.as_ref());
    let table_error = stages.as_ref().map(|stages| stages.table_error);
    let are_kept = kept.are_there;
    let are_inside = match stages {
        None => {
            let data = joined(m, &sums.sums, params.result().data);
            kept.finish(m, params, sums.are_whole, ResultBeat { data, last, user });
            are_kept
        }
        Some(stages) => {
            let are_inside = are_kept | stages.are_busy;
            let (valid, beat) = stages.finish(m, params, sums.takes, user, kept.has_room);
            kept.finish(m, params, valid, beat);
            are_inside
        }
    };
    Results {
        vector_ends: (sums.takes & last).named("vector_ends"),
        are_inside,
        partial_error: added.as_ref().map(|added| added.packet_error),
        sum_error: added.as_ref().map(|added| sums.takes & added.leaves_range),
        table_error,
        saturates: (sums.takes & from.payload.saturated.any()).named("saturates"),
    }
}

/// Whether the sums of this cycle, or earlier ones of their vector, are wrong; neurons keep what was wrong until they rest.
fn is_wrong<'m>(
    m: &'m Module,
    sums: &Sums<'m>,
    tag: &Tag<Signal<'m>>,
    added: Option<&Added<'m>>,
    stages: Option<&Stages<'m>>,
) -> Signal<'m> {
    let of_added = added.into_iter().flat_map(|added| [added.is_wrong, added.leaves_range]);
    let of_table = stages.map(|stages| stages.table_is_wrong);
    let now = m.concat_lsb(&[tag.wrong].into_iter().chain(of_added).chain(of_table).collect::<Vec<_>>());
    let clears = tag.rest.map_or(sums.is_first, |rest| sums.is_first & rest);
    let was_wrong = m.reg("sum_was_wrong", 1).reset_to(0).enable(sums.takes);
    let is_wrong = (was_wrong.value().gated(!clears) | now.any()).named("sum_is_wrong");
    was_wrong.set(is_wrong);
    is_wrong
}

/// The sums of another macro, and the totals.
struct Partial<'m> {
    from: Stream<'m, ResultBeat<Signal<'m>>>,
    kept: Fifo<'m>,
    packet: Packet<'m>,
    /// The other macro says that its sums are wrong.
    is_marked: Signal<'m>,
    sums: Vec<Signal<'m>>,
    /// A total has more bits than a sum.
    leaves_range: Signal<'m>,
}

/// What became of them.
struct Added<'m> {
    /// A packet was wrong, in this cycle.
    packet_error: Signal<'m>,
    is_wrong: Signal<'m>,
    leaves_range: Signal<'m>,
}

impl<'m> Partial<'m> {
    fn new(m: &'m Module, params: &Params, own: &[Signal<'m>]) -> Partial<'m> {
        let (declared, bits) = (params.partial(), params.sum_bits());
        let from = m.input_stream(PARTIAL, &declared);
        let kept = Fifo::new(m, "kept", declared.packed_width(), BEATS);
        let ResultBeat { data, last, user } = m.unpack(&declared, kept.front);
        // With the data, so that it is 0 where beats are left out.
        let marked = Beat { data: m.concat_lsb(&[data, user]), last };
        let packet = Packet::new(m, kept.has_word(), marked, params.mvm.outputs);
        let wide = lane(bits) + 1;
        let lanes = packet.data.low(own.len() as u32 * lane(bits)).split_lsb(lane(bits));
        let totals: Vec<Signal> =
            own.iter().zip(lanes).map(|(own, sum)| own.sext(wide) + sum.sext(wide)).collect();
        let above: Vec<Signal> = totals.iter().map(|total| is_above(m, *total, bits, true)).collect();
        Partial {
            is_marked: packet.data.high(1),
            packet,
            sums: totals.iter().map(|total| total.low(bits)).collect(),
            leaves_range: m.concat_lsb(&above).any().named("leaves_range"),
            from,
            kept,
        }
    }

    /// The sums of a beat are taken while `goes_on` is 1, if they are there.
    fn finish(self, m: &'m Module, goes_on: Signal<'m>) -> Added<'m> {
        let Partial { packet, is_marked, leaves_range, from, kept, .. } = self;
        m.scope("partial", || {
            let Taken { ready, ends, is_wrong, .. } = packet.finish(m, goes_on, is_marked);
            from.set_ready(!kept.is_full());
            let pops = kept.has_word() & ready;
            kept.finish(from.fires(), m.pack(&from.payload), pops);
            Added { packet_error: ends & is_wrong, is_wrong, leaves_range }
        })
    }
}

/// The results that wait to leave.
struct Kept<'m> {
    fifo: Fifo<'m>,
    has_room: Signal<'m>,
    are_there: Signal<'m>,
}

impl<'m> Kept<'m> {
    fn new(m: &'m Module, params: &Params) -> Kept<'m> {
        let fifo = Fifo::new(m, "results", params.result().packed_width(), BEATS);
        Kept { has_room: !fifo.is_full(), are_there: fifo.has_word(), fifo }
    }

    fn finish(self, m: &'m Module, params: &Params, valid: Signal<'m>, beat: ResultBeat<Signal<'m>>) {
        let output = m.output_stream(RESULT, &params.result());
        output.set_valid(self.are_there);
        output.set_payload(m.unpack(&params.result(), self.fifo.front));
        self.fifo.finish(valid & self.has_room, m.pack(&beat), output.fires());
    }
}
