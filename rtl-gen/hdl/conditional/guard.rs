//! Which conditions apply at a place in the code.

use super::{Condition, Conditional, MODULE};
use crate::diagnostic::Source;
use crate::module::{Driven, Module, State};
use crate::netlist::{BinaryOp, NodeId, Op};
use crate::signal::Signal;

/// An object that is declared in a block and belongs to it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Declared {
    /// A register or a wire, identified by its value.
    Node(NodeId),
    Memory(usize),
    Instance(usize),
}

impl Declared {
    pub(super) fn of(driven: Driven, state: &State) -> Declared {
        match driven {
            Driven::Wire(id) => Declared::Node(id),
            Driven::RegisterNext(index) | Driven::RegisterEnable(index) => {
                Declared::Node(state.logic.registers[index].output)
            }
            Driven::InstanceInput(index, _) => Declared::Instance(index),
        }
    }
}

impl Conditional {
    /// The conditions of the blocks between an inner and an outer one, the innermost first.
    fn conditions(&self, mut block: usize, outer: usize) -> Vec<Condition> {
        let mut conditions = vec![];
        while block != outer {
            conditions.extend(self.blocks[block].condition.clone());
            block = self.blocks[block].parent;
        }
        conditions
    }
}

impl Module {
    /// Notes that an object belongs to the current block.
    pub(crate) fn note_home(&self, declared: Declared) {
        let conditional = &mut self.state_mut().conditional;
        if let Some(&block) = conditional.open.last() {
            conditional.homes.insert(declared, block);
        }
    }

    /// The block of the assigned object, and the current block. Reports an error and returns `None` if the latter is
    /// not inside the former.
    pub(super) fn placed(&self, declared: Declared, what: &str, source: Source) -> Option<(usize, usize)> {
        if let Some(begun) = self.design().foreign_condition(self.number()) {
            let message = format!(
                "{what} belongs to module `{}`: it cannot be assigned in a `when` or `switch` of another module",
                self.name()
            );
            self.error(source, message, vec![format!("the condition is at {begun}")]);
            return None;
        }
        let (home, block, is_within) = {
            let conditional = &self.state().conditional;
            let (home, block) = (conditional.home(declared), conditional.current());
            (home, block, conditional.is_within(block, home))
        };
        if !is_within {
            let message = format!("{what} was declared in a `when` or `switch`, but is assigned outside it");
            self.error(source, message, vec!["declare it before the `when`".into()]);
        }
        is_within.then_some((home, block))
    }

    /// True inside a `when` or `switch` that affects objects declared outside it.
    pub(crate) fn is_conditional(&self, declared: Declared) -> bool {
        let conditional = &self.state().conditional;
        conditional.current() != conditional.home(declared)
    }

    /// The condition of a statement on a memory; `None` if it is unconditional, or after an error.
    pub(crate) fn guard_of(&self, declared: Declared, what: &str, source: Source) -> Option<Signal<'_>> {
        let (home, block) = self.placed(declared, what, source)?;
        self.guard_between(block, home, source)
    }

    /// The condition of the current block; `None` if it is unconditional.
    pub(crate) fn guard(&self, source: Source) -> Option<Signal<'_>> {
        let block = self.state().conditional.current();
        self.guard_between(block, MODULE, source)
    }

    fn guard_between(&self, block: usize, outer: usize, source: Source) -> Option<Signal<'_>> {
        let conditions = self.state().conditional.conditions(block, outer);
        let conditions = conditions.iter().rev().map(|condition| self.condition(condition, source));
        let and = |outer: NodeId, inner| self.node(Op::Binary(BinaryOp::And, outer, inner), 1, source).id();
        conditions.reduce(and).map(|id| Signal::new(self, id, 1))
    }

    fn condition(&self, condition: &Condition, source: Source) -> NodeId {
        let node = |op| self.node(op, 1, source).id();
        let equal =
            condition.labels.iter().map(|label| node(Op::Binary(BinaryOp::Eq, condition.select, *label)));
        let any = equal.reduce(|a, b| node(Op::Binary(BinaryOp::Or, a, b))).expect("a case has a label");
        if condition.is_among { any } else { node(Op::Not(any)) }
    }
}
