//! Instances: shared modules, paths through them, names, and what cannot be simulated.

use crate::support::{elaborate, peek, poke, signal, simulate, start};
use hdl::netlist::{Body, NodeId, Op};
use hdl::{BlackBoxPort, Design, Module, ModuleRef, Netlist};
use sim::{BuildError, Interpreter, Options, Simulator};

/// A module with one path from `down_in` to `down_out` and one from `up_in` to `up_out`, and a counter.
fn two_ways(design: &Design) -> ModuleRef {
    design.module("two_ways", &[], |m| {
        let (down, up) = (m.input("down_in", 8, ""), m.input("up_in", 8, ""));
        let steps = m.reg("steps", 8).reset_to(0);
        steps.set(steps.value() + 1u64);
        m.output("down_out", down + 1u64, "");
        m.output("up_out", (up ^ steps.value()).named("mixed"), "");
    })
}

/// Data runs down through two instances, turns at the bottom, and comes back up through both.
fn loop_back(m: &Module) {
    let module = two_ways(m.design());
    let (first, second) = (m.instance("first", module), m.instance("second", module));
    first.set("down_in", m.input("data", 8, ""));
    second.set("down_in", first.get("down_out"));
    second.set("up_in", second.get("down_out"));
    first.set("up_in", second.get("up_out"));
    m.output("result", first.get("up_out"), "");
}

#[test]
fn paths_run_through_instances_both_ways() {
    let mut simulator = simulate(loop_back);
    simulator.tick();
    poke(&mut simulator, "rst_n", 1);
    (0..3).for_each(|_| simulator.tick());
    poke(&mut simulator, "data", 10);
    assert_eq!(peek(&mut simulator, "result"), 12);
    assert_eq!(signal(&mut simulator, "second.mixed").to_u64(), 12 ^ 3);
    assert_eq!(signal(&mut simulator, "second.steps").to_u64(), 3);
}

#[test]
fn signals_are_named_by_instance_paths() {
    let simulator = simulate(loop_back);
    let paths: Vec<(&str, u32)> = simulator.signals().iter().map(|s| (&*s.path, s.width)).collect();
    let expected = ["down_in", "up_in", "down_out", "up_out", "steps", "mixed"];
    let expected: Vec<String> =
        ["first", "second"].iter().flat_map(|i| expected.map(|name| format!("{i}.{name}"))).collect();
    assert_eq!(paths, expected.iter().map(|path| (&**path, 8)).collect::<Vec<_>>());
    let id = |path: &str| simulator.signals().iter().find(|s| s.path == path).unwrap().id;
    assert_eq!(id("first.up_out"), id("first.mixed"), "names of one value share its id");
    assert_ne!(id("first.up_out"), id("second.up_out"));
}

/// Deep nesting of a shared module: each instance has its own register.
#[test]
fn instances_of_a_shared_module_have_their_own_state() {
    fn tree(design: &Design, depth: u32) -> ModuleRef {
        design.module("tree", &[&depth.to_string()], |m| {
            let data = m.input("data", 4, "");
            if depth == 0 {
                let kept = m.reg("kept", 4);
                kept.set(data);
                return m.output("out", kept.value(), "");
            }
            let child = tree(m.design(), depth - 1);
            let (left, right) = (m.instance("left", child), m.instance("right", child));
            left.set("data", data);
            right.set("data", data + 1u64);
            m.output("out", left.get("out") + right.get("out"), "");
        })
    }
    let design = Design::new(Default::default());
    let top = tree(&design, 3);
    let mut simulator = start(&design.elaborate(top).unwrap());
    poke(&mut simulator, "data", 2);
    simulator.tick();
    assert_eq!(peek(&mut simulator, "out"), (8 * 2 + 12) % 16);
    let leaves = ["left.left.left", "left.right.left", "right.right.right"];
    let kept = leaves.map(|path| signal(&mut simulator, &format!("{path}.kept")).to_u64());
    assert_eq!(kept, [2, 3, 5]);
}

/// Each instance of a module with a memory has its own words.
#[test]
fn instances_have_their_own_memories() {
    let mut simulator = simulate(|m| {
        let store = m.design().module("store", &[], |m| {
            let memory = m.memory("words", 8, 2);
            let (enable, data) = (m.input("enable", 1, ""), m.input("data", 8, ""));
            memory.write(enable, m.lit(0, 1), data);
            m.output("word", memory.read(m.lit(0, 1)), "");
        });
        for name in ["first", "second"] {
            let instance = m.instance(name, store);
            instance.set("enable", m.input(&format!("{name}_enable"), 1, ""));
            instance.set("data", m.input(&format!("{name}_data"), 8, ""));
            m.output(&format!("{name}_word"), instance.get("word"), "");
        }
    });
    for (name, data) in [("first", 7), ("second", 9)] {
        poke(&mut simulator, &format!("{name}_data"), data);
        poke(&mut simulator, &format!("{name}_enable"), 1);
        simulator.tick();
        poke(&mut simulator, &format!("{name}_enable"), 0);
    }
    assert_eq!([peek(&mut simulator, "first_word"), peek(&mut simulator, "second_word")], [7, 9]);
}

