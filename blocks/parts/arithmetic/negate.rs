//! Two's complement.

use hdl::Signal;

/// `value` negated where `negative` is 1: an absolute value where `negative` is its sign.
pub fn negated<'m>(value: Signal<'m>, negative: Signal<'m>) -> Signal<'m> {
    let width = value.width();
    (value ^ negative.repeat(width)) + negative.zext(width)
}
