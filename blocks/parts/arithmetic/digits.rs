#![doc = include_str!("digits.md")]

use super::tree::tree;
use crate::Part;
use hdl::{Design, Module, ModuleRef, Signal};

/// See the page.
pub const PART: Part = Part {
    name: "digits",
    summary: "products of one number by several small ones, with a shared triple",
    page: include_str!("digits.md"),
    example,
};

/// Multiplies `value` by every code, two bits of it at a time: three times the value is made once for
/// all, and every other multiple of a digit is a choice. The products are as wide as both together.
pub fn by_codes<'m>(m: &'m Module, value: Signal<'m>, codes: &[Signal<'m>]) -> Vec<Signal<'m>> {
    let width = value.width() + 2;
    let once = value.zext(width);
    let triple = ((once << 1) + once).named("times3");
    let multiples = [m.lit(0, width), once, once << 1, triple];
    let by_code = |code: &Signal<'m>| {
        let product = value.width() + code.width();
        let digits = (0..code.width()).step_by(2).map(|low| {
            let digit = code.slice((low + 1).min(code.width() - 1), low).zext(2);
            place(m.select(digit, &multiples), low, product)
        });
        sum(digits.collect())
    };
    codes.iter().map(by_code).collect()
}

/// `value` with its bit 0 at `low` of `width` bits; what would lie above is 0 in a partial product.
pub fn place<'m>(value: Signal<'m>, low: u32, width: u32) -> Signal<'m> {
    value.low(value.width().min(width - low)).zext(width) << low
}

/// The sum of terms of one width, by a balanced tree of adders.
pub fn sum<'m>(terms: Vec<Signal<'m>>) -> Signal<'m> {
    tree(terms, &|a, b| a + b)
}

fn example(design: &Design) -> ModuleRef {
    design.module("digits", &["11"], |m| {
        let (a, b) = (m.input("a", 11, "a factor"), m.input("b", 11, "the other factor"));
        m.output("product", by_codes(m, a, &[b])[0], "a x b");
    })
}
