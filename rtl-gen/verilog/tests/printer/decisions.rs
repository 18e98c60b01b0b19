//! Examples of `when` and `switch`.

use crate::designs::{inputs, one};
use hdl::{Encoded, Netlist};

#[derive(Clone, Copy, PartialEq, Encoded)]
enum Operation {
    Add,
    Sub,
    And,
    Swap,
    None,
}

#[derive(Clone, Copy, PartialEq, Encoded)]
enum State {
    Idle,
    Run,
    Drain,
}

pub fn assignments() -> Netlist {
    one("assignments", |m| {
        m.describe("Registers, wires, ports and a memory under conditions.");
        let (load, step, clear) = (m.input("load", 1, ""), m.input("step", 1, ""), m.input("clear", 1, ""));
        let [start, mask] = inputs(m, ["start", "mask"], 8);
        let count = m.reg("count", 8).reset_to(0);
        let laps = m.reg("laps", 4).reset_to(0);
        let loaded = m.reg("loaded", 1).reset_to(0);
        let largest = m.wire("largest", 8);
        let phase = m.late_output("phase", 2, "0 while nothing happens");
        let history = m.memory("history", 8, 16);

        loaded.set(0);
        largest.drive(count.value());
        phase.drive(0);
        m.when(load, || {
            count.set(start);
            loaded.set(1);
        })
        .else_when(step, || {
            count.set(count.value() + 1);
            phase.drive(1);
            m.when(count.value().all(), || {
                laps.set(laps.value() + 1);
                phase.drive(2);
            });
            history.write(m.lit(1, 1), count.value().low(4), count.value());
            m.assert("steps_alone", !loaded.value() | !clear);
        });
        m.when(clear, || laps.set(0));
        m.when(start.gt(count.value()), || {
            m.when(mask.any(), || largest.drive(start & mask)).otherwise(|| largest.drive(start));
        });
        m.output("count", count.value(), "");
        m.output("laps", laps.value(), "");
        m.output("loaded", loaded.value(), "");
        m.output("largest", largest.value(), "");
        m.output("then", history.read(start.low(4)), "");
    })
}

pub fn state_machine() -> Netlist {
    one("state_machine", |m| {
        let (start, stop, word) = (m.input("start", 1, ""), m.input("stop", 1, ""), m.input("word", 4, ""));
        let [a, b] = inputs(m, ["a", "b"], 8);
        let selected = m.input("selected", 3, "a code of the operations");
        let state = m.state_machine("state");
        let total = m.reg("total", 8).reset_to(0);
        let (left, right) = (m.reg("left", 8), m.reg("right", 8));
        let taken = m.wire("taken", 4);
        let result = m.late_output("result", 8, "");

        state
            .switch()
            .case(State::Idle, || {
                total.set(0);
                taken.drive(0);
                m.when(start, || {
                    state.enter(State::Run);
                    left.set(a);
                    right.set(b);
                });
            })
            .case(State::Run, || {
                total.set(total.value() + word.zext(8));
                taken.drive(word);
                m.when(stop, || state.enter(State::Drain));
            })
            .default(|| {
                taken.drive(15);
                state.enter(State::Idle);
            });
        result.drive(0);
        m.switch_over::<Operation>(selected)
            .case(Operation::Add, || result.drive(left.value() + right.value()))
            .case(Operation::Sub, || result.drive(left.value() - right.value()))
            .cases([Operation::And, Operation::None], || result.drive(left.value() & right.value()))
            .case(Operation::Swap, || {
                m.when(state.is(State::Idle), || {
                    left.set(right.value());
                    right.set(left.value());
                });
            });
        state.finish();
        m.output("total", total.value(), "");
        m.output("next_taken", taken.value() + 1, "");
        m.output("left", left.value(), "");
    })
}

pub fn tables() -> Netlist {
    one("tables", |m| {
        let (digit, index) = (m.input("digit", 4, ""), m.input("index", 2, ""));
        let [a, b] = inputs(m, ["a", "b"], 8);
        let segments = m.wire("segments", 7);
        let shapes = [0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f];
        let table = m.switch(digit);
        let table = (0..10)
            .zip(shapes)
            .fold(table, |table, (digit, shape)| table.case(digit, || segments.drive(shape)));
        table.default(|| segments.drive(0));
        m.output("segments", segments.value(), "");
        let chosen = m.reg("chosen", 8);
        m.switch(index)
            .case(0, || chosen.set(a))
            .case(1, || chosen.set(b))
            .case(2, || chosen.set(a + b))
            .case(3, || chosen.set((a * b).low(8)));
        m.output("chosen", chosen.value(), "");
    })
}

/// The example of the language's README.
pub fn timer() -> Netlist {
    #[derive(Clone, Copy, PartialEq, Encoded)]
    enum State {
        Idle,
        Run,
        Done,
    }
    one("timer", |m| {
        let (start, limit) = (m.input("start", 1, ""), m.input("limit", 8, ""));
        let state = m.state_machine("state");
        let count = m.reg("count", 8).reset_to(0);
        let level = m.late_output("level", 2, "");

        level.drive(0);
        state
            .switch()
            .case(State::Idle, || {
                count.set(0);
                m.when(start, || state.enter(State::Run));
            })
            .case(State::Run, || {
                count.set(count.value() + 1);
                level.drive(1);
                m.when(count.value().eq(limit), || state.enter(State::Done));
            })
            .case(State::Done, || {
                level.drive(3);
                state.enter(State::Idle);
            });
        state.finish();
        m.output("count", count.value(), "");
    })
}
