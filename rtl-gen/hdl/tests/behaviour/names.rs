//! User names survive optimisation.

use crate::{driver, logic, operators, top};
use hdl::netlist::{Netlist, Op};

fn names(netlist: &Netlist) -> Vec<&str> {
    logic(netlist.top()).nodes.iter().filter_map(|node| node.name.as_deref()).collect()
}

#[test]
fn an_input_is_its_own_name() {
    let netlist = top(|m| m.output("y", !m.input("a", 8, ""), ""));
    assert_eq!(names(&netlist), ["a"]);
    assert_eq!(logic(netlist.top()).nodes.len(), 2);
}

#[test]
fn equal_operators_keep_both_names() {
    let netlist = top(|m| {
        let (a, b) = (m.input("a", 8, ""), m.input("b", 8, ""));
        let (first, second) = ((a + b).named("first"), (a + b).named("second"));
        m.output("y", first & !second, "");
    });
    assert_eq!(names(&netlist), ["a", "b", "first", "second"]);
    assert!(operators(&netlist).iter().all(|node| node.name.as_deref() != Some("second")));
}

#[test]
fn an_unnamed_operator_takes_the_name_of_its_equal() {
    let netlist = top(|m| {
        let a = m.input("a", 8, "");
        let unnamed = a + 1;
        m.output("y", unnamed ^ (a + 1).named("next"), "");
        m.output("z", unnamed, "");
    });
    assert_eq!(driver(&netlist, "z").name.as_deref(), Some("next"));
}

#[test]
fn a_simplified_value_keeps_its_name() {
    let netlist = top(|m| {
        let a = m.input("a", 8, "");
        m.output("same", (a & 255).named("masked"), "");
        m.output("none", (a ^ a).named("nothing"), "");
        m.output("part", m.concat(&[a, a]).low(8).named("lower"), "");
    });
    for (output, name) in [("same", "masked"), ("none", "nothing"), ("part", "lower")] {
        let node = driver(&netlist, output);
        assert_eq!(node.name.as_deref(), Some(name));
        assert!(matches!(node.op, Op::Wire(Some(_))), "{:?}", node.op);
    }
}

#[test]
fn names_do_not_hinder_optimisation() {
    let netlist = top(|m| {
        let a = m.input("a", 8, "");
        let zero = (a - a).named("zero");
        let also_a = a.named("also_a");
        m.output("y", (also_a + zero).named("sum") ^ a, "");
        m.output("z", also_a, "");
    });
    assert!(operators(&netlist).is_empty());
    assert_eq!(names(&netlist), ["a", "also_a"]);
}

#[test]
fn several_names_of_one_value_all_stay() {
    let netlist = top(|m| {
        let a = m.input("a", 8, "");
        let sum = (a + 1).named("first").named("second").named("third");
        m.output("x", (a + 1).named("first"), "");
        m.output("y", sum.named("second") & a, "");
        let w = m.wire("w", 8);
        w.drive(sum);
        m.output("z", w.value().named("third"), "");
    });
    assert_eq!(driver(&netlist, "z").name.as_deref(), Some("third"));
    assert_eq!(names(&netlist), ["a", "first", "second", "third"]);
    assert_eq!(operators(&netlist).len(), 2);
}

#[test]
fn constants_keep_their_names_once_each() {
    let netlist = top(|m| {
        let a = m.input("a", 8, "");
        let five = || m.lit(5, 8).named("five");
        let also_five = m.lit(5, 8).named("also_five");
        m.output("y", (a + five()) ^ (a - five()) ^ (a & also_five), "");
    });
    let mut found = names(&netlist);
    found.sort_unstable();
    assert_eq!(found, ["a", "also_five", "five"]);
}

#[test]
fn scopes_prefix_everything_but_ports() {
    let netlist = top(|m| {
        let a = m.input("a", 8, "");
        let sum = m.scope("lane0", || {
            let inner = m.scope("stage1", || {
                let register = m.reg("sum", 8);
                register.set(a);
                register.value()
            });
            m.late_output("y", 8, "").drive(inner);
            let memory = m.memory("words", 8, 256);
            memory.write(a.bit(0), a, a);
            m.assert("holds", a.eq(inner));
            (inner + memory.read(a)).named("next")
        });
        m.output("z", sum.named("last"), "");
    });
    let mut found = names(&netlist);
    found.sort_unstable();
    assert_eq!(found, ["a", "lane0_next", "lane0_stage1_sum", "last", "y"]);
    assert_eq!(logic(netlist.top()).memories[0].name, "lane0_words");
    assert_eq!(logic(netlist.top()).properties[0].name, "lane0_holds");
}
