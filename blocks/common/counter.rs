//! A counter of columns, outputs and the like.

use hdl::{Module, Signal, index_width};

/// A counter from 0 below `count`, again and again; none if that is always 0.
pub fn counter<'m>(m: &'m Module, name: &str, count: u32, counts: Signal<'m>) -> Option<Signal<'m>> {
    let last = count.checked_sub(1).filter(|last| *last > 0)?;
    let register = m.reg(name, index_width(count.into())).reset_to(0).enable(counts);
    register.set((register.value() + 1).gated(register.value().ne(last)));
    Some(register.value())
}
