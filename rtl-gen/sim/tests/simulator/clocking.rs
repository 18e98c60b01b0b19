//! Registers, resets and enables.

use crate::support::{elaborate, elaborate_with, peek, poke, random_bits, signal, simulate, start};
use hdl::{Bits, Clocking, Level, Module, Netlist, ResetStyle};
use sim::{Initial, Interpreter, Options, Simulator};

/// Counts up from 5, in steps of 1 while `enable` is 1.
fn counter(m: &Module) {
    let enable = m.input("enable", 1, "");
    let count = m.reg("count", 8).reset_to(5).enable(enable);
    count.set(count.value() + 1u64);
    m.output("value", count.value(), "");
    m.output("inverted", !count.value(), "");
}

fn counter_with(style: ResetStyle, active: Level) -> Netlist {
    elaborate_with(Clocking { style, active, ..Clocking::default() }, counter)
}

#[test]
fn a_port_that_is_not_there_is_named_with_those_that_are() {
    let simulator = simulate(counter);
    let error = |name: &str| simulator.port(name).unwrap_err().to_string();
    assert_eq!(
        error("enabel"),
        "the design has no port `enabel`: did you mean `enable`? (ports: rst_n, enable, value, inverted)"
    );
    assert_eq!(
        error("clk"),
        "the design has no port `clk` (ports: rst_n, enable, value, inverted)",
        "`tick` drives the clock"
    );
}

#[test]
fn a_synchronous_reset_waits_for_the_clock_and_overrides_the_enable() {
    let mut simulator = simulate(counter);
    assert_eq!(simulator.ports_named(["rst_n", "enable", "value", "inverted"]), Ok([0, 1, 2, 3]));
    assert_eq!(peek(&mut simulator, "value"), 0, "no edge yet");
    simulator.tick();
    assert_eq!(peek(&mut simulator, "value"), 5);
    poke(&mut simulator, "rst_n", 1);
    poke(&mut simulator, "enable", 1);
    for expected in [6, 7, 8] {
        simulator.tick();
        assert_eq!(peek(&mut simulator, "value"), expected);
    }
    poke(&mut simulator, "rst_n", 0);
    assert_eq!(peek(&mut simulator, "value"), 8);
    simulator.tick();
    assert_eq!(peek(&mut simulator, "value"), 5);
}

#[test]
fn an_enable_holds_the_value() {
    let mut simulator = simulate(counter);
    simulator.tick();
    poke(&mut simulator, "rst_n", 1);
    let enables = [1, 0, 0, 1, 0, 1, 1];
    let values = enables.map(|enable| {
        poke(&mut simulator, "enable", enable);
        simulator.tick();
        peek(&mut simulator, "value")
    });
    assert_eq!(values, [6, 6, 6, 7, 7, 8, 9]);
}

#[test]
fn an_asynchronous_reset_acts_at_once() {
    let mut simulator = start(&counter_with(ResetStyle::Asynchronous, Level::Low));
    assert_eq!(peek(&mut simulator, "value"), 5, "an active-low reset starts active");
    poke(&mut simulator, "rst_n", 1);
    poke(&mut simulator, "enable", 1);
    simulator.tick();
    simulator.tick();
    assert_eq!([peek(&mut simulator, "value"), peek(&mut simulator, "inverted")], [7, !7 & 0xff]);
    poke(&mut simulator, "rst_n", 0);
    poke(&mut simulator, "rst_n", 1);
    assert_eq!(peek(&mut simulator, "value"), 5, "even a pulse between two edges resets");
    assert_eq!(peek(&mut simulator, "inverted"), !5 & 0xff, "and what is computed from it follows");
    poke(&mut simulator, "rst_n", 0);
    simulator.tick();
    assert_eq!(peek(&mut simulator, "value"), 5, "an edge in reset does not count");
}

#[test]
fn an_active_high_reset_starts_inactive() {
    for style in [ResetStyle::Synchronous, ResetStyle::Asynchronous] {
        let mut simulator = start(&counter_with(style, Level::High));
        poke(&mut simulator, "enable", 1);
        simulator.tick();
        assert_eq!(peek(&mut simulator, "value"), 1, "{style:?}");
        poke(&mut simulator, "rst_n", 1);
        assert_eq!(peek(&mut simulator, "value"), if style == ResetStyle::Synchronous { 1 } else { 5 });
        simulator.tick();
        assert_eq!(peek(&mut simulator, "value"), 5, "{style:?}");
    }
}

#[test]
fn without_a_reset_the_reset_value_is_there_at_power_up() {
    let netlist = counter_with(ResetStyle::None, Level::Low);
    for initial in [Initial::Zero, Initial::Random(1)] {
        let mut simulator = Interpreter::new(&netlist, Options { initial }).unwrap();
        assert_eq!(simulator.ports()[0].name, "enable");
        assert_eq!(peek(&mut simulator, "value"), 5);
    }
}

/// A register without a reset value ignores the reset.
#[test]
fn the_reset_leaves_other_registers_alone() {
    let mut simulator = simulate(|m| {
        let (plain, cleared) = (m.reg("plain", 8), m.reg("cleared", 8).reset_to(1));
        let next = m.input("next", 8, "");
        plain.set(next);
        cleared.set(next);
        m.output("plain_q", plain.value(), "");
        m.output("cleared_q", cleared.value(), "");
    });
    poke(&mut simulator, "next", 77);
    simulator.tick();
    assert_eq!([peek(&mut simulator, "plain_q"), peek(&mut simulator, "cleared_q")], [77, 1]);
}