#[test]
fn a_repeated_name_is_numbered_and_a_port_keeps_its_own() {
    let mut simulator = simulate(|m| {
        let a = m.input("a", 4, "");
        let (first, second) = ((a + 1u64).named("sum of"), (a + 2u64).named("sum of"));
        let other = (a ^ 5u64).named("out");
        m.output("out", first & second & other, "");
        m.output("same", (a + 3u64).named("same"), "");
    });
    let paths: Vec<&str> = simulator.signals().iter().map(|signal| &*signal.path).collect();
    assert_eq!(paths, ["sum_of", "sum_of_2", "out_2"]);
    poke(&mut simulator, "a", 1);
    assert_eq!(
        [signal(&mut simulator, "sum_of_2").to_u64(), signal(&mut simulator, "out_2").to_u64()],
        [3, 4]
    );
}

/// An output that is an input, through instances that only pass it on.
#[test]
fn values_pass_straight_through() {
    let mut simulator = simulate(|m| {
        let feedthrough =
            m.design().module("feedthrough", &[], |m| m.output("out", m.input("in_", 70, ""), ""));
        let (first, second) = (m.instance("first", feedthrough), m.instance("second", feedthrough));
        first.set("in_", m.input("data", 70, ""));
        second.set("in_", first.get("out"));
        m.output("out", second.get("out"), "");
        m.output("zero", m.lit(0, 1), "");
    });
    simulator.poke(0, &hdl::Bits::ones(70));
    assert_eq!(simulator.peek(1), hdl::Bits::ones(70));
    assert_eq!(simulator.peek_u64(2), 0);
    assert_eq!(simulator.instruction_count(), 0);
}

#[test]
fn a_black_box_is_named_by_its_path() {
    let netlist = elaborate(|m| {
        let middle = m.design().module("middle", &[], |m| {
            let ports = vec![BlackBoxPort::clock("clk"), BlackBoxPort::output("locked", 1)];
            let pll = m.design().black_box("PLLE2", &[], ports);
            m.output("locked", m.instance("pll", pll).set("clk", m.clock()).get("locked"), "");
        });
        m.output("locked", m.instance("clocks", middle).get("locked"), "");
    });
    let error = error_of(&netlist);
    assert_eq!(
        error.to_string(),
        "instance `clocks.pll` is of the black box `PLLE2`: it has no logic to simulate"
    );
    let mut alone = netlist.clone();
    alone.modules.truncate(1);
    assert_eq!(
        error_of(&alone).to_string(),
        "the top module `PLLE2` is a black box: it has no logic to simulate"
    );
}

/// A netlist that was changed after its elaboration.
fn changed(change: impl FnOnce(&mut hdl::netlist::Logic)) -> Netlist {
    let mut netlist = elaborate(|m| {
        let kept = m.reg("kept", 4).starts_unknown();
        let next = (kept.value() + 1u64).named("next");
        kept.set(next);
        m.output("out", kept.value(), "");
    });
    let Body::Logic(logic) = &mut netlist.modules[0].body else { panic!("the module has logic") };
    change(logic);
    netlist
}

fn error_of(netlist: &Netlist) -> BuildError {
    Interpreter::new(netlist, Options::default()).map(drop).unwrap_err()
}

fn named(logic: &hdl::netlist::Logic, name: &str) -> NodeId {
    NodeId(logic.nodes.iter().position(|node| node.name.as_deref() == Some(name)).unwrap() as u32)
}

#[test]
fn a_combinational_loop_is_an_error_that_names_it() {
    let error = error_of(&changed(|logic| {
        let (kept, next) = (named(logic, "kept"), named(logic, "next"));
        logic.nodes[kept.index()].op = Op::Wire(Some(next));
        logic.registers.clear();
    }));
    let BuildError::CombinationalLoop { nodes } = &error else { panic!("{error}") };
    assert_eq!(nodes.len(), 2);
    assert!(error.to_string().starts_with("combinational loop through "), "{error}");
    assert!(
        nodes.iter().any(|node| node.starts_with("next at ") && node.contains("hierarchy.rs")),
        "{error}"
    );
}

#[test]
fn a_missing_driver_is_an_error() {
    let next_missing = changed(|logic| logic.registers[0].next = None);
    assert!(error_of(&next_missing).to_string().starts_with("`kept at "), "{}", error_of(&next_missing));
    let output_missing = changed(|logic| logic.outputs.clear());
    assert_eq!(error_of(&output_missing), BuildError::Undriven { path: "out".into() });
    let wire_missing = changed(|logic| {
        let next = named(logic, "next");
        logic.nodes[next.index()].op = Op::Wire(None);
    });
    assert!(matches!(error_of(&wire_missing), BuildError::Undriven { .. }));
}
