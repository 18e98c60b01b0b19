//! State machines, enumerations and selection.

use crate::machine::Machine;
use crate::top;
use hdl::{Bits, Enumeration, Netlist};

fn traffic_light() -> Netlist {
    top(|m| {
        let light = m.state_machine("light", &["red", "green", "yellow"]);
        let (go, stop, fault) = (m.input("go", 1, ""), m.input("stop", 1, ""), m.input("fault", 1, ""));
        light.go("red", go, "green");
        light.go("green", fault, "red");
        light.go("green", stop, "yellow");
        light.go("yellow", m.lit(1, 1), "red");
        for state in ["red", "green", "yellow"] {
            m.output(state, light.is(state), "");
        }
        m.output("code", light.value(), "");
        light.finish();
    })
}

#[test]
fn transitions_are_taken_in_order_of_priority() {
    let mut machine = Machine::new(traffic_light());
    machine.reset();
    let cycles = [
        ([0, 1, 1], "red"),
        ([1, 0, 0], "green"),
        ([1, 0, 0], "green"),
        ([0, 1, 0], "yellow"),
        ([0, 0, 0], "red"),
        ([1, 1, 0], "green"),
        ([0, 1, 1], "red"),
    ];
    for ([go, stop, fault], state) in cycles {
        machine.set("go", go);
        machine.set("stop", stop);
        machine.set("fault", fault);
        machine.step();
        for (code, name) in ["red", "green", "yellow"].into_iter().enumerate() {
            assert_eq!(machine.get(name) == 1, name == state, "{name} in {state}");
            assert!(name != state || machine.get("code") == code as u64);
        }
    }
}

#[test]
fn reset_enters_the_first_state() {
    let mut machine = Machine::new(traffic_light());
    machine.set("go", 1);
    machine.step();
    assert_eq!(machine.get("green"), 1);
    machine.reset();
    assert_eq!(machine.get("red"), 1);
}

#[test]
fn codes_count_the_values() {
    let operation = Enumeration::new("operation", &["add", "sub", "and", "or", "xor"]);
    assert_eq!(operation.width(), 3);
    assert_eq!(operation.values().len(), 5);
    let mut machine = Machine::new(top(|m| {
        let code = m.input("code", 3, "");
        m.output("is_sub", code.eq(operation.code(m, "sub")), "");
        m.output("xor_code", operation.code(m, "xor"), "");
    }));
    machine.set("code", 1);
    assert_eq!((machine.get("is_sub"), machine.get("xor_code")), (1, 4));
}

#[test]
fn parts_split_and_join_in_the_order_of_lanes() {
    let mut machine = Machine::new(top(|m| {
        let parts = m.input("x", 12, "").split_lsb(4);
        m.output("first", parts[0], "");
        m.output("same", m.concat_lsb(&parts), "");
        m.output("swapped", m.concat(&parts), "");
    }));
    machine.set("x", 0xabc);
    assert_eq!([machine.get("first"), machine.get("same"), machine.get("swapped")], [0xc, 0xabc, 0xcba]);
}

#[test]
fn signed_constants_compare() {
    let mut machine = Machine::new(top(|m| {
        let minus_three = Bits::checked_signed(-3, 4).expect("-3 fits 4 bits");
        m.output("y", m.input("x", 4, "").lt_signed(minus_three), "");
    }));
    for x in 0..16 {
        machine.set("x", x);
        assert_eq!(machine.get("y") == 1, (8..13).contains(&x));
    }
}

#[test]
fn selection_takes_the_right_value() {
    let mut machine = Machine::new(top(|m| {
        let index = m.input("index", 2, "");
        let values = [10, 20, 30, 40].map(|value| m.lit(value, 8));
        m.output("selected", m.select(index, &values), "");
        let is = |value: u64| index.eq(value);
        m.output("first", m.priority(&[(index.bit(1), values[0]), (index.bit(0), values[1])], values[2]), "");
        let cases: Vec<_> = (0..4).map(|i| (is(i), values[i as usize])).collect();
        m.output("one_hot", m.one_hot(&cases), "");
    }));
    for index in 0..4 {
        machine.set("index", index);
        assert_eq!(machine.get("selected"), 10 * (index + 1));
        assert_eq!(machine.get("one_hot"), 10 * (index + 1));
        assert_eq!(machine.get("first"), [30, 20, 10, 10][index as usize]);
    }
}
