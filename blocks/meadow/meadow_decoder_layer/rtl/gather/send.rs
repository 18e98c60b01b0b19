//! The rows of weights of a list, tile by tile.

use super::{GATHERED_ROW, Gather, GatheredRow, List};
use crate::common::flow::Flow;
use crate::meadow::meadow_decoder_layer::params::{ADDRESS_BITS, COUNT_BITS};
use crate::meadow::meadow_decoder_layer::rtl::counted::counted;
use hdl::Collision;

impl<'m> Gather<'m, '_> {
    /// Asks for the table and the rows of each tile.
    pub(super) fn send(&self, list: &List<'m>) {
        let Gather { m, params, job, .. } = self;
        let output = m.output_stream("row", &GATHERED_ROW);
        let sends = m.reg("sends", 1).reset_to(0);
        let is_there = m.wire("row_is_there", 1);
        let flow = Flow { m, advance: (!is_there.value() | output.ready()).named("advance") };
        is_there.drive(flow.flag("valid", sends.value()));
        let reads = (sends.value() & flow.advance).named("reads");

        let is_table = m.reg("is_table", 1).reset_to(1).enable(reads);
        let reads_entry = (reads & !is_table.value()).named("reads_entry");
        let entry = m.reg("entry", params.element_bits()).reset_to(0).enable(reads_entry);
        let is_last = entry.value().eq(list.last_entry).named("is_last_entry");
        entry.set((entry.value() + 1).gated(!is_last));
        is_table.set(!is_table.value() & is_last);
        let ends_tile = (reads_entry & is_last).named("ends_tile");
        let ends = counted(m, "tile", ends_tile, job.last_tile);
        sends.enable(list.ends | ends).set(list.ends);
        let of_tile = m.reg("of_tile", COUNT_BITS).reset_to(0).enable(ends_tile);
        of_tile.set((of_tile.value() + u64::from(params.d_head)).gated(!ends));

        let read = self.offsets.read_at_clock("of_entry", entry.value(), Collision::Undefined);
        let of_entry = read.enable(flow.advance).value();
        let is_table = flow.keep("row_is_table", is_table.value());
        let of_tile = flow.keep("row_of_tile", of_tile.value()).zext(ADDRESS_BITS);
        output.set_valid(is_there.value());
        output.set_payload(GatheredRow {
            offset: of_tile + of_entry.gated(!is_table),
            is_table,
            last: flow.keep("is_last", ends),
        });
    }
}
