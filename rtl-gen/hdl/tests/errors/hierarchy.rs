//! Modules within modules.

use crate::{Case, design_case, inputs};
use hdl::{BlackBoxPort, Clocking, Design, Module, ModuleRef};

pub fn cases() -> Vec<Case> {
    let mut cases = connections();
    cases.extend(modules());
    cases.extend(black_boxes());
    cases
}

fn adder(design: &Design) -> ModuleRef {
    design.module("adder", &[], |m| {
        let (x, y) = (m.input("x", 8, ""), m.input("y", 8, ""));
        m.output("sum", x + y, "");
    })
}

fn connections() -> Vec<Case> {
    vec![
        design_case("width_instance_port", |design| {
            let adder = adder(design);
            design.module("top", &[], |m| {
                let [a, b, _] = inputs(m);
                let child = m.instance("u_adder", adder).set("x", a).set("y", b);
                m.output("y", child.get("sum"), "");
            })
        }),
        design_case("instance_input_unknown", |design| {
            let adder = adder(design);
            design.module("top", &[], |m| {
                let [a, _, _] = inputs(m);
                let child = m.instance("u_adder", adder).set("x", a).set("z", a);
                m.output("y", child.get("sum"), "");
            })
        }),
        design_case("instance_output_unknown", |design| {
            let adder = adder(design);
            design.module("top", &[], |m| {
                let [a, _, _] = inputs(m);
                let child = m.instance("u_adder", adder).set("x", a).set("y", a);
                m.output("y", child.get("total") + a, "");
            })
        }),
        design_case("instance_input_read", |design| {
            let adder = adder(design);
            design.module("top", &[], |m| {
                let [a, _, _] = inputs(m);
                let child = m.instance("u_adder", adder).set("x", a).set("y", a);
                m.output("y", child.get("x"), "");
            })
        }),
        design_case("instance_output_set", |design| {
            let adder = adder(design);
            design.module("top", &[], |m| {
                let [a, _, _] = inputs(m);
                m.instance("u_adder", adder).set("x", a).set("y", a).set("sum", a);
            })
        }),
        design_case("signal_of_another_module", |design| {
            design.module("top", &[], |m| {
                let [a, b, s] = inputs(m);
                let inner = m.design().module("inner", &[], |inner| {
                    let x = inner.input("x", 8, "");
                    inner.output("y", x + a, "");
                });
                m.output("y", m.instance("u_inner", inner).set("x", s.mux(a, b.zext(8))).get("y"), "");
            })
        }),
        design_case("signal_of_another_module_on_an_output", |design| {
            design.module("top", &[], |m| {
                let [a, _, _] = inputs(m);
                let inner = m.design().module("inner", &[], |inner| inner.output("y", a, ""));
                m.output("y", m.instance("u_inner", inner).get("y"), "");
            })
        }),
        design_case("signal_of_another_module_with_a_constant", |design| {
            design.module("top", &[], |m| {
                let [a, _, _] = inputs(m);
                let inner = m.design().module("inner", &[], |inner| {
                    let s = inner.input("s", 1, "");
                    inner.output("y", s.mux(a, 0), "");
                });
                m.output("y", m.instance("u_inner", inner).set("s", a.bit(0)).get("y"), "");
            })
        }),
        design_case("signal_of_another_module_on_the_left", |design| {
            in_an_inner_module(design, |m, a, x| m.output("y", a + x, ""))
        }),
        design_case("signal_of_another_module_on_the_left_of_a_comparison", |design| {
            in_an_inner_module(design, |m, a, x| m.output("y", a.le(x).mux(x, x + 1), ""))
        }),
        design_case("signal_of_another_module_as_a_factor", |design| {
            in_an_inner_module(design, |m, a, x| m.output("y", a * x, ""))
        }),
        design_case("signal_of_another_module_in_a_wide_sum", |design| {
            in_an_inner_module(design, |m, a, x| m.output("y", a.add_wide(x), ""))
        }),
        design_case("signal_of_another_module_shifted", |design| {
            in_an_inner_module(design, |m, a, x| m.output("y", a << x, ""))
        }),
        design_case("signal_of_another_module_gated", |design| {
            in_an_inner_module(design, |m, a, x| m.output("y", a.gated(x.bit(0)), ""))
        }),
        design_case("signal_of_another_module_as_select", |design| {
            in_an_inner_module(design, |m, a, x| m.output("y", a.bit(0).mux(x, x + 1), ""))
        }),
        design_case("register_of_another_module", |design| {
            design.module("top", &[], |m| {
                let register = m.reg("r", 8);
                let inner = m.design().module("inner", &[], |inner| register.set(inner.input("x", 8, "")));
                m.instance("u_inner", inner).set("x", register.value());
            })
        }),
        design_case("wire_of_another_module", |design| {
            design.module("top", &[], |m| {
                let wire = m.wire("w", 8);
                let inner = m.design().module("inner", &[], |inner| wire.drive(inner.input("x", 8, "")));
                m.instance("u_inner", inner).set("x", wire.value());
            })
        }),
    ]
}

/// A module whose body can use a signal of the module around it.
fn in_an_inner_module(
    design: &Design,
    body: for<'m> fn(&'m Module, hdl::Signal<'m>, hdl::Signal<'m>),
) -> ModuleRef {
    design.module("top", &[], |m| {
        let [a, _, _] = inputs(m);
        let inner = m.design().module("inner", &[], |inner| body(inner, a, inner.input("x", 8, "")));
        m.output("y", m.instance("u_inner", inner).set("x", a).get("y"), "");
    })
}

