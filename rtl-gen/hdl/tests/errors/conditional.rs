//! `when` and `switch`.

use crate::{Case, case, design_case, inputs};
use hdl::Encoded;

#[derive(Clone, Copy, PartialEq, Encoded)]
enum Operation {
    Add,
    Sub,
    Mul,
}

#[derive(Clone, Copy, PartialEq, Encoded)]
enum State {
    Idle,
    Busy,
}

pub fn cases() -> Vec<Case> {
    let mut cases = whens();
    cases.extend(switches());
    cases.extend(enumerations());
    cases.extend(places());
    cases
}

fn whens() -> Vec<Case> {
    vec![
        case("when_by_a_wide_condition", |m| {
            let [_, b, s] = inputs(m);
            let r = m.reg("r", 1);
            m.when(b, || r.set(s));
            m.output("y", r.value(), "");
        }),
        case("when_sets_another_width", |m| {
            let [a, b, s] = inputs(m);
            let r = m.reg("r", 8);
            m.when(s, || r.set(a)).otherwise(|| r.set(b));
            m.output("y", r.value(), "");
        }),
        case("when_sets_what_does_not_fit", |m| {
            let [a, b, s] = inputs(m);
            let r = m.reg("r", 4);
            r.set(b);
            m.when(s, || r.set(16));
            m.output("y", r.value().eq(a.low(4)), "");
        }),
        case("when_leaves_a_wire_without_a_value", |m| {
            let [a, b, s] = inputs(m);
            let wire = m.wire("w", 8);
            m.when(s, || wire.drive(a)).else_when(b.any(), || wire.drive(!a));
            m.output("y", wire.value(), "");
        }),
        case("when_leaves_an_output_without_a_value", |m| {
            let [a, b, s] = inputs(m);
            let output = m.late_output("y", 8, "");
            m.when(s, || {
                m.when(b.any(), || output.drive(a));
            })
            .otherwise(|| output.drive(0));
        }),
        case("when_before_the_default", |m| {
            let [a, _, s] = inputs(m);
            let r = m.reg("r", 8);
            m.when(s, || r.set(a));
            r.set(0);
            m.output("y", r.value(), "");
        }),
        case("when_set_twice_outside", |m| {
            let [a, _, s] = inputs(m);
            let r = m.reg("r", 8);
            r.set(0);
            r.set(1);
            m.when(s, || r.set(a));
            m.output("y", r.value(), "");
        }),
        case("when_set_twice_inside", |m| {
            let [a, _, s] = inputs(m);
            let r = m.reg("r", 8);
            m.when(s, || {
                r.set(a);
                r.set(!a);
            });
            m.output("y", r.value(), "");
        }),
        case("when_interrupted", |m| {
            let [a, b, s] = inputs(m);
            let r = m.reg("r", 8);
            let first = m.when(s, || r.set(a));
            m.when(b.any(), || r.set(0));
            first.otherwise(|| r.set(1));
            m.output("y", r.value(), "");
        }),
    ]
}

fn switches() -> Vec<Case> {
    vec![
        case("switch_label_does_not_fit", |m| {
            let [a, b, _] = inputs(m);
            let r = m.reg("r", 8);
            m.switch(b).case(3, || r.set(a)).case(16, || r.set(!a)).default(|| r.set(0));
            m.output("y", r.value(), "");
        }),
        case("switch_label_of_another_width", |m| {
            let [a, b, _] = inputs(m);
            let r = m.reg("r", 8);
            m.switch(b).case(m.lit(3, 3), || r.set(a)).default(|| r.set(0));
            m.output("y", r.value(), "");
        }),
        case("switch_label_no_constant", |m| {
            let [a, b, _] = inputs(m);
            let r = m.reg("r", 8);
            m.switch(b).case(a.low(4), || r.set(a)).default(|| r.set(0));
            m.output("y", r.value(), "");
        }),
        case("switch_label_twice", |m| {
            let [a, b, _] = inputs(m);
            let r = m.reg("r", 8);
            m.switch(b).cases([1, 2], || r.set(a)).case(2, || r.set(!a)).default(|| r.set(0));
            m.output("y", r.value(), "");
        }),
        case("switch_without_a_case_for_all", |m| {
            let [a, b, _] = inputs(m);
            let r = m.reg("r", 8);
            m.switch(b).case(0, || r.set(a)).cases([2, 3], || r.set(!a));
            m.output("y", r.value(), "");
        }),
        case("switch_default_never_reached", |m| {
            let [a, b, _] = inputs(m);
            let r = m.reg("r", 8);
            m.switch(b.low(1)).case(0, || r.set(a)).case(1, || r.set(!a)).default(|| r.set(0));
            m.output("y", r.value(), "");
        }),
        case("switch_without_cases", |m| {
            let [a, b, _] = inputs(m);
            let r = m.reg("r", 8);
            m.switch(b).default(|| r.set(a));
            m.output("y", r.value(), "");
        }),
        case("switch_over_the_clock", |m| {
            let [a, ..] = inputs(m);
            let r = m.reg("r", 8);
            m.switch(m.clock()).case(0, || r.set(a)).case(1, || r.set(!a));
            m.output("y", r.value(), "");
        }),
        case("switch_leaves_a_wire_without_a_value", |m| {
            let [a, b, _] = inputs(m);
            let wire = m.wire("w", 8);
            m.switch(b).case(1, || wire.drive(a)).default(|| {});
            m.output("y", wire.value(), "");
        }),
    ]
}

