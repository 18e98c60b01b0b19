//! Groups with too many items for the range of their sums.

use hdl::{Module, Signal, bit_length};

/// Whether the group already has `most` items, the maximum, before the present one, which enters while `takes` is 1 and
/// is its last if `ends` is.
pub fn is_overlong<'m>(m: &'m Module, most: u32, takes: Signal<'m>, ends: Signal<'m>) -> Signal<'m> {
    let before = m.reg("of_group", bit_length(most.into())).reset_to(0).enable(takes);
    let is_full = before.value().eq(u64::from(most)).named("group_is_full");
    before.set(is_full.mux(before.value(), before.value() + 1).gated(!ends));
    is_full
}
