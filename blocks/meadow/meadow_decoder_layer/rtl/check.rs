//! Whether a step can be done, and how many product groups it has.

use crate::meadow::meadow_decoder_layer::params::{
    ADDRESS_BITS, CONTAINER_BITS, COUNT_BITS, Params, Unpacker,
};
use crate::meadow::meadow_decoder_layer::step::Step;
use crate::meadow::meadow_vector::params::{First, Norm, Op};
use hdl::{Module, Signal};

/// A count is from 1 to `most`.
fn within<'m>(count: Signal<'m>, most: u32) -> Signal<'m> {
    count.any() & at_most(count, most)
}

fn at_most<'m>(count: Signal<'m>, most: u32) -> Signal<'m> {
    if u64::from(most) >> count.width() == 0 { count.le(u64::from(most)) } else { count.module().ones(1) }
}

/// A shift has 6 bits.
fn is_shift<'m>(shift: Signal<'m>) -> Signal<'m> {
    !shift.high(shift.width() - 6).any()
}

/// The product groups of a step, counted one a cycle.
pub struct Groups<'m> {
    /// All are counted.
    pub are_counted: Signal<'m>,
    /// The tokens fit into the buffer.
    pub fit: Signal<'m>,
}

impl<'m> Groups<'m> {
    /// Counts from `start` on.
    pub fn new(m: &'m Module, params: &Params, step: &Step<Signal<'m>>, start: Signal<'m>) -> Groups<'m> {
        let width = COUNT_BITS + 1;
        // Words of each part.
        let bytes = u64::from(params.bytes() * params.split_k);
        let words = (step.inner.zext(width) + (bytes - 1)).high(width - bytes.ilog2());
        let left = m.reg("tokens_left", COUNT_BITS).enable(m.ones(1));
        let used = m.reg("words_used", width + 1);
        let group = u64::from(params.product_tokens());
        let is_last = left.value().le(group).named("is_last_group");
        left.set(start.mux(step.rows, (left.value() - group).gated(!is_last)));
        let fits = used.value().le(u64::from(params.token_words / params.split_k));
        let next = used.value() + words.zext(width + 1).gated(left.value().any() & fits);
        used.set(next.gated(!start));
        Groups { are_counted: !left.value().any() | !fits, fit: fits }
    }
}

/// Whether all but the buffer of tokens suits a step; `are_kept`: its tokens are those that are kept.
pub fn is_legal<'m>(
    m: &'m Module,
    params: &Params,
    step: &Step<Signal<'m>>,
    are_kept: Signal<'m>,
) -> Signal<'m> {
    let is_size = step.b.stride.any() & !step.b.stride.high(ADDRESS_BITS - CONTAINER_BITS).any();
    let weights = match params.unpacker {
        Unpacker::None => !step.packed,
        Unpacker::Huffman | Unpacker::All => !step.packed | is_size,
    };
    let is_dense = !step.sparse;
    let products = match params.sparse {
        false => is_dense,
        true => is_dense | (step.rows.eq(1) & !step.keeps & !step.packed),
    };
    let tokens = within(step.inner, params.inner) & (!step.keeps | are_kept) & weights;
    let columns = step.columns.any() & !step.columns.low(params.d_head.ilog2()).any();
    // Each memory has its own way to it, so results go to both at once, but not twice to one.
    let results = !step.second | (step.local.y ^ step.local.d);
    let keys =
        within(step.columns, params.keys) & step.valid.le(step.columns) & is_shift(step.extra.high(16));
    let of_kind = [
        tokens & columns & products & results,
        tokens & keys & is_dense,
        rows(m, params, step) & is_dense,
        m.ones(1),
    ];
    let of_kind = m.select(step.kind, &of_kind);
    let reserved = match params.local() {
        Some(_) => step.reserved,
        None => m.concat(&[step.reserved, m.pack(&step.local)]),
    };
    (of_kind & step.rows.any() & is_shift(step.shift) & !reserved.any()).named("suits")
}

/// A step of rows.
fn rows<'m>(m: &'m Module, params: &Params, step: &Step<Signal<'m>>) -> Signal<'m> {
    let lane_bits = params.lanes().ilog2();
    let is_row = |count: Signal<'m>| within(count, params.row_length) & !count.low(lane_bits).any();
    let operand = step.operation.eq(Op::Copy)
        | step.columns.eq(step.inner)
        | (step.operation.eq(Op::Rotary) & is_row(step.columns) & step.columns.le(step.inner));
    let has_norm = step.norm.ne(m.code(Norm::None));
    let gives_normal = step.second | step.first.eq(First::Normal);
    let has_result = step.second | step.first.ne(m.code(First::None));
    let epsilon = m.concat(&[step.more, step.extra]);
    let epsilon = !epsilon.high(epsilon.width() - params.vector().norm().epsilon_bits()).any();
    let norm = step.norm.le(m.code(Norm::Rms)) & !(has_norm ^ gives_normal);
    !step.packed & is_row(step.inner) & operand & norm & has_result & epsilon
}
