//! The feeds of the tile engine, and what leaves it.

use super::loops::{Blocks, Job, Left, Tiles};
use crate::pacq::pacq_gemm::params::{A, B, C, Params, SCALE};
use crate::pacq::tile::rtl::counter;
use crate::pacq::tile::{ROWS, WORDS};
use hdl::{Child, Module, Signal, Stream, index_width};

/// Builds a feed, and gives whether it has work.
pub type Build<'m> = fn(&'m Module, &Params, Child<'m>, &Job<'m>) -> Signal<'m>;

/// Beats of lines along k: the number of the beat in its line, if there are several, the number of the line, and whether
/// the tile ends.
struct Lines<'m> {
    step: Option<Signal<'m>>,
    line: Signal<'m>,
    is_last: Signal<'m>,
}

impl<'m> Lines<'m> {
    fn new(m: &'m Module, steps: u32, lines: u32, advance: Signal<'m>) -> Lines<'m> {
        let step = (steps > 1).then(|| counter(m, "step", steps, advance));
        let ends_line = step.map_or_else(|| m.ones(1), |step| step.all());
        let line = counter(m, "line", lines, advance & ends_line);
        Lines { step, line, is_last: (ends_line & line.all()).named("is_last_beat") }
    }

    /// Whether the value of a number in the beat is within k.
    fn has(&self, m: &'m Module, k: Left<'m>, terms: u32, value: u32) -> Signal<'m> {
        let value = m.lit(value.into(), index_width(terms.into()));
        k.has(self.step.map_or(value, |step| m.concat(&[step, value])))
    }
}

/// Gives `to` beats of `from` where they are there in the matrix, and zeros where not.
fn padded<'m>(tiles: &Tiles<'m>, from: &Stream<'m>, to: &Stream<'m>, is_there: Signal<'m>) {
    to.set_valid(tiles.is_at_step() & (from.valid() | !is_there));
    from.set_ready(tiles.is_at_step() & is_there & to.ready());
}

/// Rows of A.
pub fn activations<'m>(m: &'m Module, params: &Params, tile: Child<'m>, job: &Job<'m>) -> Signal<'m> {
    let shape = params.tile.shape();
    let tiles = Tiles::new(m, job);
    let (from, to) = (m.input_stream(A, &params.a()), tile.input_stream("a", &shape.a()));
    let lines = Lines::new(m, shape.steps(), ROWS, to.fires());
    let has_row = tiles.blocks.rows.has(lines.line).named("has_row");
    let within = |value| has_row & lines.has(m, tiles.k, shape.terms, value);
    padded(&tiles, &from, &to, within(0).named("is_there"));
    let values = from.field("data").split_lsb(16).into_iter().zip(0..);
    let values: Vec<Signal> = values.map(|(value, number)| value.gated(within(number))).collect();
    to.set_field("activations", m.concat_lsb(&values));
    tiles.finish(to.fires() & lines.is_last)
}

/// Columns of words of B. Words beyond k meet activations that are 0.
pub fn weights<'m>(m: &'m Module, params: &Params, tile: Child<'m>, job: &Job<'m>) -> Signal<'m> {
    let shape = params.tile.shape();
    let tiles = Tiles::new(m, job);
    let (from, to) = (m.input_stream(B, &params.b()), tile.input_stream("b", &shape.b()));
    let lines = Lines::new(m, shape.steps(), WORDS, to.fires());
    let is_there = tiles.blocks.words.has(lines.line) & lines.has(m, tiles.k, shape.terms, 0);
    padded(&tiles, &from, &to, is_there.named("is_there"));
    to.set_field("weights", from.field("data").gated(is_there));
    tiles.finish(to.fires() & lines.is_last)
}

/// Scales of groups: tiles that end none take a cycle.
pub fn scales<'m>(m: &'m Module, params: &Params, tile: Child<'m>, job: &Job<'m>) -> Signal<'m> {
    let shape = params.tile.shape();
    let tiles = Tiles::new(m, job);
    let (from, to) = (m.input_stream(SCALE, &params.scale()), tile.input_stream("scale", &shape.scale()));
    let column = counter(m, "column", WORDS, to.fires());
    let ends = tiles.ends_group().named("ends_group");
    let is_there = tiles.blocks.words.has(column).named("is_there");
    to.set_valid(tiles.is_at_step() & ends & (from.valid() | !is_there));
    from.set_ready(tiles.is_at_step() & ends & is_there & to.ready());
    let data = from.field("data").gated(is_there);
    let (scales, zeros) = (shape.scales() * 16, shape.scales() * shape.weight_bits);
    to.set_field("scales", data.low(scales));
    to.set_field("zeros", data.slice(scales + zeros - 1, scales));
    let passes = (tiles.is_at_step() & !ends) | (to.fires() & column.all());
    tiles.finish(passes)
}

/// What follows each tile.
pub fn ends<'m>(m: &'m Module, params: &Params, tile: Child<'m>, job: &Job<'m>) -> Signal<'m> {
    let tiles = Tiles::new(m, job);
    let to = tile.input_stream("tile", &params.tile.shape().tile());
    to.set_valid(tiles.is_at_step());
    to.set_field("ends_group", tiles.ends_group());
    to.set_field("ends_k", tiles.k.is_last);
    tiles.finish(to.fires())
}

/// Results: those that are beyond the matrix are dropped.
pub fn results<'m>(m: &'m Module, params: &Params, tile: Child<'m>, job: &Job<'m>) -> Signal<'m> {
    let blocks = Blocks::new(m, job);
    let (from, to) = (tile.output_stream("out", &params.tile.out()), m.output_stream(C, &params.c()));
    let lines = Lines::new(m, ROWS, WORDS, from.fires());
    let row = lines.step.expect("a column has rows");
    let is_there = (blocks.rows.has(row) & blocks.words.has(lines.line)).named("is_there");
    to.set_valid(from.valid() & is_there);
    from.set_ready(blocks.is_at_step & (to.ready() | !is_there));
    to.set_field("data", from.field("results"));
    let is_last = |left: Left<'m>, number: Signal<'m>| {
        let next = number.zext(left.value().width()) + 1;
        left.is_last & left.value().eq(next)
    };
    to.set_field("last", (is_last(blocks.rows, row) & is_last(blocks.words, lines.line)).named("is_last"));
    blocks.finish(from.fires() & lines.is_last)
}
