//! Ports and names.

use crate::{Case, case, inputs};

pub fn cases() -> Vec<Case> {
    let mut cases = names();
    cases.extend(sizes());
    cases.extend(unread());
    cases
}

fn names() -> Vec<Case> {
    vec![
        case("port_name_empty", |m| {
            m.output("", m.lit(0, 1), "");
        }),
        case("port_name_with_a_leading_digit", |m| {
            m.input("2nd", 8, "").unused();
        }),
        case("port_name_with_a_bad_character", |m| {
            m.late_output("sum.low", 8, "").drive(m.lit(0, 8));
        }),
        case("port_name_reserved_in_verilog", |m| {
            m.input("reg", 8, "").unused();
        }),
        case("port_name_reserved_in_systemverilog", |m| {
            m.output("logic", m.lit(0, 1), "");
        }),
        case("port_name_reserved_in_cpp", |m| {
            m.output("float", m.lit(0, 1), "");
        }),
        case("port_name_reserved_in_icarus", |m| {
            m.input("wreal", 8, "").unused();
        }),
        case("port_name_of_the_standard_package", |m| {
            m.output("mailbox", m.lit(0, 1), "");
        }),
        case("port_names_of_verilators_model", |m| {
            for name in ["eval", "Vtop", "QData", "errno"] {
                m.input(name, 1, "").unused();
            }
        }),
        case("port_name_of_the_clock", |m| {
            m.input("clk", 1, "").unused();
        }),
        case("port_name_of_the_reset", |m| {
            m.input("rst_n", 1, "").unused();
        }),
        case("port_name_twice", |m| {
            m.input("x", 8, "").unused();
            m.output("x", m.lit(0, 1), "");
        }),
        case("instance_name_twice", |m| {
            let buffer = m.design().module("buffer", &[], |m| m.output("y", m.lit(0, 1), ""));
            m.output("x", m.instance("u_buffer", buffer).get("y"), "");
            m.output("y", m.instance("u_buffer", buffer).get("y"), "");
        }),
        case("memory_name_twice", |m| {
            let [_, b, s] = inputs(m);
            let (first, second) = (m.memory("words", 4, 16), m.memory("words", 4, 16));
            first.write(s, b, b);
            second.write(s, b, b);
            m.output("y", first.read(b) ^ second.read(b), "");
        }),
        case("property_name_twice", |m| {
            let [_, _, s] = inputs(m);
            m.scope("lane0", || m.assert("s_holds", s));
            m.scope("lane0", || m.cover("s_holds", s));
        }),
    ]
}

fn sizes() -> Vec<Case> {
    vec![
        case("port_without_width", |m| {
            let x = m.input("x", 0, "");
            m.output("y", x + m.lit(1, 8), "");
        }),
        case("late_output_without_width", |m| {
            m.late_output("y", 0, "").drive(m.lit(1, 8));
        }),
        case("wire_without_width", |m| {
            let w = m.wire("w", 0);
            w.drive(m.lit(0, 8));
            m.output("y", w.value(), "");
        }),
        case("register_without_width", |m| {
            let r = m.reg("r", 0).reset_to(7);
            r.set(m.lit(0, 8));
            m.output("y", r.value(), "");
        }),
        case("port_giant", |m| {
            m.input("x", u32::MAX, "").unused();
        }),
    ]
}

fn unread() -> Vec<Case> {
    vec![
        case("input_not_read", |m| {
            m.input("x", 8, "");
            m.output("y", m.lit(0, 1), "");
        }),
        case("unused_mark_on_no_input", |m| {
            let [a, _, _] = inputs(m);
            (a + 1).unused();
        }),
    ]
}
