//! Modules in modules: sharing, order, paths through instances, black boxes.

use crate::machine::Machine;
use crate::{design, logic};
use hdl::netlist::Body;
use hdl::{BlackBoxPort, Clocking, Design, ModuleRef};
use std::cell::Cell;

fn increment(design: &Design, width: u32, by: u64) -> ModuleRef {
    design.module("increment", &[&format!("w{width}"), &format!("by{by}")], |m| {
        m.output("y", m.input("x", width, "") + by, "");
    })
}

#[test]
fn one_key_is_one_module() {
    let builds = Cell::new(0);
    let netlist = design(|design| {
        let inverter = |width: u32| {
            design.module("inverter", &[&format!("w{width}")], |m| {
                builds.set(builds.get() + 1);
                m.output("y", !m.input("x", width, ""), "");
            })
        };
        design.module("top", &[], |m| {
            let x = m.input("x", 8, "");
            let first = m.instance("u_first", inverter(8)).set("x", x).get("y");
            let second = m.instance("u_second", inverter(8)).set("x", first).get("y");
            m.output("y", m.instance("u_third", inverter(9)).set("x", second.zext(9)).get("y"), "");
        })
    });
    let names: Vec<&str> = netlist.modules.iter().map(|module| module.name.as_str()).collect();
    assert_eq!(names, ["inverter_w8", "inverter_w9", "top"]);
    assert_eq!(builds.get(), 3, "each call builds, to compare the contents");
    let instances = &logic(netlist.top()).instances;
    assert_eq!(instances.iter().map(|instance| instance.module).collect::<Vec<_>>(), [0, 0, 1]);
}

/// Modules from different source lines, written in different ways, are one module if their logic is the same.
#[test]
fn equal_contents_are_one_module() {
    let netlist = design(|design| {
        let first = design.module("next", &[], |m| m.output("y", m.input("x", 8, "") + 1, ""));
        let second = design.module("next", &[], |m| {
            let x = m.input("x", 8, "");
            let one = m.lit(2, 8) - 1;
            let _nothing_reads_it = x.delayed("r");
            m.output("y", x + one, "");
        });
        design.module("top", &[], |m| {
            let x = m.instance("u_first", first).set("x", m.input("x", 8, "")).get("y");
            m.output("y", m.instance("u_second", second).set("x", x).get("y"), "");
        })
    });
    assert_eq!(netlist.modules.len(), 2);
    let mut machine = Machine::new(netlist);
    machine.set("x", 40);
    assert_eq!(machine.get("y"), 42);
}

#[test]
fn children_compute_within_their_parents() {
    let netlist = design(|design| {
        let by_five = design.module("by_five", &[], |m| {
            let x = m.input("x", 8, "");
            let two = m.instance("u_two", increment(design, 8, 2)).set("x", x).get("y");
            m.output("y", m.instance("u_three", increment(design, 8, 3)).set("x", two).get("y"), "");
        });
        design.module("top", &[], |m| {
            let x = m.input("x", 8, "");
            let child = m.instance("u_five", by_five).set("x", x);
            m.output("y", child.get("y") ^ child.get("y") ^ child.get("y"), "");
        })
    });
    let mut machine = Machine::new(netlist);
    for x in [0, 100, 255] {
        machine.set("x", x);
        assert_eq!(machine.get("y"), (x + 5) % 256);
    }
}

#[test]
fn modules_that_the_top_does_not_need_are_left_out() {
    let design = Design::new(Clocking::default());
    increment(&design, 8, 2);
    let wanted = increment(&design, 8, 1);
    increment(&design, 8, 3);
    let top = design.module("top", &[], |m| {
        m.output("y", m.instance("u_one", wanted).set("x", m.input("x", 8, "")).get("y"), "");
    });
    let netlist = design.elaborate(top).expect("no errors");
    let names: Vec<&str> = netlist.modules.iter().map(|module| module.name.as_str()).collect();
    assert_eq!(names, ["increment_w8_by1", "top"]);
    let mut machine = Machine::new(netlist);
    machine.set("x", 41);
    assert_eq!(machine.get("y"), 42);
}

