//! `when`, `else_when`, `otherwise`.

use super::Kind;
use crate::module::Module;
use crate::netlist::NodeId;
use crate::signal::Signal;
use std::panic::Location;

/// An open `when`; continue it with [`else_when`](When::else_when) or [`otherwise`](When::otherwise).
pub struct When<'m> {
    module: &'m Module,
    /// The first decision of the chain.
    first: usize,
    /// The last decision of the chain.
    last: usize,
}

impl Module {
    /// The assignments in `body` apply in cycles in which `condition` is 1; of several assignments, the last one wins.
    ///
    /// A register without an applicable assignment keeps its value. A wire, a late output port or an input of an
    /// instance must be driven in all cases: give it a default before the `when`, which then overrides it. A memory
    /// write in `body` happens, and a property counts, only if the condition is 1. Declarations in `body` are not
    /// affected: a register that is declared and set there is set in every cycle.
    #[track_caller]
    pub fn when<'m>(&'m self, condition: Signal<'m>, body: impl FnOnce()) -> When<'m> {
        let decision = self.when_branch(condition, body);
        When { module: self, first: decision, last: decision }
    }

    #[track_caller]
    fn when_branch<'m>(&'m self, condition: Signal<'m>, body: impl FnOnce()) -> usize {
        let source = Location::caller();
        let select = match self.check_one_bit("the condition of a `when`", condition, source) {
            true => condition.id(),
            false => self.stand_in(1, source).id(),
        };
        let decision = self.decide(select, Kind::When, source);
        let one: NodeId = self.ones(1).id();
        self.branch(decision, vec![one], source, body);
        decision
    }
}

impl<'m> When<'m> {
    /// The assignments in `body` apply if `condition` is 1 and no earlier one was.
    #[track_caller]
    pub fn else_when(self, condition: Signal<'m>, body: impl FnOnce()) -> When<'m> {
        let source = Location::caller();
        self.module.check_continued(self.first, "else_when", source);
        let block = self.module.add_block(self.last, vec![]);
        self.module.open_block(block, source);
        let last = self.module.when_branch(condition, body);
        self.module.close_block();
        When { last, ..self }
    }

    /// The assignments in `body` apply if no earlier condition was 1.
    #[track_caller]
    pub fn otherwise(self, body: impl FnOnce()) {
        let source = Location::caller();
        self.module.check_continued(self.first, "otherwise", source);
        self.module.branch(self.last, vec![], source, body);
    }
}
