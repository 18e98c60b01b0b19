//! The sequence of a tile: its chunks are joined, its last matches are processed, its sums are drained. During the
//! drain, the next tile's chunks are joined: with one set of sums if the columns that they add to have already been
//! drained, with two into the other set.

use super::super::interface::{ChunkA, ChunksB, ColumnSums};
use super::super::params::Params;
use crate::loas::drain::Drain;
use crate::loas::loas_inner_join::Done;
use hdl::{Module, Signal, Stream};
use parts::storage::held::held;

/// The state of the tile.
pub struct Tile<'m> {
    /// The beat of B that is offered may be joined.
    pub may_join: Signal<'m>,
    /// The end of its rows.
    pub drain: Drain<'m>,
    /// A beat of the next row waits for columns to be drained.
    pub waits: Signal<'m>,
}

impl<'m> Tile<'m> {
    /// Follows the streams.
    pub fn new(
        m: &'m Module,
        params: &Params,
        a: &Stream<'m, ChunkA<Signal<'m>>>,
        b: &Stream<'m, ChunksB<Signal<'m>>>,
        done: &Stream<'m, Done<Signal<'m>>>,
        sum: &Stream<'m, ColumnSums<Signal<'m>>>,
    ) -> Tile<'m> {
        // Which of the chunks in the inner-join's slots is a row's last.
        let [loaded, joined] =
            ["tile_loaded_slot", "tile_joined_slot"].map(|name| m.reg(name, 1).reset_to(0));
        loaded.enable(a.fires()).set(!loaded.value());
        let chunk_ends = (b.fires() & b.payload.last).named("chunk_ends");
        joined.enable(chunk_ends).set(!joined.value());
        let is_last = |number: u64| {
            let is_meant = a.fires() & loaded.value().eq(number);
            held(m, &format!("slot{number}_is_last"), a.payload.last, is_meant)
        };
        let last = [is_last(0), is_last(1)];
        let joins_last = joined.value().mux(last[1], last[0]).named("joins_last");
        let ends_last = done.payload.slot.mux(last[1], last[0]);

        // Every chunk but the last may end while the next one is joined, so only the last needs a flush.
        let row_ends = (chunk_ends & joins_last).named("row_ends");
        let drain_starts = (done.fires() & ends_last).named("drain_starts");
        done.set_ready(m.ones(1));
        let drain = Drain::new(m, [params.columns, params.sum_sets], row_ends, drain_starts, sum);
        let is_drained = group_is_drained(m, params, b, drain.column).named("group_is_drained");
        let waits = drain.blocks(joins_last & b.payload.last, is_drained);
        let may_join = (!drain.stops(m) & !waits).named("may_join");
        Tile { may_join, drain, waits: b.valid() & waits }
    }
}

/// 1 if all columns of the offered group have been drained.
fn group_is_drained<'m>(
    m: &'m Module,
    params: &Params,
    b: &Stream<'m, ChunksB<Signal<'m>>>,
    column: Signal<'m>,
) -> Signal<'m> {
    let place_bits = params.group.ilog2();
    match params.columns == params.group {
        true => {
            // The only group is not drained before the drain ends.
            m.lit(0, 1)
        }
        false => b.payload.group.lt(column.high(column.width() - place_bits)),
    }
}
