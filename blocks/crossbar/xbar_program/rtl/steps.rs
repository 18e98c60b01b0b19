//! The steps of reads and pulses, and their clocks.

use super::Next;
use crate::crossbar::xbar_program::params::Config;
use hdl::{Module, Signal};

/// The steps: registers of their own, because the analog part sees them.
pub struct Steps<'m> {
    /// A read, its setup included.
    pub reads: Signal<'m>,
    /// Answers are waited for.
    pub senses: Signal<'m>,
    /// The write DACs are on, also in the clocks before and after a pulse.
    pub drives: Signal<'m>,
    /// A pulse.
    pub pulses: Signal<'m>,
    /// The clock after it: what is driven holds still, and moves on at the end.
    pub holds: Signal<'m>,
    /// Clocks of the step before this one.
    pub clocks_before: Signal<'m>,
}

impl<'m> Steps<'m> {
    /// The steps that `next` tells to begin; a read ends where it `decides`, and is next after the hold of a
    /// pulse, which takes `width` clocks.
    pub fn new(
        m: &'m Module,
        config: &Config<Signal<'m>>,
        next: &Next<Signal<'m>>,
        decides: Signal<'m>,
        width: Signal<'m>,
    ) -> Steps<'m> {
        let flag = |name: &str| m.reg(name, 1).reset_to(0);
        let [reads, settles, senses] = ["reads", "settles", "senses"].map(flag);
        let [drives, sets_up, pulses, holds] = ["drives", "sets_up", "pulses", "holds"].map(flag);

        let clocks_bits = width.width().max(config.read_setup_clocks.width());
        let clocks = m.reg("clocks_before", clocks_bits);
        let with_this = (clocks.value() + 1).named("clocks_with_this");
        let setup = settles.value().mux(config.read_setup_clocks, config.pulse_setup_clocks);
        let limit = pulses.value().mux(width.zext(clocks_bits), setup.zext(clocks_bits));
        let is_enough = with_this.ge(limit).named("is_enough");
        let counts = settles.value() | sets_up.value() | pulses.value();
        clocks.set(with_this.gated(counts & !is_enough));

        let pulse_ends = pulses.value() & is_enough;
        let read_begins = (next.reads | holds.value()).named("read_begins");
        let is_settled = settles.value() & is_enough;
        let read_settles = config.read_setup_clocks.any();
        reads.set(read_begins | (reads.value() & !decides));
        settles.set((read_begins & read_settles) | (settles.value() & !is_settled));
        senses.set((read_begins & !read_settles) | is_settled | (senses.value() & !decides));

        // At least a clock of setup: the codes, and the DACs, never move with the pulse.
        let is_set_up = sets_up.value() & is_enough;
        drives.set(next.pulses | (drives.value() & !holds.value()));
        sets_up.set(next.pulses | (sets_up.value() & !is_set_up));
        pulses.set(is_set_up | (pulses.value() & !pulse_ends));
        holds.set(pulse_ends);
        Steps {
            reads: reads.value(),
            senses: senses.value(),
            drives: drives.value(),
            pulses: pulses.value(),
            holds: holds.value(),
            clocks_before: clocks.value(),
        }
    }
}
