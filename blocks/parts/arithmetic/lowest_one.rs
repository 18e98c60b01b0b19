#![doc = include_str!("lowest_one.md")]

use crate::Part;
use crate::arithmetic::prefix::Network;
use hdl::{Bits, Design, Module, ModuleRef, Signal, index_width};

/// See the page.
pub const PART: Part = Part {
    name: "lowest_one",
    summary: "the lowest 1 of a mask: a priority encoder",
    page: include_str!("lowest_one.md"),
    example,
};

/// What [`lowest_one`] finds.
#[derive(Clone, Copy)]
pub struct LowestOne<'m> {
    /// As wide as the mask, with the lowest 1 only.
    pub one_hot: Signal<'m>,
    /// As wide as the mask: a 1 in each bit below the lowest 1; all ones where the mask has none.
    pub below: Signal<'m>,
    /// The number of the lowest 1; 0 if there is none.
    pub index: Signal<'m>,
}

/// Finds the lowest 1 of `mask` with a Sklansky network of ors.
pub fn lowest_one<'m>(m: &'m Module, mask: Signal<'m>) -> LowestOne<'m> {
    let seen = Network::Sklansky.inclusive(&mask.split_lsb(1), &mut |low, high| low | high);
    let below = !m.concat_lsb(&seen);
    let below = below.named("below_lowest");
    let width = mask.width();
    let at_or_below = if width == 1 { m.ones(1) } else { m.concat(&[below.low(width - 1), m.ones(1)]) };
    let one_hot = (mask & at_or_below).named("lowest");
    LowestOne { one_hot, below, index: encode(m, one_hot) }
}

/// The number of the one bit that is set; 0 if none is.
pub fn encode<'m>(m: &'m Module, one_hot: Signal<'m>) -> Signal<'m> {
    let width = one_hot.width();
    let bit = |index: u32| {
        let mut numbers = Bits::zero(width);
        (0..width).for_each(|place| numbers.set_bit(place, place >> index & 1 == 1));
        (one_hot & numbers).any()
    };
    m.concat_lsb(&(0..index_width(width.into())).map(bit).collect::<Vec<_>>())
}

fn example(design: &Design) -> ModuleRef {
    design.module("lowest_one", &["32"], |m| {
        let lowest = lowest_one(m, m.input("mask", 32, "the bits"));
        m.output("one_hot", lowest.one_hot, "the lowest 1 alone");
        m.output("below", lowest.below, "a 1 in each bit below it");
        m.output("index", lowest.index, "its number");
    })
}
