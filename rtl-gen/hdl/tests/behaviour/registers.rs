//! Registers: enable, reset, and what the module says of its clocking.

use crate::machine::Machine;
use crate::{design, logic, top};
use hdl::{Bits, Clocking, Design, Level, ResetStyle};

#[test]
fn a_register_follows_a_cycle_later() {
    let mut machine = Machine::new(top(|m| {
        let r = m.reg("r", 8);
        r.set(m.input("x", 8, ""));
        m.output("y", r.value(), "");
    }));
    for value in [7, 200, 0] {
        machine.set("x", value);
        machine.step();
        assert_eq!(machine.get("y"), value);
    }
}

#[test]
fn a_register_behind_a_dead_one_keeps_its_place() {
    let mut machine = Machine::new(top(|m| {
        let x = m.input("x", 8, "");
        let _ = x.delayed("dead");
        let dead = m.memory("dead", 4, 256);
        dead.write(x.any(), x, x.low(4));
        let _ = dead.read(x);
        let words = m.memory("words", 8, 256);
        words.write(m.lit(1, 1), x, !x);
        m.output("y", x.delayed("x_q").delayed("x_q2"), "");
        m.output("word", words.read(x), "");
    }));
    for (value, delayed) in [(7, 0), (200, 7), (1, 200)] {
        machine.set("x", value);
        machine.step();
        assert_eq!(machine.get("y"), delayed);
        assert_eq!(machine.get("word"), 255 - value);
    }
}

#[test]
fn an_enable_holds_and_a_reset_wins() {
    let netlist = top(|m| {
        let r = m.reg("r", 8).reset_to(5).enable(m.input("enable", 1, ""));
        r.set(r.value() + m.input("step", 8, ""));
        m.output("y", r.value(), "");
    });
    let mut machine = Machine::new(netlist);
    machine.reset();
    machine.set("step", 3);
    machine.step();
    assert_eq!(machine.get("y"), 5);
    machine.set("enable", 1);
    machine.step();
    machine.step();
    assert_eq!(machine.get("y"), 11);
    machine.reset();
    assert_eq!(machine.get("y"), 5);
}

#[test]
fn registers_read_each_other_before_the_edge() {
    let mut machine = Machine::new(top(|m| {
        let (first, second) = (m.reg("first", 4).reset_to(1), m.reg("second", 4).reset_to(2));
        first.set(second.value());
        second.set(first.value());
        m.output("y", m.concat(&[first.value(), second.value()]), "");
    }));
    machine.reset();
    assert_eq!(machine.get("y"), 0x12);
    machine.step();
    assert_eq!(machine.get("y"), 0x21);
}

#[test]
fn a_wide_reset_value_keeps_every_bit() {
    let value = Bits::parse_hex("123456789abcdef0123456789abcdef0123456789", 200).expect("digits");
    let mut machine = Machine::new(top(|m| {
        let r = m.reg("r", 200).reset_to_bits(&value);
        r.set(!r.value());
        m.output("y", r.value(), "");
    }));
    machine.reset();
    assert_eq!(machine.get_bits("y"), value);
}

#[test]
fn clock_and_reset_are_there_where_something_takes_them() {
    let uses = |clocking: Clocking, has_reset: bool| {
        let design = Design::new(clocking);
        let child = design.module("child", &[], |m| {
            let r = m.reg("r", 8);
            if has_reset {
                r.reset_to(0);
            }
            r.set(m.input("x", 8, ""));
            m.output("y", r.value(), "");
        });
        let top = design.module("top", &[], |m| {
            m.output("y", m.instance("u_child", child).set("x", m.input("x", 8, "")).get("y"), "");
        });
        let netlist = design.elaborate(top).expect("no errors");
        netlist.modules.iter().map(|module| (module.uses_clock, module.uses_reset)).collect::<Vec<_>>()
    };
    assert_eq!(uses(Clocking::default(), true), [(true, true); 2]);
    assert_eq!(uses(Clocking::default(), false), [(true, false); 2]);
    let asynchronous =
        Clocking { style: ResetStyle::Asynchronous, active: Level::High, ..Clocking::default() };
    assert_eq!(uses(asynchronous, true), [(true, true); 2]);
    let power_up = Clocking { style: ResetStyle::None, ..Clocking::default() };
    assert_eq!(uses(power_up, true), [(true, false); 2]);
}

#[test]
fn combinational_modules_have_no_clock() {
    let netlist =
        design(|design| design.module("inverter", &[], |m| m.output("y", !m.input("x", 1, ""), "")));
    assert!(!netlist.top().uses_clock && !netlist.top().uses_reset);
    assert!(logic(netlist.top()).registers.is_empty());
}

/// Only a register that no input can bring to a known value is an error; all of these can be loaded.
#[test]
fn registers_without_a_reset_that_can_be_loaded_are_accepted() {
    let netlist = top(|m| {
        let (x, load) = (m.input("x", 8, ""), m.input("load", 1, ""));
        let count = m.reg("count", 8);
        count.set(load.mux(x, count.value() + 1));
        let cleared = m.reg("cleared", 8);
        cleared.set((cleared.value() + x).gated(!load));
        let shifted = m.reg("shifted", 8);
        shifted.set(m.concat(&[shifted.value().low(7), x.bit(0)]));
        let emptied = m.reg("emptied", 8);
        emptied.set(emptied.value() << 1);
        let by_amount = m.reg("by_amount", 8);
        by_amount.set(by_amount.value() >> x);
        let last = m.reg("last", 8).enable(count.value().any());
        last.set(load.mux(count.value(), last.value()));
        let set = m.reg("set", 1);
        set.set(set.value() | load);
        let [ping, pong] = ["ping", "pong"].map(|name| m.reg(name, 8));
        ping.set(load.mux(x, pong.value()));
        pong.set(ping.value());
        let words = m.memory("words", 8, 256);
        words.write(load, x, x);
        let read = m.reg("read", 8);
        read.set(words.read(load.mux(x, read.value())));
        let all = [count, cleared, shifted, emptied, by_amount, last, ping, pong, read];
        m.output("y", m.concat(&all.map(|register| register.value())), "");
        m.output("z", set.value(), "");
    });
    assert_eq!(logic(netlist.top()).registers.len(), 10);
}

#[test]
fn a_register_may_start_unknown_where_it_says_so() {
    let netlist = top(|m| {
        let phase = m.reg("phase", 1).starts_unknown();
        phase.set(!phase.value());
        m.output("y", phase.value(), "");
    });
    assert_eq!(logic(netlist.top()).registers.len(), 1);
}

#[test]
fn a_signed_reset_value_is_in_twos_complement() {
    let mut machine = Machine::new(top(|m| {
        let r = m.reg("r", 8).reset_to_signed(-5);
        r.set(r.value() + 1);
        m.output("y", r.value(), "");
        m.output("least", m.lit_signed(-128, 8), "");
        m.output("wide", m.lit_signed(-1, 200), "");
    }));
    machine.reset();
    assert_eq!(machine.get("y"), 251);
    assert_eq!(machine.get("least"), 128);
    assert_eq!(machine.get_bits("wide"), Bits::ones(200));
}
