#![doc = include_str!("carry_save.md")]

use crate::Part;
use hdl::{Design, ModuleRef, Signal};

/// See the page.
pub const PART: Part = Part {
    name: "carry_save",
    summary: "the sum of several terms with one carry chain",
    page: include_str!("carry_save.md"),
    example,
};

/// The sum of terms of one width, without carries out of it. Panics if there are none.
pub fn sum(terms: Vec<Signal<'_>>) -> Signal<'_> {
    match terms.as_slice() {
        [] => panic!("a sum has at least one term"),
        [only] => *only,
        [a, b] => *a + *b,
        more => sum(more.chunks(3).flat_map(reduced).collect()),
    }
}

/// Three terms as two, which are their sum digit by digit and the carries of the digits; fewer terms stay.
fn reduced<'m>(terms: &[Signal<'m>]) -> Vec<Signal<'m>> {
    match terms {
        [a, b, c] => {
            let differ = *a ^ *b;
            vec![differ ^ *c, ((*a & *b) | (differ & *c)) << 1]
        }
        fewer => fewer.to_vec(),
    }
}

fn example(design: &Design) -> ModuleRef {
    design.module("carry_save", &["4", "16"], |m| {
        let terms = (0..4).map(|term| m.input(&format!("term{term}"), 16, "in two's complement"));
        m.output("sum", sum(terms.collect()), "of the terms, modulo 2^16");
    })
}
