#![doc = include_str!("lfsr.md")]

use crate::Part;
use hdl::{Bits, Design, Module, ModuleRef, Signal};

/// See the page.
pub const PART: Part = Part {
    name: "lfsr",
    summary: "pseudo-random words from a maximal-length linear-feedback shift register",
    page: include_str!("lfsr.md"),
    example,
};

/// The widths that have a polynomial.
pub const WIDTHS: std::ops::RangeInclusive<u32> = 2..=32;

/// For each width from 2 on, the exponents of a primitive polynomial, without the 0 that all of them have.
const EXPONENTS: [&[u32]; 31] = [
    &[2, 1],
    &[3, 2],
    &[4, 3],
    &[5, 3],
    &[6, 5],
    &[7, 6],
    &[8, 6, 5, 4],
    &[9, 5],
    &[10, 7],
    &[11, 9],
    &[12, 6, 4, 1],
    &[13, 4, 3, 1],
    &[14, 5, 3, 1],
    &[15, 14],
    &[16, 15, 13, 4],
    &[17, 14],
    &[18, 11],
    &[19, 6, 2, 1],
    &[20, 17],
    &[21, 19],
    &[22, 21],
    &[23, 18],
    &[24, 23, 22, 17],
    &[25, 22],
    &[26, 6, 2, 1],
    &[27, 5, 2, 1],
    &[28, 25],
    &[29, 27],
    &[30, 6, 4, 1],
    &[31, 28],
    &[32, 22, 2, 1],
];

/// The taps of a register of `width` bits in Fibonacci form, a 1 for each bit that is fed back. Panics if the width has
/// no polynomial.
pub fn taps(width: u32) -> u32 {
    assert!(WIDTHS.contains(&width), "an LFSR has {WIDTHS:?} bits, not {width}");
    EXPONENTS[width as usize - 2].iter().fold(0, |taps, exponent| taps | 1 << (exponent - 1))
}

/// The state of a register of `width` bits, which advances by `steps` bits while `advance` is 1. After reset it is
/// `seed`, which must not be 0. Panics if the width has no polynomial.
#[track_caller]
pub fn lfsr<'m>(
    m: &'m Module,
    name: &str,
    width: u32,
    seed: u32,
    steps: u32,
    advance: Signal<'m>,
) -> Signal<'m> {
    assert!(seed != 0, "LFSR `{name}` never leaves the state 0");
    let register = m.reg(name, width).reset_to(seed.into());
    register.enable(advance).set(advanced(register.value(), steps).1);
    m.assert(&format!("{name}_is_not_zero"), register.value().any());
    register.value()
}

/// The next `steps` bits of a register with this state, the first one first, and its state after them. Panics if its width has
/// no polynomial.
pub fn advanced(state: Signal<'_>, steps: u32) -> (Vec<Signal<'_>>, Signal<'_>) {
    let (m, width) = (state.module(), state.width());
    let fed_back = Bits::truncated(taps(width).into(), width);
    let mut state = state;
    let mut next = || {
        let bit = (state & fed_back.clone()).parity();
        state = m.concat(&[state.low(width - 1), bit]);
        bit
    };
    let bits = (0..steps).map(|_| next()).collect();
    (bits, state)
}

/// The state of a register of `width` bits, `steps` bits after the state `seed`. Panics if the width has no polynomial.
pub fn state_after(width: u32, seed: u32, steps: u32) -> u32 {
    let (taps, mask) = (taps(width), u32::MAX >> (32 - width));
    (0..steps).fold(seed, |state, _| ((state << 1) | ((state & taps).count_ones() % 2)) & mask)
}

fn example(design: &Design) -> ModuleRef {
    design.module("lfsr", &["16"], |m| {
        let advance = m.input("advance", 1, "to the next state");
        m.output("state", lfsr(m, "random", 16, 1, 1, advance), "the state");
    })
}
