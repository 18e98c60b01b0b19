//! The blocks of results, one after the other: of a panel, strip after strip; of a strip, four words after four; of these, rows of
//! the panel. So a panel of A is on the chip until all columns have met it, and a strip of B until all rows of the panel have.

use super::control::Control;
use super::news::News;
use crate::common::memory::ADDRESS_BITS;
use crate::pacq::pacq_core::params::Params;
use crate::pacq::pacq_gemm::registers::SIZE_BITS;
use crate::pacq::tile::{ROWS, WORDS};
use hdl::{Bundle, Module, Reg, Signal, bit_length, index_width};

/// Strips on the chip.
const STRIPS: u64 = 2;

/// A block of results.
#[derive(Clone, Copy, Bundle)]
pub struct Block<T> {
    /// Its rows are these sixteen of the panel.
    pub row_block: T,
    /// Rows of it.
    pub rows: T,
    /// The half of the buffers that has its strip.
    pub half: T,
    /// Its words are these four of the strip.
    pub column_block: T,
    /// Byte address of its first result.
    pub address: T,
    /// Bytes of a row of it.
    pub row_bytes: T,
    /// The last block of its strip.
    pub ends_strip: T,
}

/// What the rest hears.
pub struct Blocks<'m> {
    /// The next block.
    pub block: Block<Signal<'m>>,
    /// It begins.
    pub begins: Signal<'m>,
    /// Blocks of a panel are still to begin.
    pub has_panel: Signal<'m>,
    /// The panel is on its way.
    pub lacks_panel: Signal<'m>,
    /// The panel is there, and the strip on its way.
    pub lacks_strip: Signal<'m>,
    /// A panel can be read.
    pub panel_is_free: Signal<'m>,
    /// A strip can be read.
    pub strip_is_free: Signal<'m>,
    /// The half of the buffers for the strip that comes.
    pub half_to_fill: Signal<'m>,
}

/// The steps of the loops.
struct Steps<'m> {
    begins: Signal<'m>,
    ends_rows: Signal<'m>,
    ends_strip: Signal<'m>,
    ends_panel: Signal<'m>,
}

/// The loops over blocks.
pub fn blocks<'m>(
    m: &'m Module,
    params: &Params,
    control: &Control<'m>,
    news: &News<Signal<'m>>,
) -> Blocks<'m> {
    let rows_left = m.reg("rows_left", SIZE_BITS);
    let columns_left = m.reg("columns_left", SIZE_BITS);
    let column_block = m.reg("column_block", index_width((params.columns / WORDS).into()));
    let row_block = m.reg("row_block", index_width(params.row_blocks().into()));
    let begins = m.wire("begins", 1);
    let ends_rows = rows_left.value().le(u64::from(ROWS)).named("ends_rows");
    let ends_columns = columns_left.value().le(u64::from(params.block_columns())).named("ends_columns");
    let steps = Steps {
        begins: begins.value(),
        ends_rows,
        ends_strip: ends_rows & (column_block.value().all() | ends_columns),
        ends_panel: (begins.value() & ends_rows & ends_columns).named("ends_panel"),
    };
    let panel = Panel::new(m, control, news, &steps);
    let strips = Strips::new(m, control, news, &steps);
    let can_begin = panel.is_there & strips.has_strip & news.has_room;
    begins.drive(can_begin & !control.stops);

    m.when(news.panel_comes, || {
        rows_left.set(news.panel_rows);
        columns_left.set(control.job.n);
        row_block.set(0);
        column_block.set(0);
    })
    .else_when(steps.begins & !ends_rows, || {
        rows_left.set(rows_left.value() - u64::from(ROWS));
        row_block.set(row_block.value() + 1);
    })
    .else_when(steps.begins, || {
        rows_left.set(news.panel_rows);
        row_block.set(0);
        columns_left.set(columns_left.value() - u64::from(params.block_columns()));
        column_block.set(column_block.value() + 1);
    });
    let count_bits = bit_length(ROWS.into());
    let columns = ends_columns.mux(columns_left.value(), u64::from(params.block_columns()));
    let bytes = params.result_bits() / 8;
    let row_bytes = (columns << bytes.ilog2()).low(bit_length((params.block_columns() * bytes).into()));
    let block = Block {
        row_block: row_block.value(),
        rows: ends_rows.mux(rows_left.value().low(count_bits), u64::from(ROWS)),
        half: strips.half,
        column_block: column_block.value(),
        address: address(m, params, control, &steps),
        row_bytes,
        ends_strip: steps.ends_strip,
    };
    Blocks {
        block,
        begins: begins.value(),
        has_panel: panel.is_open,
        lacks_panel: panel.is_open & !panel.is_there,
        lacks_strip: panel.is_there & !strips.has_strip,
        panel_is_free: !panel.is_open & news.a_is_idle,
        strip_is_free: strips.is_free,
        half_to_fill: strips.half_to_fill,
    }
}

