//! From the bytes of a token to the list.

use super::{Gather, List};
use crate::meadow::meadow_decoder_layer::params::{ADDRESS_BITS, ELEMENT_BITS, TABLE_ROWS};
use crate::meadow::meadow_decoder_layer::rtl::split::Place;
use hdl::Signal;
use parts::arithmetic::lowest_one::{LowestOne, lowest_one};
use parts::arithmetic::tree::tree;
use parts::storage::held::held;

impl<'m> Gather<'m, '_> {
    /// Takes the row of the token, an element that is not 0 a cycle, and hands on all other rows. If all elements are 0 the first one is
    /// listed, so that there is always a product.
    pub(super) fn scan(&self) -> List<'m> {
        let Gather { m, params, start, .. } = self;
        let input = m.input_stream("loaded", &params.loaded());
        let output = m.output_stream("rows", &params.loaded());
        let scans = m.reg("scans", 1).reset_to(0);
        // Elements of the present beat that are not 0 and not listed.
        let left = m.reg("left", params.bytes()).reset_to(0);
        let LowestOne { one_hot, index, .. } = lowest_one(m, left.value());
        let others = left.value() & !one_hot;
        let is_free = (!others.any()).named("is_free");
        output.set_valid(input.valid() & !scans.value());
        output.set_payload(input.payload);
        input.set_ready(scans.value().mux(is_free, output.ready()));
        let takes = (scans.value() & input.fires()).named("takes");
        let ends_row = (takes & input.payload.row_last).named("ends_row");
        scans.enable(*start | ends_row).set(*start);
        let elements = input.payload.data.split_lsb(ELEMENT_BITS);
        let counts: Vec<Signal> = elements.iter().map(|element| element.any()).collect();
        left.set(takes.mux(m.concat_lsb(&counts), others));

        // The last beat is being looked at.
        let is_last_beat = m.reg("is_last_beat", 1).reset_to(0);
        let ends = (is_last_beat.value() & is_free).named("ends");
        is_last_beat.enable(ends_row | ends).set(ends_row);
        let has_entry = m.reg("has_entry", 1).reset_to(0);
        let finds = left.value().any().named("finds");
        let is_empty = (ends & !finds & !has_entry.value()).named("is_empty");
        has_entry.enable(finds | ends).set(!ends);
        let lists = (finds | is_empty).named("lists");
        let entry = m.reg("entry", params.element_bits()).reset_to(0).enable(lists | ends);
        entry.set((entry.value() + 1).gated(!ends));
        let found = self.found(input.payload.data, takes, one_hot);
        let Place { is_part, place } = params.place_of_element(m, entry.value());
        for (bank, is_part) in self.values.iter().zip(is_part) {
            bank.write(lists & is_part, place, found);
        }
        let first = (self.job.stride << TABLE_ROWS.ilog2()).named("first_offset");
        let offset = is_empty.mux(first, self.offset(first, takes, index));
        self.offsets.write(lists, entry.value(), offset);
        List { ends, last_entry: held(m, "last_entry", entry.value(), lists) }
    }

    /// The element that is found in the beat that was taken last.
    fn found(&self, data: Signal<'m>, takes: Signal<'m>, one_hot: Signal<'m>) -> Signal<'m> {
        let elements = held(self.m, "data", data, takes).split_lsb(ELEMENT_BITS);
        let cases: Vec<(Signal, Signal)> = one_hot.split_lsb(1).into_iter().zip(elements).collect();
        self.m.one_hot(&cases)
    }

    /// The offset of the row of an element of that beat, without a multiplier.
    fn offset(&self, first: Signal<'m>, takes: Signal<'m>, index: Signal<'m>) -> Signal<'m> {
        let Gather { m, params, start, job, .. } = self;
        let is_first = m.reg("is_first_beat", 1).enable(*start | takes);
        is_first.set(*start);
        // The offset of the first element's row.
        let of_beat = m.reg("of_beat", ADDRESS_BITS).enable(takes);
        of_beat.set(is_first.value().mux(first, of_beat.value() + (job.stride << params.bytes().ilog2())));
        let of_bit = |bit: u32| (job.stride << bit).gated(index.bit(bit));
        let of_bits = (0..index.width()).map(of_bit);
        tree(of_bits.chain([of_beat.value()]).collect(), &|a, b| a + b)
    }
}
