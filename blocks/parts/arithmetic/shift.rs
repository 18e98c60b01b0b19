#![doc = include_str!("shift.md")]

use crate::Part;
use hdl::{Design, Module, ModuleRef, Signal};

/// See the page.
pub const PART: Part = Part {
    name: "shift",
    summary: "right shifts with a sticky bit",
    page: include_str!("shift.md"),
    example,
};

/// `value` shifted right by `amount`, with a flag for a 1 among the bits that were shifted out. An amount
/// beyond the width leaves 0, the flag then says whether `value` was other than 0.
pub fn right_with_sticky<'m>(
    m: &'m Module,
    value: Signal<'m>,
    amount: Signal<'m>,
) -> (Signal<'m>, Signal<'m>) {
    let (mut shifted, mut sticky) = (value, m.lit(0, 1));
    // The longest shift first: bits that the result does not need then disappear from most of the stages.
    for bit in (0..amount.width()).rev() {
        let step = 1u64 << bit.min(31);
        let is_taken = amount.bit(bit);
        let (next, lost) = if step >= value.width() as u64 {
            (m.lit(0, value.width()), shifted.any())
        } else {
            (shifted >> step as u32, shifted.low(step as u32).any())
        };
        sticky = sticky | (is_taken & lost);
        shifted = is_taken.mux(next, shifted);
    }
    (shifted, sticky)
}

fn example(design: &Design) -> ModuleRef {
    design.module("shift", &["24"], |m| {
        let value = m.input("value", 24, "what is shifted");
        let (shifted, sticky) = right_with_sticky(m, value, m.input("amount", 5, "by how much"));
        m.output("shifted", shifted, "the value shifted right");
        m.output("sticky", sticky, "a 1 was shifted out");
    })
}