/// The address of the next block of C.
fn address<'m>(m: &'m Module, params: &Params, control: &Control<'m>, steps: &Steps<'m>) -> Signal<'m> {
    let [of_panel, of_columns, of_block] =
        ["panel_address", "columns_address", "block_address"].map(|name| m.reg(name, ADDRESS_BITS));
    let job = &control.job;
    let set = |registers: &[Reg<'m>], address: Signal<'m>| {
        registers.iter().for_each(|register| register.set(address));
    };
    let block_bytes = u64::from(params.block_columns() * params.result_bits() / 8);
    let next_panel = of_panel.value() + (job.c.stride << params.rows.ilog2());
    m.when(control.begins, || set(&[of_panel, of_columns, of_block], job.c.address))
        .else_when(steps.ends_panel, || set(&[of_panel, of_columns, of_block], next_panel))
        .else_when(steps.begins & steps.ends_rows, || {
            set(&[of_columns, of_block], of_columns.value() + block_bytes);
        })
        .else_when(steps.begins, || of_block.set(of_block.value() + (job.c.stride << ROWS.ilog2())));
    of_block.value()
}

/// The panel.
struct Panel<'m> {
    /// It was asked for, and not all of its blocks have begun.
    is_open: Signal<'m>,
    /// It is on the chip.
    is_there: Signal<'m>,
}

impl<'m> Panel<'m> {
    fn new(m: &'m Module, control: &Control<'m>, news: &News<Signal<'m>>, steps: &Steps<'m>) -> Panel<'m> {
        let closes = control.begins | steps.ends_panel;
        let flag = |name: &str, opens: Signal<'m>| {
            let flag = m.reg(name, 1).reset_to(0);
            flag.enable(opens | closes).set(opens & !closes);
            flag.value()
        };
        Panel {
            is_open: flag("panel_is_open", news.panel_begins),
            is_there: flag("panel_is_there", news.panel_comes),
        }
    }
}

/// The strips, counted modulo four: at most two of them are asked for and not yet used up.
struct Strips<'m> {
    is_free: Signal<'m>,
    has_strip: Signal<'m>,
    half: Signal<'m>,
    half_to_fill: Signal<'m>,
}

impl<'m> Strips<'m> {
    fn new(m: &'m Module, control: &Control<'m>, news: &News<Signal<'m>>, steps: &Steps<'m>) -> Strips<'m> {
        let count = |name: &str, counts: Signal<'m>| {
            let count = m.reg(name, bit_length(STRIPS.into())).reset_to(0);
            count.enable(counts | control.begins).set((count.value() + 1).gated(!control.begins));
            count.value()
        };
        let asked = count("strips_asked", news.strip_begins);
        let come = count("strips_come", news.strip_comes);
        let begun = count("strips_begun", steps.begins & steps.ends_strip);
        let left = count("strips_left", news.strip_leaves);
        Strips {
            is_free: (asked - left).lt(STRIPS).named("strip_is_free"),
            has_strip: come.ne(begun).named("has_strip"),
            half: begun.bit(0),
            half_to_fill: come.bit(0),
        }
    }
}