fn recursive(m: &Module) {
    let itself = m.design().module("tree", &["d1"], recursive);
    let x = m.input("x", 8, "");
    m.output("y", m.instance("u_half", itself).set("x", x).get("y"), "");
}

fn modules() -> Vec<Case> {
    vec![
        design_case("module_contains_itself", |design| design.module("tree", &["d1"], recursive)),
        design_case("module_name_twice", |design| {
            let first = design.module("fifo", &["w8", "d4"], |m| m.output("y", m.lit(0, 1), ""));
            let second = design.module("fifo_w8", &["d4"], |m| m.output("y", m.lit(0, 1), ""));
            design.module("top", &[], |m| {
                m.output("x", m.instance("u_first", first).get("y"), "");
                m.output("y", m.instance("u_second", second).get("y"), "");
            })
        }),
        design_case("module_name_illegal", |design| {
            design.module("fifo", &["w-1"], |m| m.output("y", m.lit(0, 1), ""))
        }),
        design_case("module_name_reserved", |design| {
            design.module("primitive", &[], |m| m.output("y", m.lit(0, 1), ""))
        }),
        design_case("hierarchy_too_deep", |design| {
            let leaf = design.module("level1", &[], |m| m.output("y", !m.input("x", 8, ""), ""));
            (2..=20_000).fold(leaf, |below, level| {
                design.module(&format!("level{level}"), &[], |m| {
                    let x = m.input("x", 8, "");
                    m.output("y", m.instance("u_below", below).set("x", x).get("y"), "");
                })
            })
        }),
        design_case("modules_built_too_deep_within_each_other", |design| {
            fn level(design: &Design, more: u32) -> ModuleRef {
                design.module("level", &[&more.to_string()], |m| {
                    let x = m.input("x", 8, "");
                    let below = level(m.design(), more + 1);
                    m.output("y", m.instance("u_below", below).set("x", x).get("y"), "");
                })
            }
            level(design, 1)
        }),
        design_case("module_of_another_design", |design| {
            let other = Design::new(Clocking::default());
            let adder = adder(&other);
            design.module("top", &[], |m| {
                let [a, _, _] = inputs(m);
                let child = m.instance("u_adder", adder).set("x", a).set("y", a);
                m.output("y", child.get("sum"), "");
            })
        }),
        design_case("top_of_another_design", |_| adder(&Design::new(Clocking::default()))),
        design_case("child_with_an_error_is_not_blamed_again", |design| {
            let child = design.module("child", &[], |m| {
                let x = m.input("x", 0, "");
                m.output("y", x, "");
            });
            design.module("top", &[], |m| {
                let x = m.input("x", 8, "");
                m.output("y", m.instance("u_child", child).set("x", x).get("y") + x, "");
            })
        }),
    ]
}

fn black_boxes() -> Vec<Case> {
    vec![
        design_case("black_box_port_name_twice", |design| {
            design.black_box("PAD", &[], vec![BlackBoxPort::input("I", 1), BlackBoxPort::output("I", 1)])
        }),
        design_case("black_box_port_name_illegal", |design| {
            design.black_box("PAD", &[], vec![BlackBoxPort::input("I/O", 1)])
        }),
        design_case("black_box_port_without_width", |design| {
            design.black_box("PAD", &[], vec![BlackBoxPort::input("I", 0)])
        }),
        design_case("black_box_name_illegal", |design| {
            design.black_box("PAD-25", &[], vec![BlackBoxPort::input("I", 1)])
        }),
        design_case("black_box_parameter_name_illegal", |design| {
            design.black_box("PAD", &[("1st", "4")], vec![BlackBoxPort::input("I", 1)])
        }),
        design_case("black_box_parameter_twice", |design| {
            design.black_box("PAD", &[("W", "4"), ("W", "8")], vec![BlackBoxPort::input("I", 1)])
        }),
        design_case("black_box_parameter_no_literal", |design| {
            let parameters = [("W", "4 /* synthesis keep */"), ("RATIO", "2.5"), ("MODE", "FAST\n")];
            design.black_box("PAD", &parameters, vec![BlackBoxPort::input("I", 1)])
        }),
        design_case("black_box_with_other_ports", |design| {
            design.black_box("PAD", &[], vec![BlackBoxPort::input("I", 1)]);
            design.black_box("PAD", &[], vec![BlackBoxPort::input("I", 2)])
        }),
        design_case("black_box_with_other_paths", |design| {
            design.black_box("PAD", &[], vec![BlackBoxPort::input("I", 1), BlackBoxPort::output("O", 1)]);
            let ports = vec![BlackBoxPort::input("I", 1), BlackBoxPort::registered_output("O", 1)];
            design.black_box("PAD", &[], ports)
        }),
        design_case("black_box_named_as_a_module", |design| {
            design.module("pad", &[], |m| m.output("y", m.lit(0, 1), ""));
            design.black_box("pad", &[("W", "4")], vec![BlackBoxPort::output("y", 1)])
        }),
        design_case("module_named_as_a_black_box", |design| {
            design.black_box("pad", &[], vec![BlackBoxPort::output("y", 1)]);
            design.module("pad", &[], |m| m.output("y", m.lit(0, 1), ""))
        }),
    ]
}
