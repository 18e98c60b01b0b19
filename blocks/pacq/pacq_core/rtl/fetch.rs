//! What is read from memory, and when: for each panel of A that panel, then strip after strip of B, each with its scales and zero
//! points.

use super::blocks::Blocks;
use super::control::Control;
use super::news::News;
use crate::common::memory::ADDRESS_BITS;
use crate::pacq::pacq_core::job::Matrix;
use crate::pacq::pacq_core::params::Params;
use crate::pacq::pacq_gemm::registers::SIZE_BITS;
use hdl::{Bundle, Child, Encoded, Module, Reg, Signal, StateMachine};
use parts::axi::Command;
use parts::storage::fifo::Fifo;
use parts::storage::held::held;

/// What a command reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
pub enum Operand {
    /// A panel.
    A,
    /// A strip of words.
    B,
    /// Their scales.
    Scales,
    /// Their zero points.
    Zeros,
}

#[derive(Clone, Copy, PartialEq, Encoded)]
enum State {
    Idle,
    A,
    B,
    Scales,
    Zeros,
}

/// Commands under way: a strip and the next panel.
const UNDER_WAY: u64 = 4;

/// What the rest hears.
pub struct Fetch<'m> {
    /// Nothing is asked for, and nothing is under way.
    pub is_idle: Signal<'m>,
    /// Whose data comes.
    pub operand: Signal<'m>,
    /// As in the news.
    pub panel_begins: Signal<'m>,
    /// As in the news.
    pub panel_rows: Signal<'m>,
    /// As in the news.
    pub strip_begins: Signal<'m>,
}

/// Rows of a matrix that are asked for.
#[derive(Clone, Copy, Bundle)]
struct Rows<T> {
    operand: T,
    from: Matrix<T>,
    row_bytes: T,
    rows: T,
}

/// What is next.
struct Counts<'m> {
    /// Rows of the panel.
    panel: Signal<'m>,
    /// Columns of C in the strip.
    strip: Signal<'m>,
    /// Groups along k.
    groups: Signal<'m>,
}

/// How far the fetches have got: where the next panel and the next strip are, and what is left from there on.
struct Place<'m> {
    a: Reg<'m>,
    b: Reg<'m>,
    scales: Reg<'m>,
    zeros: Reg<'m>,
    rows_left: Reg<'m>,
    columns_left: Reg<'m>,
}

/// Rows of the next panel, or columns of C in the next strip.
fn next<'m>(left: Signal<'m>, most: u32) -> (Signal<'m>, Signal<'m>) {
    let is_last = left.le(u64::from(most));
    (is_last.mux(left, u64::from(most)), is_last)
}

/// So many items in so many units of `size`, a power of two.
fn units(items: Signal<'_>, size: u32) -> Signal<'_> {
    (items + u64::from(size - 1)) >> size.ilog2()
}

/// The commands to the DMA.
pub fn fetch<'m>(
    m: &'m Module,
    params: &Params,
    control: &Control<'m>,
    dma: Child<'m>,
    blocks: &Blocks<'m>,
    news: &News<Signal<'m>>,
) -> Fetch<'m> {
    let state = m.state_machine::<State>("state");
    let command = dma.input_stream("command", &params.port().command());
    let asked = Fifo::new(m, "asked", Operand::WIDTH, UNDER_WAY);
    let (groups, has_groups) = groups(m, control);
    let place = Place::new(m);
    let (panel, _) = next(place.rows_left.value(), params.rows);
    let (strip, is_last_strip) = next(place.columns_left.value(), params.strip());
    let is_last_strip = is_last_strip.named("is_last_strip");

    let can_ask = (state.is(State::A) & blocks.panel_is_free)
        | (state.is(State::B) & blocks.strip_is_free)
        | (state.is(State::Scales) & has_groups)
        | state.is(State::Zeros);
    let asks = (can_ask & !asked.is_full()).named("asks");
    command.set_valid(asks);
    let counts = Counts { panel, strip, groups };
    let rows = rows(params, control, &state, &place, &counts);
    command.set_payload(Command {
        address: rows.from.address,
        row_bytes: rows.row_bytes,
        rows: rows.rows,
        stride: rows.from.stride,
        tiles: m.lit(1, rows.rows.width()),
        tile_stride: m.zero(ADDRESS_BITS),
    });
    let fires = command.fires();
    let [panel_begins, strip_begins, strip_ends] =
        [State::A, State::B, State::Zeros].map(|of| fires & state.is(of));
    place.advance(m, params, control, panel_begins, strip_ends);

    let stops = control.stops & (fires | !asks);
    state.go(State::Idle, control.begins, State::A);
    for of in [State::A, State::B, State::Scales, State::Zeros] {
        state.go(of, stops, State::Idle);
    }
    state.go(State::A, fires, State::B);
    state.go(State::B, fires, State::Scales);
    state.go(State::Scales, fires, State::Zeros);
    state.go(State::Zeros, fires & !is_last_strip, State::B);
    state.go(State::Zeros, fires & place.rows_left.value().any(), State::A);
    state.go(State::Zeros, fires, State::Idle);
    let is_idle = state.is(State::Idle) & !asked.has_word();
    state.finish();
    let operand = asked.front;
    asked.finish(fires, rows.operand, news.operand_ends);
    let panel_rows = held(m, "panel_rows", panel, panel_begins);
    Fetch { is_idle, operand, panel_begins, panel_rows, strip_begins }
}

