//! The elements of a list, tile by tile.

use super::{Elements, Gather, List};
use crate::common::flow::Flow;
use crate::meadow::meadow_decoder_layer::params::ELEMENT_BITS;
use crate::meadow::meadow_decoder_layer::rtl::counted::counted;
use crate::meadow::meadow_decoder_layer::rtl::split::{Turns, gated_by_part};
use hdl::{Collision, Ram, Signal};

impl<'m> Gather<'m, '_> {
    /// Plays the list, and while there is no job hands on what comes from the buffer of tokens; returns when the last element leaves.
    pub(super) fn play(&self, list: &List<'m>) -> Signal<'m> {
        let Gather { m, params, job, is_busy, .. } = self;
        let input = m.input_stream("elements", &params.elements());
        let output = m.output_stream("x", &params.elements());
        let plays = m.reg("plays", 1).reset_to(0);
        let is_there = m.wire("element_is_there", 1);
        let flow = Flow { m, advance: (!is_there.value() | output.ready()).named("advance") };
        is_there.drive(flow.flag("valid", plays.value()));
        let reads = (plays.value() & flow.advance).named("reads");
        let entry = m.reg("entry", params.turn_bits()).reset_to(0).enable(reads);
        let turns = Turns::new(m, params, list.last_entry);
        let is_last = entry.value().eq(turns.last).named("is_last_entry");
        entry.set((entry.value() + 1).gated(!is_last));
        let ends = counted(m, "tile", reads & is_last, job.last_tile);
        plays.enable(list.ends | ends).set(list.ends);

        let has_part = turns.has_part(entry.value()).map(|has_part| flow.keep("has_part", has_part));
        // The other tokens of the group are 0.
        let width = params.product_tokens() * ELEMENT_BITS;
        let value = |(part, bank): (u32, &Ram<'m>)| {
            let value =
                bank.read_at_clock(&params.of_part("value", part), entry.value(), Collision::Undefined);
            gated_by_part(value.enable(flow.advance).value(), has_part, part).zext(width)
        };
        let values: Vec<Signal> = (0..).zip(&self.values).map(value).collect();
        let last = flow.keep("is_last", is_last);
        let is_query = input.payload.is_query.map(|_| m.zero(1));
        let own = Elements { elements: m.concat_lsb(&values), has_part, is_query, last, ends_tile: last };
        output.set_valid(is_busy.mux(is_there.value(), input.valid()));
        output.set_payload(is_busy.mux_all(&own, &input.payload));
        input.set_ready(!*is_busy & output.ready());
        output.fires() & *is_busy & flow.keep("is_end", ends)
    }
}
