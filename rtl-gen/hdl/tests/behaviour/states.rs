//! State machines, enumerations and selection.

use crate::machine::Machine;
use crate::{logic, top};
use hdl::{Bits, Encoded, Netlist};

#[derive(Clone, Copy, Debug, PartialEq, Encoded)]
enum Light {
    Red,
    Green,
    Yellow,
}

fn traffic_light() -> Netlist {
    top(|m| {
        let light = m.state_machine("light");
        let (go, stop, fault) = (m.input("go", 1, ""), m.input("stop", 1, ""), m.input("fault", 1, ""));
        light.go(Light::Red, go, Light::Green);
        light.go(Light::Green, fault, Light::Red);
        light.go(Light::Green, stop, Light::Yellow);
        light.go(Light::Yellow, m.lit(1, 1), Light::Red);
        for state in Light::VALUES {
            m.output(state.name, light.is(state.value), "");
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

/// Opcodes of RISC-V.
#[derive(Clone, Copy, Debug, PartialEq, Encoded)]
#[encoded(width = 7)]
enum Opcode {
    Load = 0b000_0011,
    LoadFp,
    OpImm = 0b001_0011,
}

/// Default codes; the number of values is not a power of two.
#[derive(Clone, Copy, Debug, PartialEq, Encoded)]
enum Operation {
    Add,
    Sub,
    And,
    Or,
    ShiftLeft,
}

#[test]
fn codes_are_the_discriminants() {
    assert_eq!((Operation::WIDTH, Light::WIDTH, Opcode::WIDTH), (3, 2, 7));
    assert_eq!((Operation::NAME, Operation::ShiftLeft.info().name), ("operation", "shift_left"));
    assert_eq!([Opcode::Load, Opcode::LoadFp, Opcode::OpImm].map(Opcode::code), [3, 4, 0x13]);
    assert_eq!((Opcode::from_code(0x13), Opcode::from_code(0x14)), (Some(Opcode::OpImm), None));
}

#[test]
fn codes_stand_beside_signals() {
    let netlist = top(|m| {
        let code = m.input("code", 7, "");
        m.output("is_op_imm", code.eq(Opcode::OpImm), "");
        m.output("chosen", code.bit(0).mux(Opcode::Load, Opcode::OpImm), "");
        m.output("as_code", m.code(Operation::Sub), "");
    });
    assert!(logic(netlist.top()).nodes.iter().any(|node| node.name.as_deref() == Some("opcode_op_imm")));
    let mut machine = Machine::new(netlist);
    for (code, is_op_imm, chosen) in [(0x13, 1, 3), (0x12, 0, 0x13)] {
        machine.set("code", code);
        assert_eq!(
            [machine.get("is_op_imm"), machine.get("chosen"), machine.get("as_code")],
            [is_op_imm, chosen, 1]
        );
    }
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