/// The number of groups along k, and whether it is known: a group is counted in a cycle, which takes less time than to read A.
fn groups<'m>(m: &'m Module, control: &Control<'m>) -> (Signal<'m>, Signal<'m>) {
    let [rest, count] = ["groups_rest", "groups"].map(|name| m.reg(name, SIZE_BITS));
    let is_counted = rest.value().le(control.group).named("has_groups");
    m.when(control.begins, || {
        rest.set(control.job.k);
        count.set(1);
    })
    .else_when(!is_counted, || {
        rest.set(rest.value() - control.group);
        count.set(count.value() + 1);
    });
    (count.value(), is_counted)
}

/// What the state asks for.
fn rows<'m>(
    params: &Params,
    control: &Control<'m>,
    state: &StateMachine<'m, State>,
    place: &Place<'m>,
    counts: &Counts<'m>,
) -> Rows<Signal<'m>> {
    let Counts { panel, strip, groups } = *counts;
    let m = panel.module();
    let job = &control.job;
    let shape = params.tile.shape();
    let at = |address: Reg<'m>, matrix: Matrix<Signal<'m>>| Matrix { address: address.value(), ..matrix };
    let of =
        |operand: Operand, from, row_bytes, rows| Rows { operand: m.code(operand), from, row_bytes, rows };
    let words = units(strip, shape.lanes());
    let scales = units(strip, shape.group_n);
    let a = of(Operand::A, at(place.a, job.a), job.k << 1, panel);
    let b = of(Operand::B, at(place.b, job.b), words << 1, job.k);
    let of_scales = of(Operand::Scales, at(place.scales, job.scales), scales << 1, groups);
    let of_zeros = of(Operand::Zeros, at(place.zeros, job.zeros), scales, groups);
    let later = state.is(State::Scales).mux_all(&of_scales, &of_zeros);
    state.is(State::A).mux_all(&a, &state.is(State::B).mux_all(&b, &later))
}

impl<'m> Place<'m> {
    fn new(m: &'m Module) -> Place<'m> {
        let address = |name: &str| m.reg(&format!("{name}_address"), ADDRESS_BITS);
        Place {
            a: address("a"),
            b: address("b"),
            scales: address("scales"),
            zeros: address("zeros"),
            rows_left: m.reg("rows_left", SIZE_BITS),
            columns_left: m.reg("columns_left", SIZE_BITS),
        }
    }

    /// A product begins with its first panel, a panel with its first strip.
    fn advance(
        &self,
        m: &'m Module,
        params: &Params,
        control: &Control<'m>,
        panel_begins: Signal<'m>,
        strip_ends: Signal<'m>,
    ) {
        let job = &control.job;
        let left = |left: Reg<'m>, most: u32| {
            let (next, _) = next(left.value(), most);
            left.set(left.value() - next);
        };
        m.when(control.begins, || {
            self.a.set(job.a.address);
            self.rows_left.set(job.m);
        })
        .else_when(panel_begins, || {
            self.a.set(self.a.value() + (job.a.stride << params.rows.ilog2()));
            left(self.rows_left, params.rows);
            self.b.set(job.b.address);
            self.scales.set(job.scales.address);
            self.zeros.set(job.zeros.address);
            self.columns_left.set(job.n);
        })
        .else_when(strip_ends, || {
            let scales = u64::from(params.columns * params.tile.shape().scales());
            self.b.set(self.b.value() + u64::from(2 * params.columns));
            self.scales.set(self.scales.value() + 2 * scales);
            self.zeros.set(self.zeros.value() + scales);
            left(self.columns_left, params.strip());
        });
    }
}
