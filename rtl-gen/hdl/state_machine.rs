//! Enumerations and state machines.

use crate::bits::index_width;
use crate::diagnostic::Source;
use crate::module::Module;
use crate::register::Reg;
use crate::signal::Signal;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::Location;

/// A set of named codes: the first is 0, and so on in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enumeration {
    name: String,
    values: Vec<String>,
}

impl Enumeration {
    /// An enumeration of different values.
    pub fn new(name: &str, values: &[&str]) -> Enumeration {
        Enumeration { name: name.into(), values: values.iter().map(|value| value.to_string()).collect() }
    }

    /// Width of a code in bits.
    pub fn width(&self) -> u32 {
        index_width(self.values.len() as u64)
    }

    /// The values' names in the order of their codes.
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// The code of `value` as a constant, which Verilog shows under its name.
    #[track_caller]
    pub fn code<'m>(&self, module: &'m Module, value: &str) -> Signal<'m> {
        let source = Location::caller();
        if let Some(problem) = self.problem() {
            return module.reject(source, 1, format!("enumeration `{}` {problem}", self.name), vec![]);
        }
        let Some(code) = self.values.iter().position(|name| name == value) else {
            let message = format!("enumeration `{}` has no value `{value}`", self.name);
            let note = format!("its values are {}", self.values.join(", "));
            return module.reject(source, self.width(), message, vec![note]);
        };
        let code = module.lit(code as u128, self.width());
        code.with_name(&module.scoped(&format!("{}_{value}", self.name)))
    }

    /// Why the values are no enumeration.
    fn problem(&self) -> Option<String> {
        let mut seen = BTreeSet::new();
        match self.values.iter().find(|value| !seen.insert(*value)) {
            Some(twice) => Some(format!("has two values `{twice}`")),
            None if self.values.is_empty() => Some("has no values".into()),
            None => None,
        }
    }
}

/// A state register with named states; transitions are added in order of priority.
pub struct StateMachine<'m> {
    module: &'m Module,
    states: Enumeration,
    state: Reg<'m>,
    source: Source,
    transitions: RefCell<Vec<Transition<'m>>>,
}

/// A transition, which is made where `taken` is 1.
struct Transition<'m> {
    taken: Signal<'m>,
    to: String,
    code: Signal<'m>,
    source: Source,
}

impl Module {
    /// A state machine that resets to the first of `states`; [`StateMachine::finish`] closes it.
    #[track_caller]
    pub fn state_machine(&self, name: &str, states: &[&str]) -> StateMachine<'_> {
        let source = Location::caller();
        let states = Enumeration::new(name, states);
        let state = self.reg(name, states.width()).reset_to(0);
        self.state_mut().state_machines.insert(state.index());
        if let Some(problem) = states.problem() {
            self.error(source, format!("state machine `{name}` {problem}"), vec![]);
            self.state_mut().faulty.insert(state.value().id());
        }
        StateMachine { module: self, states, state, source, transitions: RefCell::default() }
    }
}

impl<'m> StateMachine<'m> {
    /// The state register's value: codes count the states from 0.
    pub fn value(&self) -> Signal<'m> {
        self.state.value()
    }

    /// 1 in state `name`.
    #[track_caller]
    pub fn is(&self, name: &str) -> Signal<'m> {
        self.state.value().eq(self.code(name))
    }

    /// From `from`, while `condition` is 1, to `to`; the transition added first wins.
    #[track_caller]
    pub fn go(&self, from: &str, condition: Signal<'m>, to: &str) {
        let source = Location::caller();
        let code = self.code(to);
        let is_from = self.is(from);
        let what = format!("the condition from `{from}` to `{to}`");
        let taken = match self.module.check_one_bit(what, condition, source) {
            true => is_from & condition,
            false => self.module.stand_in(1, source),
        };
        self.transitions.borrow_mut().push(Transition { taken, to: to.into(), code, source });
    }

    /// Gives the state register its next value: without a transition the state stays.
    #[track_caller]
    pub fn finish(self) {
        self.check_entered();
        let mut next = self.state.value();
        for transition in self.transitions.borrow().iter().rev() {
            next = transition.taken.mux_at(transition.code, next, transition.source);
        }
        self.state.set(next);
    }

    #[track_caller]
    fn code(&self, name: &str) -> Signal<'m> {
        match self.state.value().is_faulty() {
            true => self.module.stand_in(1, Location::caller()),
            false => self.states.code(self.module, name),
        }
    }

    /// Every state but the first needs a transition to it. One to an unknown state may have been meant for any.
    fn check_entered(&self) {
        let transitions = self.transitions.borrow();
        if transitions.iter().any(|transition| transition.code.is_faulty()) {
            return;
        }
        for state in self.states.values.iter().skip(1) {
            if !transitions.iter().any(|transition| transition.to == *state) {
                let message = format!("state `{state}` of `{}` is never entered", self.states.name);
                let note = "add a transition to it with `go`".into();
                self.module.error(self.source, message, vec![note]);
            }
        }
    }
}
