//! Groups with too many items for the range of their sums.

use hdl::{Module, Signal, bit_length};

/// 1 if the group already has `most` items, the maximum, before the current one. That one enters while `takes` is 1,
/// and is the last of the group if `ends` is 1.
pub fn is_overlong<'m>(m: &'m Module, most: u32, takes: Signal<'m>, ends: Signal<'m>) -> Signal<'m> {
    let before = m.reg("of_group", bit_length(most.into())).reset_to(0).enable(takes);
    let is_full = before.value().eq(u64::from(most)).named("group_is_full");
    before.set(is_full.mux(before.value(), before.value() + 1).gated(!ends));
    is_full
}
