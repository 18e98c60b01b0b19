//! Shifts by more than the width.

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
    ]
}
