//! The words of both operands. Rows of `b` are double-buffered: one loads while the one before is used.

use super::control::Work;
use super::walk::{Place, Walk, alternate};
use crate::common::flow::Flow;
use crate::meadow::meadow_vector::params::{Op, Params, Word};
use hdl::{Collision, Module, Ram, Signal, Stream};
use parts::storage::credit::Credit;

/// A word of each operand.
pub struct Operands<'m> {
    /// They are there.
    pub valid: Signal<'m>,
    /// The word of `a`.
    pub a: Signal<'m>,
    /// The word of `b`, which has no meaning in a copy.
    pub b: Signal<'m>,
    /// The last word of the row.
    pub last: Signal<'m>,
}

/// The operands, a stage after they are taken.
pub fn operands<'m>(m: &'m Module, params: &Params, work: &Work<'m>, flow: Flow<'m>) -> Operands<'m> {
    let (a, b) = (m.input_stream("a", &params.operand()), m.input_stream("b", &params.operand()));
    let uses_b = (!work.job.op.eq(Op::Copy)).named("uses_b");
    let row_ends = m.wire("row_of_b_ends", 1);
    let rows = m.scope("b", || Rows::load(m, params, work, &b, uses_b, row_ends.value()));
    let walk = Walk::new(m, "a", work.start, work.job.rows, work.last);
    a.set_ready(walk.is_active & (rows.has_row | !uses_b) & flow.advance);
    let taken = a.fires();
    let ends = (taken & walk.is_last).named("row_ends");
    row_ends.drive(ends & uses_b);

    let place = m.scope("b_used", || Place::new(m, work.last_of_b));
    let address = m.concat(&[rows.bank, place.value]);
    let word = rows.memory.read_at_clock("b_word", address, Collision::Undefined).enable(flow.advance);
    // The row of b begins again with every row of a.
    let restarts = walk.is_last | place.is_last;
    place.finish(taken, restarts);
    let operands = Operands {
        valid: flow.flag("operands_valid", taken),
        a: flow.keep("a_word", a.payload.data),
        b: word.value(),
        last: flow.keep("operands_last", walk.is_last),
    };
    walk.finish(taken);
    operands
}

/// Two rows of `b`.
struct Rows<'m> {
    memory: Ram<'m>,
    /// The row in use is there.
    has_row: Signal<'m>,
    /// Where it is.
    bank: Signal<'m>,
}

impl<'m> Rows<'m> {
    /// Loads the rows of a job that `uses` them. The row in use is given up where `ends` is 1.
    fn load(
        m: &'m Module,
        params: &Params,
        work: &Work<'m>,
        b: &Stream<'m, Word<Signal<'m>>>,
        uses: Signal<'m>,
        ends: Signal<'m>,
    ) -> Rows<'m> {
        let memory = m.memory("rows", params.word_bits(), 2u64 << params.place_bits());
        let loaded = Credit::new(m, "loaded", 2);
        let walk = Walk::new(m, "load", work.start & uses, work.job.rows, work.last_of_b);
        b.set_ready(walk.is_active & loaded.has_room);
        let row_loads = (b.fires() & walk.is_last).named("row_is_loaded");
        let into = alternate(m, "load_bank", row_loads);
        memory.write(b.fires(), m.concat(&[into, walk.value]), b.payload.data);
        walk.finish(b.fires());
        let has_row = loaded.count().any();
        loaded.finish(row_loads, ends);
        Rows { memory, has_row, bank: alternate(m, "bank", ends) }
    }
}
