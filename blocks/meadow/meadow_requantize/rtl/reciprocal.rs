//! 127 divided by the greatest absolute value of a row.

use crate::common::flow::Flow;
use crate::meadow::meadow_requantize::params::{MAGNITUDE_BITS, SHIFT_BITS};
use crate::meadow::meadow_requantize::tables::{
    FALL_BITS, GUARD_BITS, INDEX_BITS, LEAST_SHIFT, START_BITS, STEP_BITS, TOKEN_MULTIPLIER_BITS, reciprocals,
};
use hdl::{Bundle, Signal};
use parts::arithmetic::leading_zeros::count_leading_zeros;

/// The scale of a row.
#[derive(Clone, Copy, Bundle)]
pub struct TokenScale<T> {
    /// The greatest absolute value.
    pub maximum: T,
    /// 127 divided by it, times 2^`shift`.
    pub multiplier: T,
    /// Places to the right.
    pub shift: T,
}

/// Its widths.
pub const TOKEN_SCALE: TokenScale<u32> =
    TokenScale { maximum: MAGNITUDE_BITS, multiplier: TOKEN_MULTIPLIER_BITS, shift: SHIFT_BITS };

/// The scale of a row with this maximum, three stages later.
pub fn token_scale<'m>(flow: Flow<'m>, maximum: Signal<'m>) -> TokenScale<Signal<'m>> {
    let m = flow.m;
    let zeros = count_leading_zeros(m, maximum).count.named("zeros");
    let normal = (maximum << zeros).high(1 + INDEX_BITS + STEP_BITS);
    let normal = flow.keep("normal", normal.low(INDEX_BITS + STEP_BITS));
    let most = u64::from(LEAST_SHIFT + MAGNITUDE_BITS - 1);
    let shift = (m.lit(most.into(), SHIFT_BITS) - zeros).named("shift");

    let table = reciprocals();
    let entries = |entry: &dyn Fn(&(u64, u64)) -> u64, width: u32| {
        table.iter().map(|interval| m.lit(entry(interval).into(), width)).collect::<Vec<Signal>>()
    };
    let index = normal.high(INDEX_BITS);
    let start = flow.keep("start", m.select(index, &entries(&|(start, _)| *start, START_BITS)));
    let fall = flow.keep("fall", m.select(index, &entries(&|(_, fall)| *fall, FALL_BITS)));
    let step = flow.keep("step", normal.low(STEP_BITS));

    let stages = ["normal", "start", "fallen"];
    let fallen = flow.keep("fallen", (fall * step).high(FALL_BITS));
    let start = flow.keep("fallen_start", start);
    let quotient = start - fallen.zext(START_BITS) + (1 << (GUARD_BITS - 1));
    TokenScale {
        maximum: flow.through(&stages, "maximum", maximum),
        multiplier: quotient.high(TOKEN_MULTIPLIER_BITS).named("multiplier"),
        shift: flow.through(&stages, "shift", shift),
    }
}
