//! Enumerations and state machines.

use crate::{Case, case, inputs};
use hdl::Encoded;

#[derive(Clone, Copy, PartialEq, Encoded)]
enum State {
    Idle,
    Busy,
    Done,
}

pub fn cases() -> Vec<Case> {
    vec![
        case("enumeration_beside_another_width", |m| {
            let [_, b, _] = inputs(m);
            m.output("y", b.eq(State::Done), "");
        }),
        case("state_never_entered", |m| {
            let [_, _, s] = inputs(m);
            let state = m.state_machine("state");
            state.go(State::Idle, s, State::Busy);
            state.go(State::Busy, !s, State::Idle);
            m.output("y", state.is(State::Done), "");
            state.finish();
        }),
        case("state_machine_not_finished", |m| {
            let [_, _, s] = inputs(m);
            let state = m.state_machine("state");
            state.go(State::Idle, s, State::Busy);
            m.output("y", state.is(State::Busy), "");
        }),
        case("state_condition_width", |m| {
            let [_, b, s] = inputs(m);
            let state = m.state_machine("state");
            state.go(State::Idle, b, State::Busy);
            state.go(State::Busy, s, State::Done);
            m.output("y", state.is(State::Busy), "");
            state.finish();
        }),
    ]
}
