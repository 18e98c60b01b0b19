//! The feeds of the tile engine, from the buffers: each goes through the blocks on its own, so that one tile is processed while the
//! next one comes.

use super::blocks::Blocks;
use super::control::Control;
use super::fill::Buffers;
use super::queue::{Queue, QueueState, Stage};
use crate::pacq::pacq_core::params::Params;
use crate::pacq::pacq_gemm::rtl::loops::{Depth, Lines};
use crate::pacq::tile::rtl::counter;
use crate::pacq::tile::{ActivationBeat, Ends, ROWS, ScaleBeat, WORDS, WeightBeat};
use hdl::{Bundle, Child, Collision, Module, Signal};
use parts::storage::credit::Credit;
use parts::storage::held::held;

/// Blocks that wait for a feed.
const WAITING: u64 = 2;

/// The rows of a block.
#[derive(Clone, Copy, Bundle)]
struct BlockRows<T> {
    row_block: T,
    rows: T,
}

/// The columns of a block.
#[derive(Clone, Copy, Bundle)]
struct BlockColumns<T> {
    half: T,
    column_block: T,
}

/// The number of the tile along k.
fn tile_index<'m>(
    m: &'m Module,
    params: &Params,
    depth: &Depth<'m>,
    begins: Signal<'m>,
    done: Signal<'m>,
) -> Signal<'m> {
    let index = m.reg("tile_index", params.max_groups().ilog2()).enable(begins | done);
    index.set((index.value() + 1).gated(!(begins | depth.k.is_last)));
    index.value()
}

fn depth<'m>(m: &'m Module, control: &Control<'m>) -> Depth<'m> {
    Depth::new(m, control.job.k, control.group, control.begins)
}

/// Rows of A.
pub fn activations<'m>(
    m: &'m Module,
    params: &Params,
    tile: Child<'m>,
    control: &Control<'m>,
    blocks: &Blocks<'m>,
    buffers: &Buffers<'m>,
) -> QueueState<'m> {
    let shape = params.tile.shape();
    let of_block = BlockRows { row_block: blocks.block.row_block, rows: blocks.block.rows };
    let queue = Queue::new(m, WAITING, &of_block, blocks.begins);
    let to = tile.input_stream("a", &shape.a());
    let stage = Stage::new(m, queue.state.has_block, to.ready());
    let depth = depth(m, control);
    let lines = Lines::new(m, shape.steps(), ROWS, stage.reads);
    let tile_ends = stage.reads & lines.is_last;
    let index = tile_index(m, params, &depth, control.begins, tile_ends);
    let has_row = queue.block.rows.gt(lines.line.zext(queue.block.rows.width()));
    let is_there = (has_row & lines.has(m, depth.k, shape.terms, 0)).named("is_there");
    let parts = [queue.block.row_block, lines.line, index].into_iter().chain(lines.step);
    let address = m.concat(&parts.collect::<Vec<_>>());
    let read = buffers.a.read_at_clock("row", address, Collision::Undefined).enable(stage.reads).value();
    to.set_valid(stage.is_valid);
    to.set_payload(ActivationBeat {
        activations: read.gated(held(m, "row_is_there", is_there, stage.reads)),
    });
    queue.finish(depth.finish(tile_ends))
}

