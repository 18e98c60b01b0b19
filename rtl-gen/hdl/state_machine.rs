//! State machines.

use crate::diagnostic::Source;
use crate::encoded::Encoded;
use crate::module::Module;
use crate::register::Reg;
use crate::signal::Signal;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::panic::Location;

/// A state register with the values of an enum; transitions are added in order of priority.
pub struct StateMachine<'m, S> {
    module: &'m Module,
    name: String,
    state: Reg<'m>,
    source: Source,
    transitions: RefCell<Vec<Transition<'m>>>,
    states: PhantomData<S>,
}

/// A transition, which is made where `taken` is 1.
struct Transition<'m> {
    taken: Signal<'m>,
    to: &'static str,
    code: Signal<'m>,
    source: Source,
}

impl Module {
    /// A state machine that resets to the first value of the enum; [`StateMachine::finish`] closes it.
    #[track_caller]
    pub fn state_machine<S: Encoded>(&self, name: &str) -> StateMachine<'_, S> {
        let source = Location::caller();
        let state = self.reg(name, S::WIDTH).reset_to(S::VALUES[0].value.code());
        self.state_mut().state_machines.insert(state.index());
        let transitions = RefCell::default();
        StateMachine { module: self, name: name.into(), state, source, transitions, states: PhantomData }
    }
}

impl<'m, S: Encoded> StateMachine<'m, S> {
    /// The state register's value.
    pub fn value(&self) -> Signal<'m> {
        self.state.value()
    }

    /// 1 in `state`.
    #[track_caller]
    pub fn is(&self, state: S) -> Signal<'m> {
        self.state.value().eq(self.module.code(state))
    }

    /// From `from`, while `condition` is 1, to `to`; the transition added first wins.
    #[track_caller]
    pub fn go(&self, from: S, condition: Signal<'m>, to: S) {
        let source = Location::caller();
        let (code, is_from) = (self.module.code(to), self.is(from));
        let what = format!("the condition from `{}` to `{}`", from.info().name, to.info().name);
        let taken = match self.module.check_one_bit(what, condition, source) {
            true => is_from & condition,
            false => self.module.stand_in(1, source),
        };
        self.transitions.borrow_mut().push(Transition { taken, to: to.info().name, code, source });
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

    /// Every state but the first needs a transition to it.
    fn check_entered(&self) {
        let transitions = self.transitions.borrow();
        for state in S::VALUES.iter().skip(1).map(|state| state.name) {
            if !transitions.iter().any(|transition| transition.to == state) {
                let message = format!("state `{state}` of `{}` is never entered", self.name);
                let note = "add a transition to it with `go`".into();
                self.module.error(self.source, message, vec![note]);
            }
        }
    }
}
