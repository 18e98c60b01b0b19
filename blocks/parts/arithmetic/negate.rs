#![doc = include_str!("negate.md")]

use crate::Part;
use hdl::{Design, ModuleRef, Signal};

/// See the page.
pub const PART: Part = Part {
    name: "negate",
    summary: "absolute values and conditional negation",
    page: include_str!("negate.md"),
    example,
};

/// `value` negated where `negative` is 1: an absolute value where `negative` is its sign.
pub fn negated<'m>(value: Signal<'m>, negative: Signal<'m>) -> Signal<'m> {
    let width = value.width();
    (value ^ negative.repeat(width)) + negative.zext(width)
}

fn example(design: &Design) -> ModuleRef {
    design.module("negate", &["16"], |m| {
        let value = m.input("value", 16, "in two's complement");
        m.output("magnitude", negated(value, value.msb()), "its absolute value, unsigned");
    })
}