fn enumerations() -> Vec<Case> {
    vec![
        case("switch_without_a_case_for_a_name", |m| {
            let [a, b, _] = inputs(m);
            let r = m.reg("r", 8);
            m.switch_over::<Operation>(b.low(2)).case(Operation::Sub, || r.set(a));
            m.output("y", r.value(), "");
        }),
        case("switch_over_no_code", |m| {
            let [a, b, _] = inputs(m);
            let r = m.reg("r", 8);
            m.switch_over::<Operation>(b).case(Operation::Add, || r.set(a)).default(|| r.set(!a));
            m.output("y", r.value(), "");
        }),
        case("states_by_go_and_enter", |m| {
            let [_, _, s] = inputs(m);
            let state = m.state_machine("state");
            m.when(s, || state.enter(State::Busy));
            state.go(State::Busy, !s, State::Idle);
            m.output("y", state.is(State::Busy), "");
            state.finish();
        }),
        case("state_entered_and_not_finished", |m| {
            let [_, _, s] = inputs(m);
            let state = m.state_machine("state");
            state.switch().case(State::Idle, || state.enter(State::Busy)).case(State::Busy, || {
                m.when(s, || state.enter(State::Idle));
            });
            m.output("y", state.is(State::Busy), "");
        }),
    ]
}

fn places() -> Vec<Case> {
    vec![
        design_case("when_of_another_module", |design| {
            design.module("top", &[], |m| {
                let [a, _, s] = inputs(m);
                let r = m.reg("r", 8);
                r.set(0);
                let child = design.module("child", &[], |child| {
                    let s = child.input("s", 1, "");
                    child.when(s, || r.set(a));
                    child.output("y", s, "");
                });
                m.output("y", m.instance("u_child", child).set("s", s).get("y"), "");
                m.output("z", r.value(), "");
            })
        }),
        design_case("when_by_a_signal_of_another_module", |design| {
            design.module("top", &[], |m| {
                let [_, _, s] = inputs(m);
                let child = design.module("child", &[], |child| {
                    let r = child.reg("r", 1).reset_to(0);
                    child.when(s, || r.set(1));
                    child.output("y", r.value(), "");
                });
                m.output("y", m.instance("u_child", child).get("y"), "");
            })
        }),
        case("when_around_an_enable", |m| {
            let [a, b, s] = inputs(m);
            let r = m.reg("r", 8);
            m.when(s, || {
                r.enable(b.any()).set(a);
            });
            m.output("y", r.value(), "");
        }),
        case("when_left_with_a_register", |m| {
            let [a, _, s] = inputs(m);
            let mut kept = None;
            m.when(s, || kept = Some(m.reg("r", 8)));
            let r = kept.expect("the body has run");
            r.set(a);
            m.output("y", r.value(), "");
        }),
        design_case("when_around_a_clock", |design| {
            use hdl::BlackBoxPort;
            let ports = vec![BlackBoxPort::clock("clk"), BlackBoxPort::output("q", 1)];
            let cell = design.black_box("CELL", &[], ports);
            design.module("top", &[], |m| {
                let [_, _, s] = inputs(m);
                let cell = m.instance("u_cell", cell);
                m.when(s, || {
                    cell.set("clk", m.clock());
                });
                m.output("y", cell.get("q"), "");
            })
        }),
    ]
}
