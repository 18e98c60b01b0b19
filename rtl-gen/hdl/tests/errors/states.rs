//! Enumerations and state machines.

use crate::{Case, case, inputs};
use hdl::Enumeration;

pub fn cases() -> Vec<Case> {
    let mut cases = enumerations();
    cases.extend(machines());
    cases
}

fn enumerations() -> Vec<Case> {
    vec![
        case("enumeration_value_unknown", |m| {
            let [_, b, _] = inputs(m);
            let operation = Enumeration::new("operation", &["add", "sub", "mul"]);
            m.output("y", b.low(2).eq(operation.code(m, "div")), "");
        }),
        case("enumeration_without_values", |m| {
            m.output("y", Enumeration::new("operation", &[]).code(m, "add"), "");
        }),
        case("enumeration_value_twice", |m| {
            let operation = Enumeration::new("operation", &["add", "sub", "add"]);
            m.output("y", operation.code(m, "add"), "");
        }),
    ]
}

fn machines() -> Vec<Case> {
    vec![
        case("state_unknown", |m| {
            let [_, _, s] = inputs(m);
            let state = m.state_machine("state", &["idle", "busy"]);
            state.go("idle", s, "bussy");
            state.go("idle", s, "busy");
            state.go("done", !s, "idle");
            m.output("y", state.is("busi"), "");
            state.finish();
        }),
        case("state_never_entered", |m| {
            let [_, _, s] = inputs(m);
            let state = m.state_machine("state", &["idle", "busy", "done"]);
            state.go("idle", s, "busy");
            state.go("busy", !s, "idle");
            m.output("y", state.is("done"), "");
            state.finish();
        }),
        case("state_machine_not_finished", |m| {
            let [_, _, s] = inputs(m);
            let state = m.state_machine("state", &["idle", "busy"]);
            state.go("idle", s, "busy");
            m.output("y", state.is("busy"), "");
        }),
        case("state_machine_without_states", |m| {
            let state = m.state_machine("state", &[]);
            m.output("y", state.is("idle"), "");
            state.finish();
        }),
        case("state_twice", |m| {
            let [_, _, s] = inputs(m);
            let state = m.state_machine("state", &["idle", "busy", "idle"]);
            state.go("idle", s, "busy");
            m.output("y", state.is("busy"), "");
            state.finish();
        }),
        case("state_condition_width", |m| {
            let [_, b, s] = inputs(m);
            let state = m.state_machine("state", &["idle", "busy"]);
            state.go("idle", b, "busy");
            state.go("busy", s, "idle");
            m.output("y", state.is("busy"), "");
            state.finish();
        }),
    ]
}
