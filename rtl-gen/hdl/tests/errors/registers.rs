//! Registers that never get a known value.

use crate::{Case, case, inputs};

pub fn cases() -> Vec<Case> {
    vec![
        case("register_counts_from_nowhere", |m| {
            let count = m.reg("count", 8);
            count.set(count.value() + 1);
            m.output("y", count.value(), "");
        }),
        case("register_adds_up_from_nowhere", |m| {
            let [a, _, s] = inputs(m);
            let sum = m.reg("sum", 8).enable(s);
            sum.set(sum.value().add_wide(a).low(8));
            m.output("y", sum.value(), "");
        }),
        case("register_toggles_from_nowhere", |m| {
            let phase = m.reg("phase", 1);
            phase.set(!phase.value());
            m.output("y", phase.value().delayed("later"), "");
        }),
        case("register_shifts_from_nowhere", |m| {
            let state = m.reg("state", 16);
            let bits = state.value();
            state.set(m.concat(&[bits.low(15), bits.bit(15) ^ bits.bit(13)]));
            m.output("y", bits, "");
        }),
        case("register_wraps_from_nowhere", |m| {
            let count = m.reg("count", 8);
            count.set(count.value().eq(9).mux(m.lit(0, 8), count.value() + 1));
            m.output("y", count.value(), "");
        }),
        case("register_enabled_by_itself", |m| {
            let [a, _, _] = inputs(m);
            let state = m.reg("state", 8);
            state.enable(state.value().all()).set(a);
            m.output("y", state.value(), "");
        }),
        case("registers_depend_on_each_other", |m| {
            let [first, second] = ["first", "second"].map(|name| m.reg(name, 8));
            first.set(second.value() + 1);
            second.set(first.value());
            m.output("y", second.value(), "");
        }),
        case("register_of_which_one_bit_is_loaded", |m| {
            let [a, _, s] = inputs(m);
            let state = m.reg("state", 8);
            state.set(s.mux(m.concat(&[state.value().high(7), a.bit(0)]), state.value()));
            m.output("y", state.value(), "");
        }),
        case("two_registers_from_nowhere_are_two_errors", |m| {
            for name in ["first", "second"] {
                let count = m.reg(name, 8);
                count.set(count.value() + 1);
                m.output(&format!("{name}_count"), count.value(), "");
            }
        }),
    ]
}
