//! Combinational loops.

use crate::{Case, case, design_case, inputs};
use hdl::{BlackBoxPort, Design, ModuleRef};

pub fn cases() -> Vec<Case> {
    vec![
        case("loop_of_one_wire", |m| {
            let w = m.wire("w", 8);
            w.drive(w.value());
            m.output("y", w.value(), "");
        }),
        case("loop_through_wires", |m| {
            let [a, _, _] = inputs(m);
            let (first, second) = (m.wire("first", 8), m.wire("second", 8));
            first.drive(second.value() + a);
            second.drive(!first.value());
            m.output("y", second.value(), "");
        }),
        case("loop_through_a_memory_read", |m| {
            let [_, b, _] = inputs(m);
            let memory = m.memory("table", 4, 16);
            memory.write(b.any(), b, b);
            let address = m.wire("address", 4);
            let word = memory.read(address.value());
            address.drive(word ^ b);
            m.output("y", word, "");
        }),
        case("loop_that_is_long", |m| {
            let start = m.wire("start", 8);
            let mut value = start.value();
            for step in 0..100_000u64 {
                value = value + (step & 127 | 1);
            }
            start.drive(value);
            m.output("y", value, "");
        }),
        design_case("loop_through_an_instance", through_an_instance),
        design_case("loop_through_one_of_many_ports", |design| {
            let lanes = design.module("lanes", &[], |m| {
                for lane in 0..100 {
                    m.output(&format!("y{lane}"), !m.input(&format!("x{lane}"), 1, ""), "");
                }
            });
            design.module("top", &[], |m| {
                let [_, _, s] = inputs(m);
                let child = m.instance("u_lanes", lanes).set("x99", s).set("x98", s);
                (0..98).for_each(|lane| {
                    child.set(&format!("x{lane}"), if lane == 90 { child.get("y90") } else { s });
                });
                m.output("y", child.get("y99"), "");
            })
        }),
        design_case("loop_through_two_levels", through_two_levels),
        design_case("loop_through_operators_of_an_instance", through_operators),
        design_case("loop_through_a_black_box", |design| {
            let ports = vec![BlackBoxPort::input("d", 8), BlackBoxPort::output("q", 8)];
            let latch = design.black_box("LATCH", &[], ports);
            design.module("top", &[], |m| {
                let back = m.wire("back", 8);
                let child = m.instance("u_latch", latch).set("d", back.value());
                back.drive(child.get("q") + 1);
                m.output("y", back.value(), "");
            })
        }),
    ]
}

fn inverter(design: &Design) -> ModuleRef {
    design.module("inverter", &[], |m| {
        let (x, other) = (m.input("x", 8, ""), m.input("other", 8, ""));
        m.output("y", !x, "");
        m.output("z", other, "");
    })
}

fn through_an_instance(design: &Design) -> ModuleRef {
    let inverter = inverter(design);
    design.module("top", &[], |m| {
        let [a, _, _] = inputs(m);
        let back = m.wire("back", 8);
        let child = m.instance("u_inverter", inverter).set("x", back.value()).set("other", a);
        back.drive(child.get("y") & child.get("z"));
        m.output("y", back.value(), "");
    })
}

fn through_operators(design: &Design) -> ModuleRef {
    let mixer = design.module("mixer", &[], |m| {
        let (x, other) = (m.input("x", 8, ""), m.input("other", 8, ""));
        let sum = (x + 1).named("sum");
        m.output("y", (sum ^ other).named("mixed"), "");
    });
    design.module("top", &[], |m| {
        let [a, _, _] = inputs(m);
        let back = m.wire("back", 8);
        let child = m.instance("u_mixer", mixer).set("x", back.value()).set("other", a);
        back.drive(child.get("y"));
        m.output("y", back.value(), "");
    })
}

fn through_two_levels(design: &Design) -> ModuleRef {
    let inverter = inverter(design);
    let outer = design.module("outer", &[], |m| {
        let x = m.input("x", 8, "");
        let child = m.instance("u_inner", inverter).set("x", x).set("other", x);
        m.output("y", child.get("y"), "");
        m.output("z", child.get("z"), "");
    });
    design.module("top", &[], |m| {
        let back = m.wire("back", 8);
        let child = m.instance("u_outer", outer).set("x", back.value());
        back.drive(child.get("y"));
        m.output("y", child.get("z"), "");
    })
}
