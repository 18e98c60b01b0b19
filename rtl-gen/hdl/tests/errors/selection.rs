//! Selection among many values.

use crate::{Case, case, inputs};

pub fn cases() -> Vec<Case> {
    vec![
        case("select_too_few", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", m.select(b.low(2), &[a, a, a]), "");
        }),
        case("select_too_many", |m| {
            let [a, _, s] = inputs(m);
            m.output("y", m.select(s, &[a, a, a]), "");
        }),
        case("select_nothing", |m| {
            let [_, _, s] = inputs(m);
            m.output("y", m.select(s, &[]), "");
        }),
        case("select_by_a_wide_index", |m| {
            let [a, _, _] = inputs(m);
            let index = m.input("index", 200, "");
            m.output("y", m.select(index, &[a, a]), "");
        }),
        case("select_of_two_widths", |m| {
            let [a, b, _] = inputs(m);
            m.output("y", m.select(b.low(2), &[a, a, b, b]), "");
        }),
        case("priority_of_two_widths", |m| {
            let [a, b, s] = inputs(m);
            m.output("y", m.priority(&[(s, a), (!s, b)], a), "");
        }),
        case("priority_by_a_wide_condition", |m| {
            let [a, b, s] = inputs(m);
            m.output("y", m.priority(&[(s, a), (b, a)], a), "");
        }),
        case("one_hot_of_two_widths", |m| {
            let [a, b, s] = inputs(m);
            m.output("y", m.one_hot(&[(s, a), (!s, b)]), "");
        }),
        case("one_hot_by_a_wide_condition", |m| {
            let [a, b, s] = inputs(m);
            m.output("y", m.one_hot(&[(s, a), (b, a)]), "");
        }),
        case("one_hot_of_nothing", |m| {
            m.output("y", m.one_hot(&[]), "");
        }),
    ]
}
