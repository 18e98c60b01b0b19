#![doc = include_str!("leading_zeros.md")]

use crate::Part;
use hdl::{Design, Module, ModuleRef, Signal, index_width};

/// See the page.
pub const PART: Part = Part {
    name: "leading_zeros",
    summary: "the number of zeros above the most significant 1",
    page: include_str!("leading_zeros.md"),
    example,
};

/// The number of zeros above the most significant 1 of `value`, and a flag for `value` = 0, for which the number has no
/// meaning. A tree: each node joins two halves; the lower one is padded with ones so that its count never passes its
/// end.
pub fn count_leading_zeros<'m>(m: &'m Module, value: Signal<'m>) -> LeadingZeros<'m> {
    let is_zero = !value.any();
    let levels = index_width(value.width() as u64);
    let padding = (1 << levels) - value.width();
    let padded = if padding == 0 { value } else { m.concat(&[value, m.lit((1 << padding) - 1, padding)]) };
    LeadingZeros { count: count(m, padded).count, is_zero }
}

/// What [`count_leading_zeros`] finds.
pub struct LeadingZeros<'m> {
    /// Wide enough to count up to the width less one.
    pub count: Signal<'m>,
    /// 1 if there is no 1 at all.
    pub is_zero: Signal<'m>,
}

/// `value` is a power of two wide, at least 2.
fn count<'m>(m: &'m Module, value: Signal<'m>) -> LeadingZeros<'m> {
    let half = value.width() / 2;
    let (high, low) = (value.high(half), value.low(half));
    if half == 1 {
        return LeadingZeros { count: !high, is_zero: !high & !low };
    }
    let (high, low) = (count(m, high), count(m, low));
    let rest = high.is_zero.mux(low.count, high.count);
    LeadingZeros { count: m.concat(&[high.is_zero, rest]), is_zero: high.is_zero & low.is_zero }
}

fn example(design: &Design) -> ModuleRef {
    design.module("leading_zeros", &["32"], |m| {
        let zeros = count_leading_zeros(m, m.input("value", 32, "the number"));
        m.output("count", zeros.count, "zeros above its highest 1");
        m.output("is_zero", zeros.is_zero, "it has no 1");
    })
}
