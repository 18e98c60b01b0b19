//! Objects that are not driven, or driven twice.

use crate::{Case, case, design_case, inputs};
use hdl::{Design, ModuleRef};

pub fn cases() -> Vec<Case> {
    let mut cases = missing();
    cases.extend(doubled());
    cases
}

fn adder(design: &Design) -> ModuleRef {
    design.module("adder", &[], |m| {
        let (x, y) = (m.input("x", 8, ""), m.input("y", 8, ""));
        m.output("sum", x + y, "");
    })
}

fn missing() -> Vec<Case> {
    vec![
        case("undriven_wire", |m| {
            let w = m.wire("w", 8);
            m.output("y", w.value(), "");
        }),
        case("undriven_wire_in_a_scope", |m| {
            let w = m.scope("lane0", || m.wire("w", 8));
            m.output("y", w.value(), "");
        }),
        case("undriven_output", |m| {
            m.late_output("y", 8, "");
        }),
        case("undriven_register", |m| {
            let r = m.reg("r", 8).reset_to(0);
            m.output("y", r.value(), "");
        }),
        design_case("undriven_instance_input", |design| {
            let adder = adder(design);
            design.module("top", &[], |m| {
                let [a, _, _] = inputs(m);
                let child = m.instance("u_adder", adder).set("x", a);
                m.output("y", child.get("sum"), "");
            })
        }),
    ]
}

fn doubled() -> Vec<Case> {
    vec![
        case("doubly_driven_wire", |m| {
            let [a, _, _] = inputs(m);
            let w = m.wire("w", 8);
            w.drive(a);
            w.drive(!a);
            m.output("y", w.value(), "");
        }),
        case("doubly_driven_output", |m| {
            let [a, _, _] = inputs(m);
            let y = m.late_output("y", 8, "");
            y.drive(a);
            y.drive(!a);
        }),
        case("doubly_driven_register", |m| {
            let [a, _, _] = inputs(m);
            let r = m.reg("r", 8);
            r.set(a);
            r.set(!a);
            m.output("y", r.value(), "");
        }),
        case("doubly_driven_enable", |m| {
            let [a, _, s] = inputs(m);
            let r = m.reg("r", 8).enable(s).enable(!s);
            r.set(a);
            m.output("y", r.value(), "");
        }),
        design_case("doubly_driven_instance_input", |design| {
            let adder = adder(design);
            design.module("top", &[], |m| {
                let [a, _, _] = inputs(m);
                let child = m.instance("u_adder", adder).set("x", a).set("y", a);
                child.set("x", !a);
                m.output("y", child.get("sum"), "");
            })
        }),
    ]
}
