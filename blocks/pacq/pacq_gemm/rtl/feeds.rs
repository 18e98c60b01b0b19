//! The feeds of the tile engine, and its results.

use super::loops::{Blocks, Job, Lines, Tiles};
use super::packet::Packet;
use crate::pacq::pacq_gemm::params::{A, B, C, Params, ResultBeat, SCALE};
use crate::pacq::tile::rtl::counter;
use crate::pacq::tile::{ActivationBeat, Ends, ROWS, ScaleBeat, WORDS, WeightBeat};
use hdl::{Child, Module, Signal};

/// A feed from a stream.
pub struct Feed<'m> {
    /// It has work.
    pub is_active: Signal<'m>,
    /// `tlast` comes too early, or not with the last beat of the product.
    pub is_wrong: Signal<'m>,
}

/// Builds a feed.
pub type Build<'m> = fn(&'m Module, &Params, Child<'m>, &Job<'m>) -> Feed<'m>;

/// Rows of A.
pub fn activations<'m>(m: &'m Module, params: &Params, tile: Child<'m>, job: &Job<'m>) -> Feed<'m> {
    let shape = params.tile.shape();
    let tiles = Tiles::new(m, job);
    let (from, to) = (m.input_stream(A, &params.a()), tile.input_stream("a", &shape.a()));
    let lines = Lines::new(m, shape.steps(), ROWS, to.fires());
    let has_row = tiles.blocks.rows.has(lines.line).named("has_row");
    let within = |value| has_row & lines.has(m, tiles.depth.k, shape.terms, value);
    let packet = Packet::new(m, from, job, within(0));
    to.set_valid(tiles.is_at_step() & packet.is_known());
    let values = packet.data().split_lsb(16).into_iter().zip(0..);
    let values: Vec<Signal> = values.map(|(value, number)| value.gated(within(number))).collect();
    to.set_payload(ActivationBeat { activations: m.concat_lsb(&values) });
    let blocks = &tiles.blocks;
    let is_last = blocks.rows.ends_with(lines.line)
        & blocks.words.is_last
        & lines.ends_k(m, tiles.depth.k, shape.terms);
    let (is_wrong, drains) = packet.finish(tiles.is_at_step() & to.ready(), is_last);
    Feed { is_active: tiles.finish(to.fires() & lines.is_last) | drains, is_wrong }
}

/// Columns of words of B. Words beyond k meet activations that are 0.
pub fn weights<'m>(m: &'m Module, params: &Params, tile: Child<'m>, job: &Job<'m>) -> Feed<'m> {
    let shape = params.tile.shape();
    let tiles = Tiles::new(m, job);
    let (from, to) = (m.input_stream(B, &params.b()), tile.input_stream("b", &shape.b()));
    let lines = Lines::new(m, shape.steps(), WORDS, to.fires());
    let blocks = &tiles.blocks;
    let is_wanted = blocks.words.has(lines.line) & lines.has(m, tiles.depth.k, shape.terms, 0);
    let packet = Packet::new(m, from, job, is_wanted);
    to.set_valid(tiles.is_at_step() & packet.is_known());
    to.set_payload(WeightBeat { weights: packet.data() });
    let is_last = blocks.words.ends_with(lines.line)
        & blocks.rows.is_last
        & lines.ends_k(m, tiles.depth.k, shape.terms);
    let (is_wrong, drains) = packet.finish(tiles.is_at_step() & to.ready(), is_last);
    Feed { is_active: tiles.finish(to.fires() & lines.is_last) | drains, is_wrong }
}

/// Scales of groups: tiles that end none take a cycle.
pub fn scales<'m>(m: &'m Module, params: &Params, tile: Child<'m>, job: &Job<'m>) -> Feed<'m> {
    let shape = params.tile.shape();
    let tiles = Tiles::new(m, job);
    let (from, to) = (m.input_stream(SCALE, &params.scale()), tile.input_stream("scale", &shape.scale()));
    let column = counter(m, "column", WORDS, to.fires());
    let ends = tiles.depth.ends_group().named("ends_group");
    let blocks = &tiles.blocks;
    let packet = Packet::new(m, from, job, blocks.words.has(column));
    to.set_valid(tiles.is_at_step() & ends & packet.is_known());
    let data = packet.data();
    let (scales, zeros) = (shape.scales() * 16, shape.scales() * shape.weight_bits);
    to.set_payload(ScaleBeat { scales: data.low(scales), zeros: data.slice(scales + zeros - 1, scales) });
    let is_last = blocks.words.ends_with(column) & blocks.rows.is_last & tiles.depth.k.is_last;
    let (is_wrong, drains) = packet.finish(tiles.is_at_step() & ends & to.ready(), is_last);
    let passes = (tiles.is_at_step() & !ends) | (to.fires() & column.all());
    Feed { is_active: tiles.finish(passes) | drains, is_wrong }
}

/// What follows each tile.
pub fn ends<'m>(m: &'m Module, params: &Params, tile: Child<'m>, job: &Job<'m>) -> Signal<'m> {
    let tiles = Tiles::new(m, job);
    let to = tile.input_stream("tile", &params.tile.shape().tile());
    to.set_valid(tiles.is_at_step());
    to.set_payload(Ends { ends_group: tiles.depth.ends_group(), ends_k: tiles.depth.k.is_last });
    tiles.finish(to.fires())
}

/// Results; those beyond the matrix are dropped. `is_wrong`: a stream of the product was wrong.
pub fn results<'m>(
    m: &'m Module,
    params: &Params,
    tile: Child<'m>,
    job: &Job<'m>,
    is_wrong: Signal<'m>,
) -> Signal<'m> {
    let blocks = Blocks::new(m, job);
    let (from, to) = (tile.output_stream("out", &params.tile.out()), m.output_stream(C, &params.c()));
    let lines = Lines::new(m, ROWS, WORDS, from.fires());
    let row = lines.step.expect("a column has rows");
    let is_there = (blocks.rows.has(row) & blocks.words.has(lines.line)).named("is_there");
    to.set_valid(from.valid() & is_there);
    from.set_ready(blocks.is_at_step & (to.ready() | !is_there));
    let is_last = (blocks.rows.ends_with(row) & blocks.words.ends_with(lines.line)).named("is_last");
    to.set_payload(ResultBeat { data: from.payload.results, last: is_last, user: is_last & is_wrong });
    blocks.finish(from.fires() & lines.is_last)
}