/// Columns of words of B; words beyond k are 0.
pub fn weights<'m>(
    m: &'m Module,
    params: &Params,
    tile: Child<'m>,
    control: &Control<'m>,
    blocks: &Blocks<'m>,
    buffers: &Buffers<'m>,
) -> QueueState<'m> {
    let shape = params.tile.shape();
    let of_block = BlockColumns { half: blocks.block.half, column_block: blocks.block.column_block };
    let queue = Queue::new(m, WAITING, &of_block, blocks.begins);
    let to = tile.input_stream("b", &shape.b());
    let stage = Stage::new(m, queue.state.has_block, to.ready());
    let depth = depth(m, control);
    let lines = Lines::new(m, shape.steps(), WORDS, stage.reads);
    let tile_ends = stage.reads & lines.is_last;
    let index = tile_index(m, params, &depth, control.begins, tile_ends);
    let within: Vec<Signal> = (0..shape.terms).map(|word| lines.has(m, depth.k, shape.terms, word)).collect();
    let column = m.concat(&[queue.block.column_block, lines.line]);
    let parts = [queue.block.half, column, index].into_iter().chain(lines.step);
    let address = m.concat(&parts.collect::<Vec<_>>());
    let read = |(number, bank): (usize, &hdl::Ram<'m>)| {
        let name = format!("word{number}");
        bank.read_at_clock(&name, address, Collision::Undefined).enable(stage.reads).value()
    };
    let words: Vec<Signal> = buffers.b.iter().enumerate().map(read).collect();
    // Word k of column c is in bank (c + k) modulo the banks.
    let bank_bits = shape.terms.ilog2();
    let column = if column.width() < bank_bits { column.zext(bank_bits) } else { column.low(bank_bits) };
    let turn = held(m, "turn", column, stage.reads);
    let words = m.concat_lsb(&words).rotate_right(m.concat(&[turn, m.zero(4)])).split_lsb(16);
    let within = held(m, "within", m.concat_lsb(&within), stage.reads).split_lsb(1);
    let words: Vec<Signal> = words.into_iter().zip(within).map(|(word, within)| word.gated(within)).collect();
    to.set_valid(stage.is_valid);
    to.set_payload(WeightBeat { weights: m.concat_lsb(&words) });
    queue.finish(depth.finish(tile_ends))
}

/// Scales and zero points of groups: a tile that ends none takes a cycle.
pub fn scales<'m>(
    m: &'m Module,
    params: &Params,
    tile: Child<'m>,
    control: &Control<'m>,
    blocks: &Blocks<'m>,
    buffers: &Buffers<'m>,
) -> QueueState<'m> {
    let of_block = BlockColumns { half: blocks.block.half, column_block: blocks.block.column_block };
    let queue = Queue::new(m, WAITING, &of_block, blocks.begins);
    let to = tile.input_stream("scale", &params.tile.shape().scale());
    let depth = depth(m, control);
    let ends_group = depth.ends_group().named("ends_group");
    let stage = Stage::new(m, queue.state.has_block & ends_group, to.ready());
    let column = counter(m, "column", WORDS, stage.reads);
    let group_ends = stage.reads & column.all();
    let group = m.reg("group", params.max_groups().ilog2()).enable(control.begins | group_ends);
    group.set((group.value() + 1).gated(!(control.begins | depth.k.is_last)));
    let address = m.concat(&[queue.block.half, group.value(), queue.block.column_block, column]);
    let read = |name: &str, from: hdl::Ram<'m>| {
        from.read_at_clock(name, address, Collision::Undefined).enable(stage.reads).value()
    };
    to.set_valid(stage.is_valid);
    to.set_payload(ScaleBeat { scales: read("scale", buffers.scales), zeros: read("zero", buffers.zeros) });
    let tile_ends = (queue.state.has_block & !ends_group) | group_ends;
    queue.finish(depth.finish(tile_ends))
}

/// What follows each tile.
pub fn ends<'m>(
    m: &'m Module,
    params: &Params,
    tile: Child<'m>,
    control: &Control<'m>,
    blocks: &Blocks<'m>,
) -> QueueState<'m> {
    let to = tile.input_stream("tile", &params.tile.shape().tile());
    let depth = depth(m, control);
    let waiting = Credit::new(m, "waiting", WAITING);
    let has_block = waiting.count().any();
    to.set_valid(has_block);
    to.set_payload(Ends { ends_group: depth.ends_group(), ends_k: depth.k.is_last });
    let state = QueueState { has_block, is_full: !waiting.has_room };
    waiting.finish(blocks.begins, depth.finish(to.fires()));
    state
}
