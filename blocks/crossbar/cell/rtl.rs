//! The random numbers and factors of cells in hardware.

use super::LogNormal;
use hdl::{Bits, Module, Ram, Signal, bit_length};

/// A bijection of 32 bits after which every bit depends on every bit before (`lowbias32` by C. Wellons).
pub fn mixed(x: Signal) -> Signal {
    let x = x ^ (x >> 16);
    let x = (x * 0x7feb_352du32).low(32);
    let x = x ^ (x >> 15);
    let x = (x * 0x846c_a68bu32).low(32);
    x ^ (x >> 16)
}

/// What a word makes of what the words before it have made.
pub fn after<'m>(state: Signal<'m>, word: Signal<'m>) -> Signal<'m> {
    mixed((state + 0x9e37_79b9u32) ^ word)
}

/// A table of factors, which the upper bits of a random number choose from.
pub fn factors<'m>(m: &'m Module, name: &str, table: &LogNormal) -> Ram<'m> {
    let greatest = table.factors.iter().max().expect("there are factors");
    let bits = bit_length(u128::from(*greatest));
    let word = |factor: &u64| Bits::truncated((*factor).into(), bits);
    m.rom(name, &table.factors.iter().map(word).collect::<Vec<_>>())
}
