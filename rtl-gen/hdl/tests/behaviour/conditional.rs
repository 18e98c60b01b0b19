//! Conditional assignment.

use crate::machine::Machine;
use crate::{logic, top};
use hdl::netlist::Op;

#[test]
fn the_last_assignment_that_applies_wins() {
    let mut machine = Machine::new(top(|m| {
        let [a, b, c] = ["a", "b", "c"].map(|name| m.input(name, 1, ""));
        let (r, wire) = (m.reg("r", 4).reset_to(9), m.wire("w", 4));
        wire.drive(1);
        m.when(a, || {
            r.set(2);
            m.when(b, || wire.drive(3)).else_when(c, || wire.drive(4));
        })
        .else_when(b, || r.set(5))
        .otherwise(|| wire.drive(6));
        m.when(c, || r.set(7));
        m.output("r", r.value(), "");
        m.output("w", wire.value(), "");
    }));
    machine.reset();
    assert_eq!(machine.get("r"), 9);
    let mut before = 9;
    for step in 0..8 {
        let [a, b, c] = [2, 1, 0].map(|bit| step >> bit & 1);
        machine.set("a", a);
        machine.set("b", b);
        machine.set("c", c);
        let wire = match (a, b, c) {
            (1, 1, _) => 3,
            (1, 0, 1) => 4,
            (0, 0, _) => 6,
            _ => 1,
        };
        assert_eq!(machine.get("w"), wire, "{a} {b} {c}");
        machine.step();
        before = match (a, b, c) {
            (_, _, 1) => 7,
            (1, _, 0) => 2,
            (0, 1, 0) => 5,
            _ => before,
        };
        assert_eq!(machine.get("r"), before, "{a} {b} {c}");
    }
}

#[test]
fn a_memory_is_written_and_a_property_counts_where_the_condition_holds() {
    let mut machine = Machine::new(top(|m| {
        let (go, x) = (m.input("go", 1, ""), m.input("x", 2, ""));
        let memory = m.memory("words", 2, 4);
        m.switch(x).case(1, || {}).default(|| {
            m.when(go, || {
                memory.write(m.lit(1, 1), x, x);
                m.assert("small", x.lt(3));
            });
        });
        m.output("y", memory.read(x), "");
    }));
    for (go, x, word) in [(1, 1, 0), (0, 2, 0), (1, 2, 2), (0, 3, 0)] {
        machine.set("go", go);
        machine.set("x", x);
        machine.step();
        assert_eq!(machine.get("y"), word, "{go} {x}");
    }
    assert!(machine.violated.is_empty());
    machine.set("go", 1);
    machine.step();
    assert_eq!(machine.violated, ["small"]);
}

#[test]
fn what_is_declared_in_a_body_is_not_conditional() {
    let mut machine = Machine::new(top(|m| {
        let (go, x) = (m.input("go", 1, ""), m.input("x", 4, ""));
        let r = m.reg("r", 4).reset_to(0);
        m.when(go, || r.set(x.delayed("before")));
        m.output("y", r.value(), "");
    }));
    machine.reset();
    for (go, x, y) in [(0, 5, 0), (1, 6, 5), (0, 7, 5), (1, 8, 7)] {
        machine.set("go", go);
        machine.set("x", x);
        machine.step();
        assert_eq!(machine.get("y"), y);
    }
}

#[test]
fn a_table_is_one_decision() {
    let netlist = top(|m| {
        let index = m.input("index", 6, "");
        let words: Vec<_> = (0..64u32).map(|index| m.lit((index * index).into(), 12)).collect();
        m.output("y", m.select(index, &words), "");
    });
    let decisions = logic(netlist.top()).nodes.iter().filter(|node| matches!(node.op, Op::Case { .. }));
    assert_eq!(decisions.count(), 1);
    let mut machine = Machine::new(netlist);
    for index in 0..64 {
        machine.set("index", index);
        assert_eq!(machine.get("y"), index * index);
    }
}
