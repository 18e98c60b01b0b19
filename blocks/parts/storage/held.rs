//! Registers that take a value where they are enabled.

use hdl::{Module, Signal};

/// A register that takes `value` where `enable` is 1.
pub fn held<'m>(m: &'m Module, name: &str, value: Signal<'m>, enable: Signal<'m>) -> Signal<'m> {
    let register = m.reg(name, value.width()).enable(enable);
    register.set(value);
    register.value()
}

/// A bit that does the same, and is 0 after a reset.
pub fn held_flag<'m>(m: &'m Module, name: &str, value: Signal<'m>, enable: Signal<'m>) -> Signal<'m> {
    let register = m.reg(name, 1).reset_to(0).enable(enable);
    register.set(value);
    register.value()
}
