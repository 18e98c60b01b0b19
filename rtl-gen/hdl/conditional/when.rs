//! `when`, `else_when`, `otherwise`.

use super::Kind;
use crate::module::Module;
use crate::netlist::NodeId;
use crate::signal::Signal;
use std::panic::Location;

/// A `when` that may go on with [`else_when`](When::else_when) or [`otherwise`](When::otherwise).
pub struct When<'m> {
    module: &'m Module,
    /// The decision that the `when` began with.
    first: usize,
    /// The last one of the chain.
    last: usize,
}

impl Module {
    /// What `body` assigns applies in the cycles in which `condition` is 1; where assignments meet, the last one wins.
    ///
    /// A register that nothing applies to keeps its value. A wire, an output port that is driven later or an input of an
    /// instance must be driven in all cases: it is given its default before the `when`, which then only overrides it. A write of a
    /// memory happens, and a property counts, where the condition is 1. What is declared in `body` is no different for it: a
    /// register declared and set there is set in every cycle.
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
    /// What `body` assigns applies where `condition` is 1 and none before it was.
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

    /// What `body` assigns applies where no condition before was 1.
    #[track_caller]
    pub fn otherwise(self, body: impl FnOnce()) {
        let source = Location::caller();
        self.module.check_continued(self.first, "otherwise", source);
        self.module.branch(self.last, vec![], source, body);
    }
}
