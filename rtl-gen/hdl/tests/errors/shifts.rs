//! Shifts and rotations by illegal amounts.

use crate::{Case, case, inputs};

pub fn cases() -> Vec<Case> {
    vec![
        case("shift_left_beyond_the_width", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a << 9, "");
        }),
        case("shift_right_beyond_the_width", |m| {
            let [_, b, _] = inputs(m);
            m.output("y", b >> u32::MAX, "");
        }),
        case("shift_signed_beyond_the_width", |m| {
            let [_, b, _] = inputs(m);
            m.output("y", b.shr_signed(5usize), "");
        }),
        case("shift_by_a_wide_constant_beyond_the_width", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a << (1u128 << 64), "");
        }),
        case("shift_negative", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a << -1, "");
        }),
        case("shift_right_negative", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a >> i64::MIN, "");
        }),
        case("rotation_negative", |m| {
            let [a, _, _] = inputs(m);
            m.output("y", a.rotate_left(-3i8), "");
        }),
        case("rotation_of_the_clock", |m| {
            m.output("y", m.clock().rotate_right(1), "");
        }),
    ]
}
