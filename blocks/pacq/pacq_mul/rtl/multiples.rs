//! All multiples of a significand that a weight can ask for, computed once for all lanes.

use super::operands::Operands;
use crate::pacq::pacq_mul::params::Params;
use hdl::{Bundle, Module, Signal};

/// The operands with the odd multiples of the activation.
#[derive(Clone, Bundle)]
pub struct Multiples<T> {
    /// As decoded.
    pub operands: Operands<T>,
    /// Of its significand.
    pub odd: OddMultiples<T>,
}

/// The odd multiples 1, 3, ... up to 2^(w-1) - 1 of a significand; every other multiple is a doubling.
#[derive(Clone, Bundle)]
pub struct OddMultiples<T> {
    /// Multiple 2i + 1 at index i, just wide enough.
    odd: Vec<T>,
}

impl<'m> OddMultiples<Signal<'m>> {
    /// The odd multiples, with one adder each: 3 = 1 + 2, 5 = 1 + 4, 7 = 8 - 1.
    pub fn of(params: &Params, significand: Signal<'m>) -> OddMultiples<Signal<'m>> {
        let s = significand.width();
        let times = |factor: u32| significand.zext(s + factor) << factor;
        let one = |width: u32| significand.zext(width);
        let all = [
            Some(significand),
            (params.weight_bits > 2).then(|| (one(s + 2) + times(1).zext(s + 2)).named("times3")),
            (params.weight_bits > 3).then(|| (one(s + 3) + times(2).zext(s + 3)).named("times5")),
            (params.weight_bits > 3).then(|| (times(3) - one(s + 3)).named("times7")),
        ];
        OddMultiples { odd: all.into_iter().flatten().collect() }
    }

    /// The values for |B| = 1 up to 2^(w-1): `finish` of each odd multiple, and `double` of half of each even one.
    pub fn table(
        &self,
        m: &'m Module,
        params: &Params,
        finish: impl Fn(Signal<'m>) -> Signal<'m>,
        double: impl Fn(Signal<'m>) -> Signal<'m>,
    ) -> Vec<Signal<'m>> {
        let mut table: Vec<Signal> = vec![];
        for factor in 1..=1usize << (params.weight_bits - 1) {
            let value = m.scope(&format!("times{factor}"), || match factor % 2 {
                1 => finish(self.odd[factor / 2]),
                _ => double(table[factor / 2 - 1]),
            });
            table.push(value);
        }
        table
    }
}

/// Selects the value of `table` for |B|, 0 for B = 0: each value is gated by its own select line.
pub fn choose<'m>(m: &'m Module, table: &[Signal<'m>], absolute: Signal<'m>) -> Signal<'m> {
    let gated = table.iter().zip(1u64..).map(|(value, factor)| {
        let is_chosen = absolute.eq(m.lit(factor.into(), absolute.width()));
        value.gated(is_chosen.named(&format!("is{factor}")))
    });
    gated.reduce(|all, value| all | value).expect("a table holds at least two multiples")
}
