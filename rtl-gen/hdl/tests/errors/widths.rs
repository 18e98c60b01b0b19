//! Operands whose widths do not agree.

use crate::{Case, case, inputs};

pub fn cases() -> Vec<Case> {
    let mut cases = operators();
    cases.extend(uses());
    cases
}

fn operators() -> Vec<Case> {
    vec![
        case("width_add", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a + b, "");
        }),
        case("width_sub", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a - b, "");
        }),
        case("width_and", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a & b, "");
        }),
        case("width_or", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a | b, "");
        }),
        case("width_xor", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a ^ b, "");
        }),
        case("width_eq", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a.eq(b), "");
        }),
        case("width_ne", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a.ne(b), "");
        }),
        case("width_lt", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a.lt(b), "");
        }),
        case("width_le", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a.le(b), "");
        }),
        case("width_gt", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a.gt(b), "");
        }),
        case("width_ge", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a.ge(b), "");
        }),
        case("width_lt_signed", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a.lt_signed(b), "");
        }),
        case("width_mux", |m| {
            let [a, b, s] = inputs(m);
            m.output("y", s.mux(a, b), "");
        }),
        case("width_of_an_unnamed_operand", |m| {
            let [a, b, _] = inputs(m);
            let inverted = !b;
            m.output("y", a & inverted, "");
        }),
    ]
}

fn uses() -> Vec<Case> {
    vec![
        case("width_wire_drive", |m| {
            let [_, b, _] = inputs(m);
            let w = m.wire("w", 8);
            w.drive(b);
            m.output("y", w.value(), "");
        }),
        case("width_register_set", |m| {
            let [_, b, _] = inputs(m);
            let r = m.reg("r", 8);
            r.set(b);
            m.output("y", r.value(), "");
        }),
        case("width_mux_select", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", b.mux(a, 0), "");
        }),
        case("width_gate_enable", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a.gated(b), "");
        }),
        case("width_register_enable", |m| {
            let [a, b, _] = inputs(m);
            let r = m.reg("r", 8).enable(b);
            r.set(a);
            m.output("y", r.value(), "");
        }),
        case("width_assert", |m| {
            let [a, _, _] = inputs(m);
            m.assert("a_is_small", a);
        }),
        case("width_assume", |m| {
            let [a, _, _] = inputs(m);
            m.assume("a_is_small", a);
        }),
        case("width_cover", |m| {
            let [a, _, _] = inputs(m);
            m.cover("a_is_small", a);
        }),
        case("one_mistake_is_one_error", |m| {
            let [a, b, s] = inputs(m);
            let sum = (a + b).named("sum");
            let table = m.concat(&[sum, b, sum.slice(30, 8)]);
            m.output("chosen", m.select(sum, &[a, a]), "");
            let r = m.reg("r", 3).enable(table);
            r.set(s.mux(sum, b));
            m.output("y", r.value() ^ sum.zext(5), "");
        }),
        case("two_mistakes_are_two_errors", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", a + b, "");
            m.output("z", a.slice(8, 0), "");
        }),
    ]
}
