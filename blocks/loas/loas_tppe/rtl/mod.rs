//! The hardware.
//!
//! ```text
//! a: mask ---> inner-join ---> weight -> choose value -> pseudo sums --------+
//! b: masks --> (pipes)    |              +-> fifo of values                  |
//!                         +--> spike --> choose word -> correction sums      v
//! a: words --> two chunks --------------^                     +-----------> (-) -> sum
//! ```

mod pipe;
mod tile;
mod words;

use super::BLOCK;
use super::interface::{ChunksB, ColumnSums, Tag};
use super::params::Params;
use crate::block::Hardware;
use crate::loas::Covers;
use crate::loas::events::{Event, until_column, until_row};
use crate::loas::loas_inner_join::{self, MaskA, MasksB};
use crate::top::block;
use hdl::{Child, Design, Module, ModuleRef, Signal};
use parts::stream::skid::input_stream;
use tile::Tile;
use words::Words;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        build(self, design, Covers::All)
    }
}

/// Adds the block to a design.
pub fn build(params: &Params, design: &Design, covers: Covers) -> ModuleRef {
    let join = params.join().part(design);
    let what = "A row of spikes times columns of sparse weights, all time steps at once.";
    let timing = format!(
        "Throughput: {} matches a cycle; joins without a match take none; {} cycles for the sums of a row.",
        params.pipes, params.columns
    );
    block(design, &BLOCK, params, &[what, &timing], |m| {
        element(m, params, m.instance("u_join", join), covers);
    })
}

fn element<'m>(m: &'m Module, params: &Params, join: Child<'m>, covers: Covers) {
    let (a, b) =
        (input_stream(m, "a", &params.a(), params.skid), input_stream(m, "b", &params.b(), params.skid));
    let sum = m.output_stream("sum", &params.sum());
    let shape = params.join();
    let join_a = join.input_stream("a", &shape.a());
    let join_b = join.input_stream("b", &shape.b());
    let done = join.output_stream("done", &shape.done());
    let words = Words::new(m, params, &a);
    let tile = Tile::new(m, params, &a, &b, &done, &sum);
    let mut results: Vec<pipe::Result> = vec![];

    join_a.set_valid(a.valid());
    join_a.set_payload(MaskA { mask: a.payload.mask });
    a.set_ready(join_a.ready());
    join_b.set_valid(b.valid() & tile.may_join);
    let ChunksB { masks, last, .. } = b.payload;
    join_b.set_payload(MasksB { masks, tags: tags(m, params, &b.payload, &tile), last });
    // Without `valid`, the payload may be X, which must not reach `ready`.
    b.set_ready(join_b.ready() & (tile.may_join | !b.valid()));

    for pipe in 0..params.pipes {
        let name = pipe as usize;
        let weight = join.output_stream(loas_inner_join::WEIGHT[name], &shape.weight());
        let spike = join.output_stream(loas_inner_join::SPIKE[name], &shape.spike());
        results.push(
            m.scope(&format!("pipe{pipe}"), || pipe::pipe(m, params, pipe, &weight, &spike, &words, &tile)),
        );
    }
    let of_column = |of: fn(&pipe::Result<'m>) -> Signal<'m>| of_column(m, params, &tile, &results, of);
    let (sums, difference_leaves) =
        (of_column(|result| result.sums), of_column(|result| result.difference_leaves));
    let overflows: Vec<Event> = results.iter().flat_map(|result| result.overflows).collect();
    let overflow = until_row(m, "overflow", &overflows, &tile.drain)
        | until_column(m, "difference_left", difference_leaves, &tile.drain);
    let mut errors: Vec<Event> = results.iter().filter_map(|result| result.lacks_weight).collect();
    if params.may_lack_group() {
        errors.push(Event { now: b.fires() & b.payload.group, set: tile.drain.joined_set });
    }
    let error = until_row(m, "error", &errors, &tile.drain);
    sum.set_payload(ColumnSums { sums, overflow, error });
    if covers == Covers::All {
        cover(m, params, &tile, &results);
        if params.weights_until_a_difference_leaves().is_some() {
            m.cover("difference_leaves_its_range", difference_leaves & tile.drain.drains);
        }
    }
}

/// The cover points that an element reaches on its own.
fn cover<'m>(m: &'m Module, params: &Params, tile: &Tile<'m>, results: &[pipe::Result<'m>]) {
    m.cover("next_row_waits_for_the_drain", tile.waits);
    for (pipe, result) in results.iter().enumerate() {
        m.cover(&format!("pipe{pipe}_word_of_all_ones"), result.needs_none);
        m.cover(&format!("pipe{pipe}_correction"), result.corrects);
    }
    if params.may_overflow() {
        let overflows: Vec<Signal> =
            results.iter().flat_map(|result| result.overflows.map(|event| event.now)).collect();
        m.cover("sum_leaves_its_range", m.concat_lsb(&overflows).any());
    }
}

/// A tag for each mask.
fn tags<'m>(m: &'m Module, params: &Params, b: &ChunksB<Signal<'m>>, tile: &Tile<'m>) -> Signal<'m> {
    let weights = b.values.split_lsb(params.values * params.weight_bits);
    let place_bits = params.group.ilog2();
    let tag = |(number, weights): (usize, Signal<'m>)| {
        let column = match (params.columns == params.group, place_bits) {
            (true, 0) => m.lit(0, 1),
            (true, _) => m.lit(number as u128, place_bits),
            (false, 0) => b.group,
            (false, _) => m.concat(&[b.group, m.lit(number as u128, place_bits)]),
        };
        m.pack(&Tag { place: tile.drain.joined_place(m, column), weights })
    };
    m.concat_lsb(&weights.into_iter().enumerate().map(tag).collect::<Vec<_>>())
}

/// What belongs to the column that is drained, from the pipe that holds its sums.
fn of_column<'m>(
    m: &'m Module,
    params: &Params,
    tile: &Tile<'m>,
    results: &[pipe::Result<'m>],
    of: fn(&pipe::Result<'m>) -> Signal<'m>,
) -> Signal<'m> {
    let banks: Vec<Signal> = results.iter().map(of).collect();
    let bank_bits = params.pipes.ilog2();
    if bank_bits == 0 { banks[0] } else { m.select(tile.drain.place.low(bank_bits), &banks) }
}
