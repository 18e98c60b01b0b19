//! `switch`, `case`, `default`.

use super::Kind;
use crate::Bits;
use crate::diagnostic::Source;
use crate::encoded::{Encoded, Value};
use crate::module::Module;
use crate::netlist::{NodeId, covers};
use crate::signal::{Operand, Signal, counted_bits, width_advice};
use std::collections::HashMap;
use std::panic::Location;

/// An open `switch`; continue it with [`case`](Switch::case) or [`default`](Switch::default).
pub struct Switch<'m> {
    select: Signal<'m>,
    decision: usize,
    /// The labels so far.
    labels: HashMap<Bits, NodeId>,
}

impl Module {
    /// The assignments in the case of `select`'s value apply; otherwise it works like [`when`](Module::when). Every
    /// value must have a case, unless there is a default.
    #[track_caller]
    pub fn switch<'m>(&'m self, select: Signal<'m>) -> Switch<'m> {
        self.begin_switch(select, vec![], Location::caller())
    }

    /// A switch over the code of an enum: every variant must have a case, unless there is a default. A code without a
    /// variant has no case.
    #[track_caller]
    pub fn switch_over<'m, E: Encoded>(&'m self, select: Signal<'m>) -> Switch<'m> {
        let source = Location::caller();
        let code = |value: &Value<E>| Bits::truncated(value.value.code(), E::WIDTH);
        let values = E::VALUES.iter().map(|value| (value.name, code(value))).collect();
        let select = match select.fits(E::WIDTH) {
            true => select,
            false => {
                let message =
                    format!("{select} is not a code of `{}`, which has {}", E::NAME, counted_bits(E::WIDTH));
                self.reject(source, E::WIDTH, message, vec![])
            }
        };
        self.begin_switch(select, values, source)
    }

    fn begin_switch<'m>(
        &'m self,
        select: Signal<'m>,
        values: Vec<(&'static str, Bits)>,
        source: Source,
    ) -> Switch<'m> {
        let select = match self.check_operand("a `switch`", select, source) {
            true => select,
            false => self.stand_in(select.width(), source),
        };
        let kind = Kind::Switch { values, is_sound: !select.is_faulty() };
        let decision = self.decide(select.id(), kind, source);
        Switch { select, decision, labels: HashMap::new() }
    }
}

impl<'m> Switch<'m> {
    /// The assignments in `body` apply if the select equals the label: an integer, a value of an enum, or a constant.
    #[track_caller]
    pub fn case<O: Operand<'m>>(self, label: O, body: impl FnOnce()) -> Switch<'m> {
        self.cases([label], body)
    }

    /// The same for several labels.
    #[track_caller]
    pub fn cases<O: Operand<'m>>(
        mut self,
        labels: impl IntoIterator<Item = O>,
        body: impl FnOnce(),
    ) -> Switch<'m> {
        let source = Location::caller();
        let module = self.select.module();
        module.check_continued(self.decision, "case", source);
        let mut legal = vec![];
        for label in labels {
            let label = label.resolve(self.select);
            legal.extend(self.checked(label, source));
        }
        match legal.is_empty() {
            // The body may have mistakes of its own.
            true => {
                self.mark_faulty();
                let stand_in = module.stand_in(self.select.width(), source).id();
                module.branch(self.decision, vec![stand_in], source, body);
            }
            false => module.branch(self.decision, legal, source, body),
        }
        self
    }

    /// The assignments in `body` apply if the select equals none of the labels.
    #[track_caller]
    pub fn default(self, body: impl FnOnce()) {
        let source = Location::caller();
        let module = self.select.module();
        module.check_continued(self.decision, "default", source);
        self.check_reached(source);
        if self.labels.is_empty() && !self.is_faulty() {
            let message = format!("the switch over {} has a default but no case", self.select);
            module.error(source, message, vec![]);
            return self.mark_faulty();
        }
        module.branch(self.decision, vec![], source, body);
    }

    fn is_faulty(&self) -> bool {
        let state = self.select.module().state();
        matches!(state.conditional.decisions[self.decision].kind, Kind::Switch { is_sound: false, .. })
    }

    /// Missing labels are not reported after an error in one of them.
    fn mark_faulty(&self) {
        let mut state = self.select.module().state_mut();
        if let Kind::Switch { is_sound, .. } = &mut state.conditional.decisions[self.decision].kind {
            *is_sound = false;
        }
    }

    /// The label, if it is a constant as wide as the select and not a duplicate; otherwise reports an error.
    fn checked(&mut self, label: Signal<'m>, source: Source) -> Option<NodeId> {
        let (module, select) = (self.select.module(), self.select);
        let problem = self.problem(label, source);
        let is_legal = problem.is_none() && !label.is_faulty() && !select.is_faulty();
        if let Some((message, notes)) = problem {
            module.error(source, message, notes);
        }
        if !is_legal {
            self.mark_faulty();
        }
        is_legal.then_some(label.id())
    }

    /// The error in a label with its notes; `None` if it has been reported.
    fn problem(&mut self, label: Signal<'m>, source: Source) -> Option<(String, Vec<String>)> {
        let (module, select) = (self.select.module(), self.select);
        if !module.check_operand("a `switch`", label, source) || label.is_faulty() || select.is_faulty() {
            return None;
        }
        let Some(value) = module.state().logic.constant(label.id()).cloned() else {
            let notes = vec!["compare signals with `when`".into()];
            return Some((format!("a label must be a constant: it is {label}"), notes));
        };
        if !select.agrees_with(label) {
            let message =
                format!("the switch over {select} cannot have the label {label}: the widths differ");
            return Some((message, vec![width_advice(select, label)]));
        }
        let first = self.labels.insert(value.clone(), label.id())?;
        let first = module.state().logic.nodes[first.index()].source;
        let message = format!("the label {value} occurs twice in the switch over {select}");
        Some((message, vec![format!("the first one is at {first}")]))
    }

    /// Reports a default that can never apply.
    fn check_reached(&self, source: Source) {
        let (select, count) = (self.select, self.labels.len());
        if !self.is_faulty() && covers(count, select.width()) {
            let message = format!("the default of the switch over {select} is never reached");
            select.module().error(source, message, vec![format!("its cases cover all {count} values")]);
        }
    }
}
