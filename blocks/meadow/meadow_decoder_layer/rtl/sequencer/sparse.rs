//! A sparse product: which rows of weights it loads, it hears from the unit that looks at its token.

use super::{Sequencer, State};
use crate::meadow::meadow_decoder_layer::params::{COUNT_BITS, Params, TABLE_ROWS};
use crate::meadow::meadow_decoder_layer::rtl::gather::{
    GATHER_JOB, GATHERED_ROW, GatherJob, GatheredRow, Listed,
};
use crate::meadow::meadow_decoder_layer::rtl::transfer::{Side, Transfer};
use hdl::{Module, Signal, Stream};

/// What comes from that unit.
pub(super) struct Sparse<'m> {
    list: Stream<'m, Listed<Signal<'m>>>,
    row: Stream<'m, GatheredRow<Signal<'m>>>,
}

impl<'m> Sparse<'m> {
    /// None if there is no such unit.
    pub(super) fn new(m: &'m Module, params: &Params) -> Option<Sparse<'m>> {
        params.sparse.then(|| Sparse {
            list: m.input_stream("list", &params.listed()),
            row: m.input_stream("row", &GATHERED_ROW),
        })
    }
}

impl<'m> Sequencer<'_, 'm, '_> {
    /// The unit's job; 1 where the step has none for it, or it is taken.
    pub(super) fn gather_job(&self, begins: Signal<'m>) -> Option<Signal<'m>> {
        let Sequencer { m, step, is_sparse, last_tile, sparse, .. } = self;
        sparse.as_ref()?;
        let jobs = m.output_stream("gather", &GATHER_JOB);
        jobs.set_payload(GatherJob { last_tile: *last_tile, stride: step.b.stride });
        Some(self.give(&jobs, *is_sparse, begins))
    }

    /// The number of the last row of weights, and whether it is known; it is heard of where `fills` is 1.
    pub(super) fn last_weight_row(&self, fills: Signal<'m>) -> (Signal<'m>, Signal<'m>) {
        let Sequencer { m, is_sparse, sparse, .. } = self;
        let Some(Sparse { list, .. }) = sparse else { return (self.last_element(), m.ones(1)) };
        list.set_ready(*is_sparse & fills);
        let last_row = is_sparse.mux(list.payload.last_entry, self.last_element());
        (last_row, !*is_sparse | list.valid())
    }

    /// The rows that are loaded, and whether there are any, while the state is [`State::Gather`].
    pub(super) fn gathered(
        &self,
        weights: &Transfer<Signal<'m>>,
    ) -> Option<(Transfer<Signal<'m>>, Signal<'m>)> {
        let Sequencer { m, params, step, sparse, .. } = self;
        let Sparse { row, .. } = sparse.as_ref()?;
        let GatheredRow { offset, is_table, .. } = row.payload;
        let address = params.place(m, step.b.address + offset, step.local.b);
        let first = Side { address, ..weights.first };
        let rows = is_table.mux(m.lit(TABLE_ROWS.into(), COUNT_BITS), m.lit(1, COUNT_BITS));
        Some((Transfer::of(m, first, rows), row.valid()))
    }

    /// Takes the rows; returns where the last one is.
    pub(super) fn ends_gather(&self, takes: Signal<'m>) -> Signal<'m> {
        let Sequencer { m, state, sparse, .. } = self;
        let Some(Sparse { row, .. }) = sparse else { return m.zero(1) };
        row.set_ready(state.is(State::Gather) & takes);
        row.fires() & row.payload.last
    }
}
