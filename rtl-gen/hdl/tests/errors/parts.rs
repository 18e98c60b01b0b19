//! Slices and concatenations.

use crate::{Case, case, inputs};

pub fn cases() -> Vec<Case> {
    let mut cases = cut();
    cases.extend(joined());
    cases
}

fn cut() -> Vec<Case> {
    vec![
        case("slice_out_of_range", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.slice(8, 4), "");
        }),
        case("slice_reversed", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.slice(3, 5), "");
        }),
        case("slice_giant", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.slice(u32::MAX, 0), "");
        }),
        case("bit_out_of_range", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.bit(8), "");
        }),
        case("low_too_many", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.low(9), "");
        }),
        case("low_none", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.low(0), "");
        }),
        case("high_too_many", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.high(9), "");
        }),
        case("high_none", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.high(0), "");
        }),
        case("split_with_a_rest", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.split_lsb(3)[0], "");
        }),
        case("split_in_nothing", |m| {
            let [a, _, _] = inputs(m);
            a.split_lsb(0);
        }),
    ]
}

fn joined() -> Vec<Case> {
    vec![
        case("zext_cuts", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.zext(4), "");
        }),
        case("sext_cuts", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.sext(4), "");
        }),
        case("zext_giant", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.zext(u32::MAX), "");
        }),
        case("sext_giant", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.sext(u32::MAX), "");
        }),
        case("concat_empty", |m| {
            m.output("y", m.concat(&[]), "");
        }),
        case("concat_lsb_empty", |m| {
            m.output("y", m.concat_lsb(&[]), "");
        }),
        case("concat_giant", |m| {
            let wide = m.input("wide", 1 << 20, "");
            m.output("y", m.concat(&[wide; 4096]), "");
        }),
        case("repeat_none", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.repeat(0), "");
        }),
        case("repeat_giant", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.repeat(u32::MAX), "");
        }),
        case("product_giant", |m| {
            let wide = m.input("wide", 1 << 20, "");
            m.output("y", wide * wide, "");
        }),
        case("sum_giant", |m| {
            let wide = m.input("wide", 1 << 20, "");
            m.output("y", wide.add_wide(wide), "");
        }),
    ]
}
