//! State machines.

use crate::conditional::Switch;
use crate::diagnostic::Source;
use crate::encoded::Encoded;
use crate::module::Module;
use crate::register::Reg;
use crate::signal::Signal;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::panic::Location;

/// A state register with the values of an enum. Transitions are added with [`go`](StateMachine::go) in order of priority, or
/// made with [`enter`](StateMachine::enter) in [`when`](Module::when) and [`switch`](StateMachine::switch).
pub struct StateMachine<'m, S> {
    module: &'m Module,
    name: String,
    state: Reg<'m>,
    source: Source,
    transitions: RefCell<Vec<Transition<'m>>>,
    states: PhantomData<S>,
}

/// A transition.
struct Transition<'m> {
    /// 1 if the transition is taken; `None` if a `when` decides.
    taken: Option<Signal<'m>>,
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

    /// From `from` to `to` while `condition` is 1; the transition added first wins.
    #[track_caller]
    pub fn go(&self, from: S, condition: Signal<'m>, to: S) {
        let source = Location::caller();
        let (code, is_from) = (self.module.code(to), self.is(from));
        let what = format!("the condition from `{}` to `{}`", from.info().name, to.info().name);
        let taken = match self.module.check_one_bit(what, condition, source) {
            true => is_from & condition,
            false => self.module.stand_in(1, source),
        };
        self.transitions.borrow_mut().push(Transition {
            taken: Some(taken),
            to: to.info().name,
            code,
            source,
        });
    }

    /// The actions in each state: one case per state, unless there is a default.
    #[track_caller]
    pub fn switch(&self) -> Switch<'m> {
        self.module.switch_over::<S>(self.state.value())
    }

    /// Goes to `state`, inside a `when` or a `switch`.
    #[track_caller]
    pub fn enter(&self, state: S) {
        let (code, source) = (self.module.code(state), Location::caller());
        self.state.set_at(code, source);
        self.transitions.borrow_mut().push(Transition { taken: None, to: state.info().name, code, source });
    }

    /// Completes the state machine: without a transition, it stays in its state.
    #[track_caller]
    pub fn finish(self) {
        self.module.state_mut().state_machines.remove(&self.state.index());
        self.check_entered();
        let transitions = self.transitions.borrow();
        let entered = transitions.iter().find(|transition| transition.taken.is_none());
        let Some(entered) = entered else { return self.state.set(self.next()) };
        if let Some(gone) = transitions.iter().find(|transition| transition.taken.is_some()) {
            let message = format!("state machine `{}` has transitions by `go` and by `enter`", self.name);
            let place = format!("the first `enter` is at {}", entered.source);
            self.module.error(gone.source, message, vec![place, "use only one of the two".into()]);
        }
    }

    /// Applies the first transition that is taken.
    fn next(&self) -> Signal<'m> {
        let transitions = self.transitions.borrow();
        let made = transitions.iter().rev().filter_map(|made| Some((made.taken?, made)));
        made.fold(self.state.value(), |next, (taken, made)| taken.mux_at(made.code, next, made.source))
    }

    /// Every state except the first must have a transition to it.
    fn check_entered(&self) {
        let transitions = self.transitions.borrow();
        for state in S::VALUES.iter().skip(1).map(|state| state.name) {
            if !transitions.iter().any(|transition| transition.to == state) {
                let message = format!("state `{state}` of `{}` is never entered", self.name);
                let note = "add a transition to it with `go` or `enter`".into();
                self.module.error(self.source, message, vec![note]);
            }
        }
    }
}