/// All registers sample before any changes: a chain moves by one stage an edge, and two swap.
#[test]
fn registers_sample_before_any_changes() {
    for width in [1, 64, 65, 200] {
        let mut simulator = simulate(|m| {
            let mut value = m.input("data", width, "");
            for stage in 0..5 {
                let register = m.reg(&format!("stage_{stage}"), width);
                register.set(value);
                value = register.value();
            }
            m.output("delayed", value, "");
        });
        let mut random = fastrand::Rng::with_seed(width as u64);
        let sent: Vec<Bits> = (0..50).map(|_| random_bits(&mut random, width)).collect();
        for (cycle, data) in sent.iter().enumerate() {
            simulator.poke(0, data);
            let expected = cycle.checked_sub(5).map_or(Bits::zero(width), |sent_at| sent[sent_at].clone());
            assert_eq!(simulator.peek(1), expected, "{width} bits, cycle {cycle}");
            simulator.tick();
        }
    }
    let mut simulator = simulate(|m| {
        let (a, b) = (m.reg("a", 4).reset_to(3), m.reg("b", 4).reset_to(9));
        a.set(b.value());
        b.set(a.value());
        m.output("both", m.concat(&[a.value(), b.value()]), "");
    });
    let both = |simulator: &mut Interpreter| peek(simulator, "both");
    simulator.tick();
    assert_eq!(both(&mut simulator), 0x39);
    poke(&mut simulator, "rst_n", 1);
    simulator.tick();
    assert_eq!(both(&mut simulator), 0x93);
}

/// Outputs that depend on state, on an input, and on both, between edges and pokes in any order.
#[test]
fn what_is_read_is_always_settled() {
    let mut simulator = simulate(|m| {
        let (step, sum) = (m.input("step", 16, ""), m.reg("sum", 16).starts_unknown());
        sum.set(sum.value() + step);
        m.output("doubled", m.concat(&[sum.value().low(15), m.lit(0, 1)]), "");
        m.output("next", sum.value() + step, "");
        m.output("inverted", !step, "");
    });
    let mut random = fastrand::Rng::with_seed(5);
    let (mut sum, mut step) = (0u16, 0u16);
    for _ in 0..2000 {
        match random.u32(..5) {
            0 => {
                step = random.u16(..);
                poke(&mut simulator, "step", step as u64);
            }
            1 => {
                simulator.tick();
                sum = sum.wrapping_add(step);
            }
            2 => assert_eq!(peek(&mut simulator, "doubled"), sum.wrapping_mul(2) as u64),
            3 => assert_eq!(peek(&mut simulator, "next"), sum.wrapping_add(step) as u64),
            _ => assert_eq!(peek(&mut simulator, "inverted"), !step as u64),
        }
    }
}

#[test]
fn random_initial_values_follow_from_the_seed() {
    let netlist = elaborate(|m| {
        let (wide, flag) = (m.reg("wide", 100).starts_unknown(), m.reg("flag", 1).starts_unknown());
        wide.set(wide.value());
        flag.set(flag.value());
        m.output("out", m.concat(&[wide.value(), flag.value()]), "");
    });
    let start = |initial| Interpreter::new(&netlist, Options { initial }).unwrap();
    let value = |initial| start(initial).peek(0);
    assert!(value(Initial::Zero).is_zero());
    assert_eq!(value(Initial::Random(7)), value(Initial::Random(7)));
    let values: Vec<Bits> = (0..64).map(|seed| value(Initial::Random(seed))).collect();
    for bit in 0..101 {
        let ones = values.iter().filter(|value| value.bit(bit)).count();
        assert!((12..52).contains(&ones), "bit {bit} is 1 for {ones} seeds of 64");
    }
    assert_eq!(signal(&mut start(Initial::Random(9)), "wide"), value(Initial::Random(9)).slice(100, 1));
}

#[test]
fn clones_go_their_own_ways() {
    let mut first = simulate(counter);
    first.tick();
    poke(&mut first, "rst_n", 1);
    poke(&mut first, "enable", 1);
    let mut second = first.clone();
    first.tick();
    let values = std::thread::spawn(move || {
        (0..3).map(|_| second.tick()).for_each(drop);
        peek(&mut second, "value")
    });
    assert_eq!(values.join().unwrap(), 8);
    assert_eq!(peek(&mut first, "value"), 6);
}

#[test]
#[should_panic(expected = "`value` is an output: it cannot be poked")]
fn an_output_cannot_be_poked() {
    poke(&mut simulate(counter), "value", 1);
}

#[test]
#[should_panic(expected = "`enable` has 1 bits: it cannot take 2")]
fn a_value_must_fit_its_input() {
    poke(&mut simulate(counter), "enable", 2);
}

#[test]
#[should_panic(expected = "`enable` has 1 bits: it cannot take 2 bits")]
fn a_value_must_have_the_width_of_its_input() {
    simulate(counter).poke(1, &Bits::zero(2));
}
