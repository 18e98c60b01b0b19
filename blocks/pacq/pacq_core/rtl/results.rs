//! The results: each block is collected, then written to memory row by row.

use super::blocks::Blocks;
use super::control::Control;
use super::queue::{Queue, Stage};
use crate::pacq::pacq_core::params::{COUNT_BITS, Params};
use crate::pacq::tile::rtl::counter;
use crate::pacq::tile::{ROWS, WORDS};
use hdl::{Bundle, Child, Collision, Module, Ram, Signal, index_width};
use parts::axi::write_dma::DONE;
use parts::axi::{Command, Data};
use parts::storage::credit::Credit;
use parts::storage::halves::Halves;
use parts::storage::held::held;

/// Blocks between their beginning and the end of their transfer.
const WAITING: u64 = 4;
/// Transfers that memory has not answered.
const UNDER_WAY: u64 = 4;

/// What the rest hears.
pub struct Results<'m> {
    /// No further block can begin.
    pub is_full: Signal<'m>,
    /// All results are in memory.
    pub is_idle: Signal<'m>,
    /// As in the news.
    pub strip_leaves: Signal<'m>,
    /// Results were written with an error.
    pub fails: Signal<'m>,
    /// A result has no room.
    pub stalls: Signal<'m>,
}

/// A block that is computed.
#[derive(Clone, Copy, Bundle)]
struct Computed<T> {
    ends_strip: T,
}

/// A block that is written.
#[derive(Clone, Copy, Bundle)]
struct Written<T> {
    address: T,
    rows: T,
    row_bytes: T,
}

/// From the tile engine to the DMA.
pub fn results<'m>(
    m: &'m Module,
    params: &Params,
    [tile, dma]: [Child<'m>; 2],
    control: &Control<'m>,
    blocks: &Blocks<'m>,
) -> Results<'m> {
    let block = &blocks.block;
    let computed = Computed { ends_strip: block.ends_strip };
    let computed = m.scope("computed", || Queue::new(m, WAITING, &computed, blocks.begins));
    let written = Written { address: block.address, rows: block.rows, row_bytes: block.row_bytes };
    let written = m.scope("written", || Queue::new(m, WAITING, &written, blocks.begins));

    let from = tile.output_stream("out", &params.tile.out());
    let (fills, leaves) = (m.wire("fills", 1), m.wire("leaves", 1));
    let halves = Halves::new(m, fills.value(), leaves.value());
    from.set_ready(halves.has_room);
    let memory = Memory::new(m, params);
    let index = counter(m, "index", ROWS * WORDS, from.fires());
    memory.write(m, from.fires(), halves.write_half, index, from.payload.results);
    fills.drive(from.fires() & index.all());
    let strip_leaves = fills.value() & computed.block.ends_strip;

    let sent = send(m, params, dma, control, &memory, &halves, &written.block);
    leaves.drive(sent.ends);
    let is_idle = !computed.state.has_block & !written.state.has_block & sent.is_idle;
    let is_full = computed.state.is_full | written.state.is_full;
    let stalls = from.valid() & !halves.has_room;
    m.scope("computed", || computed.finish(fills.value()));
    m.scope("written", || written.finish(sent.ends));
    Results { is_full, is_idle, strip_leaves, fails: sent.fails, stalls }
}

/// Two blocks of results. A word of the memory is a beat of the bus, or the results of a column of words where they are wider.
struct Memory<'m> {
    memory: Ram<'m>,
    /// Bits of a result of a row and a column of words.
    column_bits: u32,
    bus_bits: u32,
}

