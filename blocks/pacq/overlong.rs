//! Groups that are longer than sums have room for.

use hdl::{Module, Signal, bit_length};

/// Whether as many items as a group may have, `most`, are in it before the present one, which enters where `takes` is 1 and is its
/// last where `ends` is.
pub fn is_overlong<'m>(m: &'m Module, most: u32, takes: Signal<'m>, ends: Signal<'m>) -> Signal<'m> {
    let before = m.reg("of_group", bit_length(most.into())).reset_to(0).enable(takes);
    let is_full = before.value().eq(u64::from(most)).named("group_is_full");
    before.set(is_full.mux(before.value(), before.value() + 1).gated(!ends));
    is_full
}
