//! Tiles of weights, twice: one is used while the next one loads.
//!
//! ```text
//! weights --+--> [biases, multipliers, shifts]
//!           +--> row --> [rows], in as many banks as a token has parts
//! ```

use super::loads::Loaded;
use super::split::Place;
use crate::meadow::meadow_decoder_layer::params::{COUNT_BITS, ELEMENT_BITS, Params, TABLE_ROWS};
use hdl::{Bundle, Module, Ram, Signal, Stream, index_width};
use parts::storage::credit::Credit;

/// Tiles whose biases and scales are kept: those that are loaded, and those whose results are on their way.
const TABLES: u32 = 4;

/// Tiles that are loaded.
const LOADED: u64 = 2;

/// Tiles that are multiplied and whose results need their tables.
pub const ON_THEIR_WAY: u64 = TABLES as u64 - LOADED;

/// What a column has besides its weights.
#[derive(Clone, Copy, Bundle)]
pub struct Column<T> {
    /// Two's complement, in units of the sums.
    pub bias: T,
    /// Unsigned.
    pub multiplier: T,
    /// Places to the right, in the lower 6 bits.
    pub shift: T,
    /// Nothing.
    pub rest: T,
}

const COLUMN: Column<u32> = Column { bias: 32, multiplier: 16, shift: 8, rest: 8 };

/// What is loaded for a step.
#[derive(Clone, Copy, Bundle)]
pub struct FillJob<T> {
    /// Rows of a tile, less one.
    pub last_row: T,
    /// Tiles, less one.
    pub last_tile: T,
}

impl Params {
    /// The widths.
    pub fn fill_job(&self) -> FillJob<u32> {
        FillJob { last_row: self.element_bits(), last_tile: COUNT_BITS }
    }

    /// Rows of a bank of weights: those of two tiles.
    fn weight_rows(&self) -> u64 {
        2 * u64::from(self.turns(self.inner))
    }

    /// The address of the row of a turn in one of the halves.
    fn weight_address<'m>(&self, half: Signal<'m>, turn: Signal<'m>) -> Signal<'m> {
        let width = index_width(self.weight_rows());
        let first = turn.module().lit(self.turns(self.inner).into(), width);
        turn.zext(width) + first.gated(half)
    }

    /// Bits of a row of a tile.
    pub fn row_bits(&self) -> u32 {
        self.d_head * ELEMENT_BITS
    }
}

/// The tiles.
pub struct Weights<'m> {
    m: &'m Module,
    params: &'m Params,
    rows: Vec<Ram<'m>>,
    tables: Ram<'m>,
    loaded: Credit<'m>,
    /// A tile is loaded.
    pub is_there: Signal<'m>,
    fills: Signal<'m>,
}

impl<'m> Weights<'m> {
    /// Loads the tiles of the jobs of `fill`; `clear` ends the job.
    pub fn new(m: &'m Module, params: &'m Params, clear: Signal<'m>) -> Weights<'m> {
        let jobs = m.input_stream("fill", &params.fill_job());
        let input = m.input_stream("weights", &params.loaded());
        let rows = params.banks(m, "rows", params.row_bits(), params.weight_rows());
        let tables = m.memory("tables", params.bus_bits, u64::from(TABLES * params.table_beats()));
        let loaded = Credit::new(m, "tiles", LOADED);
        let is_busy = m.reg("is_busy", 1).reset_to(0);
        jobs.set_ready(!is_busy.value());
        let job = m.hold("fill_job", &jobs.payload, jobs.fires());
        input.set_ready(is_busy.value() & loaded.has_room);
        let ends_tile = m.scope("fill", || fill(m, params, &input, &job, &rows, &tables));
        let left = m.reg("tiles_left", COUNT_BITS).enable(jobs.fires() | ends_tile);
        left.set(jobs.fires().mux(jobs.payload.last_tile, left.value() - 1));
        let ends = (ends_tile & !left.value().any()).named("ends_fill");
        is_busy.enable(jobs.fires() | ends | clear).set(jobs.fires());
        let is_there = loaded.count().any();
        Weights { m, params, rows, tables, loaded, is_there, fills: ends_tile }
    }

    /// The row of each part in a turn, a cycle later; `half` is the lowest bit of the tile's number.
    pub fn rows(&self, half: Signal<'m>, turn: Signal<'m>, advance: Signal<'m>) -> Vec<Signal<'m>> {
        let address = self.params.weight_address(half, turn);
        let row = |(part, bank): (u32, &Ram<'m>)| {
            let name = self.params.of_part("weight_row", part);
            bank.read_at_clock(&name, address, hdl::Collision::Undefined).enable(advance).value()
        };
        (0..).zip(&self.rows).map(row).collect()
    }

    /// What a column of a tile has.
    pub fn column(&self, tile: Signal<'m>, column: Signal<'m>) -> Column<Signal<'m>> {
        let columns = self.params.bytes() / TABLE_ROWS;
        let lane_bits = columns.ilog2();
        let beat = self.tables.read(self.m.concat(&[tile, column.high(column.width() - lane_bits)]));
        let records = beat.split_lsb(8 * TABLE_ROWS);
        let record = if lane_bits == 0 { records[0] } else { self.m.select(column.low(lane_bits), &records) };
        self.m.unpack(&COLUMN, record)
    }

    /// Closes the tiles: the oldest one is no longer needed where `releases` is 1.
    pub fn finish(self, releases: Signal<'m>) {
        self.loaded.finish(self.fills, releases);
    }
}

/// Takes the beats of tiles; returns when one is there.
fn fill<'m>(
    m: &'m Module,
    params: &Params,
    input: &Stream<'m, Loaded<Signal<'m>>>,
    job: &FillJob<Signal<'m>>,
    rows: &[Ram<'m>],
    tables: &Ram<'m>,
) -> Signal<'m> {
    let Loaded { data, row_last } = input.payload;
    let tile = m.reg("tile", index_width(TABLES.into())).reset_to(0);
    let in_table = m.reg("in_table", 1).reset_to(1);
    let beat_bits = index_width(params.table_beats().into());
    let beat = m.reg("table_beat", beat_bits).reset_to(0).enable(input.fires() & in_table.value());
    beat.set(beat.value() + 1);
    let ends_table = (input.fires() & in_table.value() & beat.value().all()).named("ends_table");
    tables.write(input.fires() & in_table.value(), m.concat(&[tile.value(), beat.value()]), data);

    let row = row_of(m, params, data, input.fires());
    let ends_row = (input.fires() & !in_table.value() & row_last).named("ends_row");
    let place = m.reg("place", params.element_bits()).reset_to(0).enable(ends_row);
    let is_last = place.value().eq(job.last_row);
    place.set((place.value() + 1).gated(!is_last));
    let Place { is_part, place: turn } = params.place_of_element(m, place.value());
    let address = params.weight_address(tile.value().bit(0), turn);
    for (bank, is_part) in rows.iter().zip(is_part) {
        bank.write(ends_row & is_part, address, row);
    }
    let ends_tile = (ends_row & is_last).named("ends_tile");
    in_table.enable(ends_table | ends_tile).set(ends_tile);
    tile.enable(ends_tile).set(tile.value() + 1);
    ends_tile
}

/// The beats of a row so far, the last one in the highest bits.
pub fn row_of<'m>(m: &'m Module, params: &Params, data: Signal<'m>, takes: Signal<'m>) -> Signal<'m> {
    if params.row_beats() == 1 {
        return data;
    }
    let before = m.reg("beats_before", params.row_bits() - params.bus_bits).enable(takes);
    let row = m.concat(&[data, before.value()]);
    before.set(row.high(before.value().width()));
    row
}