impl<'m> Memory<'m> {
    fn new(m: &'m Module, params: &Params) -> Memory<'m> {
        let (column_bits, bus_bits) = (params.tile.out().results.width(), params.bus_bits());
        let width = column_bits.max(bus_bits);
        let words = 2 * ROWS * WORDS * column_bits / width;
        Memory { memory: m.memory("results", width, words.into()), column_bits, bus_bits }
    }

    /// Columns in a word.
    fn columns(&self) -> u32 {
        (self.bus_bits / self.column_bits).max(1)
    }

    /// Beats in a word.
    fn beats(&self) -> u32 {
        (self.column_bits / self.bus_bits).max(1)
    }

    /// Beats of a row.
    fn row_beats(&self) -> u32 {
        WORDS * self.column_bits / self.bus_bits
    }

    /// Writes result `index` of a block: column by column, row by row.
    fn write(
        &self,
        m: &'m Module,
        enable: Signal<'m>,
        half: Signal<'m>,
        index: Signal<'m>,
        results: Signal<'m>,
    ) {
        let (row, column) = (index.low(ROWS.ilog2()), index.high(WORDS.ilog2()));
        let lane_bits = self.columns().ilog2();
        let word = column.width() - lane_bits;
        let parts: Vec<Signal> =
            [half, row].into_iter().chain((word > 0).then(|| column.high(word))).collect();
        let lane = match lane_bits {
            0 => m.ones(1),
            bits => m.lit(1, self.columns()) << column.low(bits),
        };
        self.memory.write_masked(enable, lane, m.concat(&parts), results.repeat(self.columns()));
    }

    /// A beat of a row; `beat` is none where a row is one.
    fn read(
        &self,
        m: &'m Module,
        reads: Signal<'m>,
        half: Signal<'m>,
        row: Signal<'m>,
        beat: Option<Signal<'m>>,
    ) -> Signal<'m> {
        let part_bits = self.beats().ilog2();
        let word =
            beat.filter(|beat| beat.width() > part_bits).map(|beat| beat.high(beat.width() - part_bits));
        let parts: Vec<Signal> = [half, row].into_iter().chain(word).collect();
        let word = self.memory.read_at_clock("result", m.concat(&parts), Collision::Undefined);
        let word = word.enable(reads).value();
        match beat {
            Some(beat) if part_bits > 0 => {
                let part = held(m, "part", beat.low(part_bits), reads);
                m.select(part, &word.split_lsb(self.bus_bits))
            }
            Some(_) | None => word,
        }
    }
}

/// How the transfers stand.
struct Sent<'m> {
    /// The last beat of a block is read.
    ends: Signal<'m>,
    is_idle: Signal<'m>,
    fails: Signal<'m>,
}

/// Writes block after block to memory.
fn send<'m>(
    m: &'m Module,
    params: &Params,
    dma: Child<'m>,
    control: &Control<'m>,
    memory: &Memory<'m>,
    halves: &Halves<'m>,
    block: &Written<Signal<'m>>,
) -> Sent<'m> {
    let command = dma.input_stream("command", &params.port().command());
    let is_told = m.reg("is_told", 1).reset_to(0);
    let under_way = Credit::new(m, "under_way", UNDER_WAY);
    command.set_valid(halves.has_half & !is_told.value() & under_way.has_room);
    command.set_payload(Command {
        address: block.address,
        row_bytes: block.row_bytes.zext(COUNT_BITS),
        rows: block.rows.zext(COUNT_BITS),
        stride: control.job.c.stride,
        tiles: m.lit(1, COUNT_BITS),
        tile_stride: m.zero(control.job.c.stride.width()),
    });

    let data = dma.input_stream("in", &params.port().data());
    let stage = Stage::new(m, halves.has_half & is_told.value(), data.ready());
    let last_beat = (block.row_bytes - 1) >> params.bytes().ilog2();
    let beat =
        (memory.row_beats() > 1).then(|| m.reg("beat", index_width(memory.row_beats().into())).reset_to(0));
    let ends_row = beat.map_or(m.ones(1), |beat| beat.value().eq(last_beat.low(beat.value().width())));
    if let Some(beat) = beat {
        beat.enable(stage.reads).set((beat.value() + 1).gated(!ends_row));
    }
    let row = m.reg("row", ROWS.ilog2()).reset_to(0).enable(stage.reads & ends_row);
    let is_last_row = row.value().eq((block.rows - 1).low(ROWS.ilog2()));
    row.set((row.value() + 1).gated(!is_last_row));
    let ends = (stage.reads & ends_row & is_last_row).named("ends");
    is_told.enable(command.fires() | ends).set(command.fires());
    let read = memory.read(m, stage.reads, halves.read_half, row.value(), beat.map(|beat| beat.value()));
    data.set_valid(stage.is_valid);
    data.set_payload(Data { data: read });

    let done = dma.output_stream("done", &DONE);
    done.set_ready(m.ones(1));
    let is_idle = !under_way.count().any();
    under_way.finish(command.fires(), done.fires());
    Sent { ends, is_idle, fails: done.fires() & done.payload.error }
}
