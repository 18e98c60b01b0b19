//! Clocks used as data, data used as a clock, and illegal names of clock and reset.

use crate::{Case, case, clocking_case, design_case, inputs};
use hdl::{BlackBoxPort, Clocking, Design, Diagnostics, ModuleRef};

pub fn cases() -> Vec<Case> {
    let mut cases = as_data();
    cases.extend(black_boxes());
    cases.extend(clockings());
    cases
}

fn as_data() -> Vec<Case> {
    vec![
        case("clock_as_operand", |m| {
            let [_, _, s] = inputs(m);
            m.output("y", s & m.clock(), "");
        }),
        case("clock_inverted", |m| {
            m.output("y", !m.clock(), "");
        }),
        case("clock_on_an_output", |m| {
            m.output("y", m.clock(), "");
        }),
        case("clock_in_a_register", |m| {
            let r = m.reg("r", 1);
            r.set(m.clock());
            m.output("y", r.value(), "");
        }),
        case("clock_on_a_wire", |m| {
            let w = m.wire("w", 1);
            w.drive(m.clock());
            m.output("y", w.value(), "");
        }),
        case("clock_shifted_out", |m| {
            m.output("y", m.clock() << 1, "");
        }),
        case("clock_under_a_name", |m| {
            m.output("y", m.clock().named("tick").named("tock"), "");
        }),
        case("clock_as_select", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", m.clock().mux(a, 0), "");
        }),
    ]
}

fn ram(design: &Design) -> ModuleRef {
    let ports = vec![BlackBoxPort::clock("CLK"), BlackBoxPort::input("D", 8), BlackBoxPort::output("Q", 8)];
    design.black_box("RAM", &[], ports)
}

fn black_boxes() -> Vec<Case> {
    vec![
        design_case("clock_port_given_data", |design| {
            let ram = ram(design);
            design.module("top", &[], |m| {
                let [a, _, s] = inputs(m);
                let child = m.instance("u_ram", ram).set("CLK", s).set("D", a);
                m.output("y", child.get("Q"), "");
            })
        }),
        design_case("clock_port_given_wide_data", |design| {
            let ram = ram(design);
            design.module("top", &[], |m| {
                let [a, _, _] = inputs(m);
                let child = m.instance("u_ram", ram).set("CLK", a).set("D", a);
                m.output("y", child.get("Q"), "");
            })
        }),
        design_case("clock_port_forgotten", |design| {
            let ram = ram(design);
            design.module("top", &[], |m| {
                let [a, _, _] = inputs(m);
                let child = m.instance("u_ram", ram).set("D", a);
                m.output("y", child.get("Q"), "");
            })
        }),
        design_case("clock_on_a_data_port", |design| {
            let ram = ram(design);
            design.module("top", &[], |m| {
                let child = m.instance("u_ram", ram).set("CLK", m.clock()).set("D", m.clock());
                m.output("y", child.get("Q"), "");
            })
        }),
        design_case("clock_of_another_module", |design| {
            let ram = ram(design);
            design.module("top", &[], |m| {
                let clock = m.clock();
                let inner = m.design().module("inner", &[], |inner| {
                    let [a, _, _] = inputs(inner);
                    let child = inner.instance("u_ram", ram).set("CLK", clock).set("D", a);
                    inner.output("y", child.get("Q"), "");
                });
                let [a, b, s] = inputs(m);
                m.output("y", m.instance("u_inner", inner).set("a", a).set("b", b).set("s", s).get("y"), "");
            })
        }),
    ]
}

fn clocked_by(clock: &str, reset: &str) -> Clocking {
    Clocking { clock: clock.into(), reset: reset.into(), ..Clocking::default() }
}

fn elaborate(design: Design) -> Result<(), Diagnostics> {
    let top = design.module("top", &[], |m| m.output("y", m.lit(1, 1), ""));
    design.elaborate(top).map(|_| ())
}

fn clockings() -> Vec<Case> {
    vec![
        clocking_case("clock_named_illegally", || elaborate(Design::new(clocked_by("clk.main", "rst_n")))),
        clocking_case("reset_named_illegally", || elaborate(Design::new(clocked_by("clk", "reg")))),
        clocking_case("reset_named_as_the_clock", || elaborate(Design::new(clocked_by("clk", "clk")))),
    ]
}
