//! The elements of a list, tile by tile.

use super::{Elements, Gather, List};
use crate::meadow::flow::Flow;
use crate::meadow::meadow_decoder_layer::rtl::counted::counted;
use hdl::{Collision, Signal};

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
        let entry = m.reg("entry", params.element_bits()).reset_to(0).enable(reads);
        let is_last = entry.value().eq(list.last_entry).named("is_last_entry");
        entry.set((entry.value() + 1).gated(!is_last));
        let ends = counted(m, "tile", reads & is_last, job.last_tile);
        plays.enable(list.ends | ends).set(list.ends);

        let value = self.values.read_at_clock("value", entry.value(), Collision::Undefined);
        let value = value.enable(flow.advance).value();
        let last = flow.keep("is_last", is_last);
        // The other tokens of the group are 0.
        let elements = value.zext(input.payload.elements.width());
        let is_query = input.payload.is_query.map(|_| m.zero(1));
        let own = Elements { elements, is_query, last, ends_tile: last };
        output.set_valid(is_busy.mux(is_there.value(), input.valid()));
        output.set_payload(is_busy.mux_all(&own, &input.payload));
        input.set_ready(!*is_busy & output.ready());
        output.fires() & *is_busy & flow.keep("is_end", ends)
    }
}