/// The two outputs of the instance depend on different inputs; one output feeds the other's input.
#[test]
fn a_path_back_through_independent_ports_is_no_loop() {
    let netlist = design(|design| {
        let pair = design.module("pair", &[], |m| {
            m.output("a_out", m.input("a_in", 8, "") + 1, "");
            m.output("b_out", m.input("b_in", 8, "") + 2, "");
        });
        design.module("top", &[], |m| {
            let pair = m.instance("u_pair", pair);
            pair.set("b_in", pair.get("a_out")).set("a_in", m.input("x", 8, ""));
            m.output("y", pair.get("b_out"), "");
        })
    });
    let mut machine = Machine::new(netlist);
    machine.set("x", 10);
    assert_eq!(machine.get("y"), 13);
}

/// More than 64 ports: dependencies are computed in blocks of 64.
#[test]
fn dependencies_are_kept_apart_for_every_port() {
    let count = 150;
    let netlist = design(|design| {
        let lanes = design.module("lanes", &[], |m| {
            for lane in 0..count {
                m.output(&format!("y{lane}"), m.input(&format!("x{lane}"), 8, "") + 1, "");
            }
        });
        design.module("top", &[], |m| {
            let (up, down) = (m.instance("u_up", lanes), m.instance("u_down", lanes));
            up.set("x0", m.input("x", 8, ""));
            down.set(&format!("x{}", count - 1), up.get(&format!("y{}", count - 1)));
            for lane in 1..count {
                up.set(&format!("x{lane}"), up.get(&format!("y{}", lane - 1)));
                down.set(&format!("x{}", lane - 1), down.get(&format!("y{lane}")));
            }
            m.output("y", down.get("y0"), "");
        })
    });
    assert_eq!(logic(netlist.top()).instances[0].inputs.len(), count);
}

#[test]
fn a_register_in_a_child_breaks_a_loop() {
    let netlist = design(|design| {
        let delay = design.module("delay", &[], |m| {
            let r = m.reg("r", 8).reset_to(0);
            r.set(m.input("x", 8, ""));
            m.output("y", r.value(), "");
        });
        design.module("top", &[], |m| {
            let delay = m.instance("u_delay", delay);
            delay.set("x", delay.get("y") + 1);
            m.output("y", delay.get("y"), "");
        })
    });
    let mut machine = Machine::new(netlist);
    machine.reset();
    (0..5).for_each(|_| machine.step());
    assert_eq!(machine.get("y"), 5);
}

#[test]
fn black_boxes_are_shared_by_their_parameters() {
    let netlist = design(|design| {
        let pll = |divide: &str| {
            let ports = vec![BlackBoxPort::clock("CLKIN"), BlackBoxPort::output("LOCKED", 1)];
            design.black_box("PLL", &[("DIVIDE", divide)], ports)
        };
        assert_eq!(pll("2"), pll("2"));
        assert_ne!(pll("2"), pll("4"));
        design.module("top", &[], |m| {
            for (index, divide) in ["2", "4", "2"].into_iter().enumerate() {
                let child = m.instance(&format!("u_pll{index}"), pll(divide)).set("CLKIN", m.clock());
                m.output(&format!("locked{index}"), child.get("LOCKED"), "");
            }
        })
    });
    let boxes = netlist.modules.iter().filter(|module| matches!(module.body, Body::BlackBox { .. }));
    assert_eq!(boxes.count(), 2);
    assert!(netlist.top().uses_clock && !netlist.top().uses_reset);
}

#[test]
fn a_registered_output_of_a_black_box_may_be_fed_back() {
    let netlist = design(|design| {
        let ports = vec![BlackBoxPort::input("D", 8), BlackBoxPort::registered_output("Q", 8)];
        let ram = design.black_box("RAM", &[], ports);
        design.module("top", &[], |m| {
            let ram = m.instance("u_ram", ram);
            ram.set("D", ram.get("Q") + 1);
            m.output("y", ram.get("Q"), "");
        })
    });
    assert_eq!(logic(netlist.top()).instances.len(), 1);
}
