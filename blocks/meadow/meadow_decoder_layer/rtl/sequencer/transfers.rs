//! What is loaded and stored in each state.

use super::packed::Packed;
use super::{Sequencer, State};
use crate::meadow::meadow_decoder_layer::params::{ADDRESS_BITS, COUNT_BITS, TABLE_ROWS};
use crate::meadow::meadow_decoder_layer::rtl::loads::Reader;
use crate::meadow::meadow_decoder_layer::rtl::stores::Writer;
use crate::meadow::meadow_decoder_layer::rtl::transfer::{Side, Transfer};
use crate::meadow::meadow_decoder_layer::step::{Matrix, STEP_BYTES};
use crate::meadow::meadow_vector::params::{First, Op};
use hdl::{Signal, Stream};

impl<'m> Sequencer<'_, 'm, '_> {
    /// The stream of loads; `list` is the address of the next step.
    pub(super) fn load(&self, list: Signal<'m>) -> Stream<'m, Transfer<Signal<'m>>> {
        let Sequencer { m, params, state, step, .. } = self;
        let output = m.output_stream("load", &params.load());
        let count = |value: u32| m.lit(value.into(), COUNT_BITS);
        let (one, none) = (count(1), m.zero(ADDRESS_BITS));
        let row = count(params.d_head);
        let local = step.local;
        let side = |matrix, is_local, row_bytes, reader: Reader| {
            self.side(matrix, is_local, row_bytes, m.code(reader))
        };
        let whole = |first: Side<Signal<'m>>, rows: Signal<'m>| Transfer::of(m, first, rows);
        let weight_rows = step.inner + u64::from(TABLE_ROWS);
        let weights = whole(side(step.b, local.b, row, Reader::Weights), weight_rows);
        let next_tile = step.b.address + u64::from(params.d_head);
        let next_tile = Side { address: params.place(m, next_tile, local.b), ..weights.first };
        let rest = Transfer {
            first: next_tile,
            tiles: self.last_tile,
            tile_stride: row.zext(ADDRESS_BITS),
            ..weights
        };
        let [first_tile, rest] = match &self.packed {
            None => [weights, rest],
            Some(packed) => {
                let Packed { last_block, blocks, .. } = packed;
                [self.is_packed.mux_all(last_block, &weights), self.is_packed.mux_all(blocks, &rest)]
            }
        };
        let a = side(step.a, local.a, doubled(step.inner), Reader::A);
        let b = side(step.b, local.b, doubled(step.columns), Reader::B);
        let has_b = step.operation.ne(m.code(Op::Copy));
        let rows =
            Transfer { first: has_b.mux_all(&b, &a), second: a, by_turns: has_b, ..whole(a, step.rows) };
        let list = Matrix { address: list, stride: none };
        let transfers = [
            (State::Fetch, whole(side(list, m.zero(1), count(STEP_BYTES), Reader::Step), one)),
            (State::Weights, first_tile),
            (State::Tokens, whole(side(step.a, local.a, step.inner, Reader::Tokens), step.rows)),
            (State::Rest, rest),
            (State::Keys, whole(side(step.c, local.c, row, Reader::Keys), step.columns)),
            (State::Values, whole(side(step.d, local.d, row, Reader::Values), step.columns)),
            (State::Affine, whole(side(step.c, local.c, doubled(doubled(step.inner)), Reader::Affine), one)),
            (State::Rows, rows),
        ];
        let mut cases: Vec<(Signal, Signal)> =
            transfers.iter().map(|(of, transfer)| (state.is(*of), m.pack(transfer))).collect();
        let mut is_loading: Vec<Signal> = cases.iter().map(|(is_state, _)| *is_state).collect();
        if let Some((row, is_there)) = self.gathered(&weights) {
            let is_gathering = state.is(State::Gather);
            cases.push((is_gathering, m.pack(&row)));
            is_loading.push(is_gathering & is_there);
        }
        output.set_valid(m.concat_lsb(&is_loading).any());
        output.set_payload(m.unpack(&params.load(), m.one_hot(&cases)));
        output
    }

    /// The stream of stores.
    pub(super) fn store(&self) -> Stream<'m, Transfer<Signal<'m>>> {
        let Sequencer { m, params, state, step, .. } = self;
        let output = m.output_stream("store", &params.store());
        let row = m.lit(params.d_head.into(), COUNT_BITS);
        let is_wide = step.is_wide & !self.is_attention;
        let tile = is_wide.mux(doubled(row), row);
        let first_is_narrow = step.first.eq(First::Narrow);
        let first_bytes = first_is_narrow.mux(step.inner, doubled(step.inner));
        let (y, d) = (step.local.y, step.local.d);
        let side = |matrix, is_local, row_bytes, writer: Writer| {
            self.side(matrix, is_local, row_bytes, m.code(writer))
        };
        let results = side(step.y, y, tile, Writer::Results);
        let first = side(step.y, y, first_bytes, Writer::First);
        let second = side(step.d, d, step.inner, Writer::Second);
        let has_first = step.first.ne(m.code(First::None));
        let of_rows = has_first.mux_all(&first, &second);
        output.set_valid(state.is(State::Store));
        // Those of a product, in the other memory.
        let also = side(step.d, d, tile, Writer::Results);
        let has_local = params.local().is_some();
        output.set_payload(Transfer {
            first: self.is_rows.mux_all(&of_rows, &results),
            second: if has_local { self.is_rows.mux_all(&second, &also) } else { second },
            rows: step.rows,
            tiles: self.last_tile + 1,
            tile_stride: tile.zext(ADDRESS_BITS),
            by_turns: self.is_rows & has_first & step.second,
            at_once: has_local.then(|| !self.is_rows & !self.is_attention & step.second),
        });
        output
    }

    /// The rows of a matrix in either memory, for a reader or from a writer.
    fn side(
        &self,
        matrix: Matrix<Signal<'m>>,
        is_local: Signal<'m>,
        row_bytes: Signal<'m>,
        port: Signal<'m>,
    ) -> Side<Signal<'m>> {
        let address = self.params.place(self.m, matrix.address, is_local);
        Side { address, stride: matrix.stride, row_bytes, port }
    }
}

/// Bytes of so many numbers of 16 bits.
fn doubled(count: Signal<'_>) -> Signal<'_> {
    count.module().concat(&[count.low(COUNT_BITS - 1), count.module().zero(1)])
}
