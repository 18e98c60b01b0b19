//! The rules for all declarations and operators, and what happens to a value that breaks one.
//!
//! An error is reported once, where it was made. The undefined value is replaced by a placeholder: everything computed
//! from a placeholder is faulty too, and no further errors are reported about it.

use crate::diagnostic::{Diagnostic, Source};
use crate::module::{Driven, Module};
use crate::netlist::Op;
use crate::signal::Signal;
use std::fmt::Display;

/// The greatest width of a signal, in bits: wider ones are a mistake in a computed width.
pub const MAX_WIDTH: u32 = 1 << 20;

/// The greatest depth of a hierarchy, and of modules that are built inside each other: tools walk it recursively.
pub const MAX_LEVELS: usize = 512;

impl Module {
    pub(crate) fn error(&self, source: Source, message: String, notes: Vec<String>) {
        self.mark_unsound();
        self.design().report(Diagnostic { module: self.name().into(), message, source, notes });
    }

    /// Reports an error; the result is a placeholder of the expected width.
    pub(crate) fn reject(
        &self,
        source: Source,
        width: u32,
        message: String,
        notes: Vec<String>,
    ) -> Signal<'_> {
        self.error(source, message, notes);
        self.stand_in(width, source)
    }

    /// A value on which an error has been reported.
    pub(crate) fn stand_in(&self, width: u32, source: Source) -> Signal<'_> {
        let signal = self.node(Op::Wire(None), width.clamp(1, MAX_WIDTH), source);
        self.state_mut().faulty.insert(signal.id());
        signal
    }

    /// A declared node of `width` bits; a placeholder if the width is illegal.
    pub(crate) fn declare(&self, op: Op, width: u32, what: impl Display, source: Source) -> Signal<'_> {
        let signal = self.node(op, width.clamp(1, MAX_WIDTH), source);
        if !self.check_width(width, what, source) {
            self.state_mut().faulty.insert(signal.id());
        }
        signal
    }

    /// False, with an error, if a width is illegal.
    pub(crate) fn check_width(&self, width: impl Into<u64>, what: impl Display, source: Source) -> bool {
        let width = width.into();
        let is_legal = (1..=u64::from(MAX_WIDTH)).contains(&width);
        if !is_legal {
            let note = format!("legal widths are 1 to {MAX_WIDTH} bits");
            self.error(source, format!("{what} is {width} bits wide"), vec![note]);
        }
        is_legal
    }

    /// False, with an error, if an operand belongs to another module or is the clock.
    pub(crate) fn check_operand(&self, user: impl Display, operand: Signal<'_>, source: Source) -> bool {
        let is_legal = self.check_owner(&user, operand, source);
        if is_legal && matches!(self.state().logic.nodes[operand.id().index()].op, Op::Clock) {
            let note = "a clock may only be connected to the clock port of a black box".into();
            self.error(source, format!("{user} uses the clock as data"), vec![note]);
            return false;
        }
        is_legal
    }

    /// False, with an error, if a signal belongs to another module. Of two modules, the foreign one is the one that is
    /// not being built.
    pub(crate) fn check_owner(&self, user: impl Display, operand: Signal<'_>, source: Source) -> bool {
        let other = operand.module();
        if std::ptr::eq(self, other) {
            return true;
        }
        self.mark_unsound();
        other.mark_unsound();
        if operand.is_faulty() {
            return false;
        }
        let note = vec!["pass it through a port of an instance".into()];
        let (theirs, own) = (other.name(), self.name());
        match other.is_innermost() && !self.is_innermost() {
            true => {
                let message =
                    format!("{user} belongs to module `{own}`: module `{theirs}` cannot give it {operand}");
                other.error(source, message, note);
            }
            false => {
                let message =
                    format!("{user} takes {operand}, a signal of module `{theirs}`, in module `{own}`");
                self.error(source, message, note);
            }
        }
        false
    }

    /// False, with an error, if a condition is not a legal operand or not 1 bit wide.
    pub(crate) fn check_one_bit(&self, what: impl Display, signal: Signal<'_>, source: Source) -> bool {
        if !self.check_operand(&what, signal, source) {
            return false;
        }
        if !signal.fits(1) {
            let note = "reduce it with `.any()` or `.all()`, or compare it with a value".into();
            self.error(source, format!("{what} must be 1 bit wide: it is {signal}"), vec![note]);
            return false;
        }
        true
    }

    /// Notes a driver; reports an error if there already is one.
    pub(crate) fn claim_driver(&self, driven: Driven, what: &str, source: Source) -> bool {
        let earlier = self.state_mut().driven.insert(driven, source);
        if let Some(earlier) = earlier {
            let note = format!("the first driver is at {earlier}");
            self.error(source, format!("{what} is driven twice"), vec![note]);
        }
        earlier.is_none()
    }

    /// Notes a name; reports an error if another object of the same kind has it. `kind` is a plural.
    pub(crate) fn claim_name(&self, kind: &'static str, name: &str, source: Source) -> bool {
        let earlier = self.state_mut().names.insert((kind, name.into()), source);
        if let Some(earlier) = earlier {
            let note = format!("the first one is at {earlier}");
            self.error(source, format!("two {kind} are called `{name}`"), vec![note]);
        }
        earlier.is_none()
    }
}
