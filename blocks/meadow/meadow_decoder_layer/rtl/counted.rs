//! Counters of known length.

use hdl::{Module, Signal};

/// Counts from 0 to `last` and again from 0, where `advance` is 1; 1 where it counts on from the last.
pub fn counted<'m>(m: &'m Module, name: &str, advance: Signal<'m>, last: Signal<'m>) -> Signal<'m> {
    let count = m.reg(name, last.width()).reset_to(0).enable(advance);
    let ends = count.value().eq(last);
    count.set((count.value() + 1).gated(!ends));
    (advance & ends).named(&format!("ends_{name}s"))
}
