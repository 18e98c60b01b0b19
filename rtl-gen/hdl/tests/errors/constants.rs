//! Constants that do not fit.

use crate::{Case, case, inputs};
use hdl::Bits;

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("constant_does_not_fit", |m| {
            m.output("y", m.lit(256, 8), "");
        }),
        case("constant_negative", |m| {
            m.output("y", m.lit(-5i32 as u128, 8), "");
        }),
        case("constant_signed_too_great", |m| {
            m.output("y", m.lit_signed(128, 8), "");
        }),
        case("constant_signed_too_small", |m| {
            m.output("y", m.lit_signed(-129, 8), "");
        }),
        case("constant_signed_without_width", |m| {
            m.output("y", m.lit_signed(-1, 0), "");
        }),
        case("constant_has_no_width", |m| {
            m.output("y", m.lit(0, 0), "");
        }),
        case("constant_giant", |m| {
            m.output("y", m.lit(u128::MAX, u32::MAX), "");
        }),
        case("operand_negative_does_not_fit", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a + -129, "");
        }),
        case("operand_of_a_wide_type_does_not_fit", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.eq(256usize), "");
        }),
        case("factor_negative", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a * -3, "");
        }),
        case("multiplexer_of_two_constants", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.bit(0).mux(1, 2), "");
        }),
        case("zeros_without_width", |m| {
            m.output("y", m.zero(0), "");
        }),
        case("ones_without_width", |m| {
            m.output("y", m.ones(0), "");
        }),
        case("reset_value_does_not_fit", |m| {
            let [a, _, _] = inputs(m);
            let r = m.reg("r", 8).reset_to(256);
            r.set(a);
            m.output("y", r.value(), "");
        }),
        case("reset_value_negative", |m| {
            let [a, _, _] = inputs(m);
            let r = m.reg("r", 8).reset_to(-5i64 as u128);
            r.set(a);
            m.output("y", r.value(), "");
        }),
        case("reset_value_signed_does_not_fit", |m| {
            let [a, _, _] = inputs(m);
            let r = m.reg("r", 8).reset_to_signed(-129);
            r.set(a);
            m.output("y", r.value(), "");
        }),
        case("reset_bits_do_not_fit", |m| {
            let [a, _, _] = inputs(m);
            let r = m.reg("r", 8).reset_to_bits(&Bits::ones(9));
            r.set(a);
            m.output("y", r.value(), "");
        }),
        case("reset_value_given_twice", |m| {
            let [a, _, _] = inputs(m);
            let r = m.reg("r", 8).reset_to(1).reset_to(2);
            r.set(a);
            m.output("y", r.value(), "");
        }),
    ];
    cases.extend(operands());
    cases
}

fn operands() -> Vec<Case> {
    vec![
        case("operand_constant_add", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a + 256, "");
        }),
        case("operand_constant_negative", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a + -5i64 as u64, "");
        }),
        case("operand_constant_and", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a & 256, "");
        }),
        case("operand_constant_eq", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.eq(256), "");
        }),
        case("operand_constant_le", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.le(256), "");
        }),
        case("operand_constant_mux", |m| {
            let [a, _, s] = inputs(m);
            m.output("y", s.mux(a, 256), "");
        }),
        case("operand_bits_width", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a ^ Bits::ones(9), "");
        }),
    ]
}
