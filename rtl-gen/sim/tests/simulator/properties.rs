//! Assertions, assumptions and cover points.

use crate::support::{poke, simulate};
use hdl::Module;
use hdl::netlist::PropertyKind;
use sim::Simulator;

/// Asserts that a counter stays below 3, and covers that it is odd.
fn checked_counter(m: &Module) {
    let step = m.input("step", 4, "");
    let count = m.reg("count", 4).reset_to(0);
    count.set(count.value() + step);
    m.assert("stays_small", count.value().lt(3u64));
    m.assume("small_steps", step.lt(2u64));
    m.cover("odd", count.value().bit(0));
    m.cover("nine", count.value().eq(9u64));
    m.output("value", count.value(), "");
}

fn below_an_instance(m: &Module) {
    let counter = m.design().module("counter", &[], checked_counter);
    m.output("value", m.instance("inner", counter).set("step", m.input("step", 4, "")).get("value"), "");
}

#[test]
fn properties_are_checked_at_each_edge_outside_reset() {
    let mut simulator = simulate(below_an_instance);
    poke(&mut simulator, "step", 15);
    (0..4).for_each(|_| simulator.tick());
    assert!(simulator.environment_errors().is_empty(), "in reset nothing is checked");
    poke(&mut simulator, "rst_n", 1);
    poke(&mut simulator, "step", 1);
    (0..7).for_each(|_| simulator.tick());
    assert!(simulator.environment_errors().is_empty());
    poke(&mut simulator, "step", 3);
    simulator.tick();

    let violations = simulator.violations();
    assert_eq!(violations.len(), 1);
    let violation = &violations[0];
    assert_eq!((violation.kind, &*violation.path), (PropertyKind::Assert, "inner.stays_small"));
    assert_eq!((violation.cycle, violation.count), (7, 5), "the count is 3 in cycle 4 + 3");
    assert!(violation.source.file().ends_with("properties.rs"));
    assert_eq!(violation.source.line(), 13);
    let text = violation.to_string();
    assert!(
        text.starts_with("assertion failed: `inner.stays_small` in cycle 7 and 4 more\n  --> "),
        "{text}"
    );

    let errors = simulator.environment_errors();
    assert_eq!(errors.len(), 1);
    assert_eq!((errors[0].cycle, errors[0].count), (11, 1));
    let text = errors[0].to_string();
    assert!(text.starts_with("environment error: violates assumption `inner.small_steps` in cycle 11\n"));
    assert_eq!(simulator.cycle(), 12);
}

#[test]
fn cover_points_are_counted() {
    let mut simulator = simulate(checked_counter);
    simulator.tick();
    poke(&mut simulator, "rst_n", 1);
    poke(&mut simulator, "step", 1);
    (0..6).for_each(|_| simulator.tick());
    let covered: Vec<(String, u64)> =
        simulator.covered().into_iter().map(|point| (point.path, point.hits)).collect();
    assert_eq!(covered, [("odd".into(), 3), ("nine".into(), 0)]);
}

/// Without a clock, each tick is a step at which the settled values are checked.
#[test]
fn a_design_without_a_clock_is_checked_at_each_tick() {
    let mut simulator = simulate(|m| {
        let (a, b) = (m.input("a", 4, ""), m.input("b", 4, ""));
        m.assert("no_overflow", !a.add_wide(b).msb());
        m.output("sum", a + b, "");
    });
    assert_eq!(simulator.clock(), None);
    for (a, b) in [(1, 2), (9, 6), (9, 7), (15, 15)] {
        poke(&mut simulator, "a", a);
        poke(&mut simulator, "b", b);
        simulator.tick();
    }
    let violation = &simulator.violations()[0];
    assert_eq!((violation.cycle, violation.count), (2, 2));
}
