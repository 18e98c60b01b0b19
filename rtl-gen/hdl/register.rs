//! Registers.

use crate::Bits;
use crate::conditional::Declared;
use crate::diagnostic::Source;
use crate::module::{Driven, Module};
use crate::netlist::{Op, Register};
use crate::signal::{Operand, Signal, cast_from, legal_signed_values, legal_values, shown, width_advice};
use std::panic::Location;

/// A register: read it with [`value`](Reg::value), give it its next value once, or under conditions in
/// [`when`](Module::when) and [`switch`](Module::switch).
#[derive(Clone, Copy)]
pub struct Reg<'m> {
    value: Signal<'m>,
    index: usize,
}

impl Module {
    /// A register without a reset value: unknown until it loads a known value. Clock and reset style are the design's.
    #[track_caller]
    pub fn reg(&self, name: &str, width: u32) -> Reg<'_> {
        self.reg_at(name, width, Location::caller())
    }

    pub(crate) fn reg_at(&self, name: &str, width: u32, source: Source) -> Reg<'_> {
        let index = self.state().logic.registers.len();
        let value = self.declare(Op::Register(index), width, format_args!("register `{name}`"), source);
        let value = value.with_name(&self.scoped(name));
        let register =
            Register { output: value.id(), next: None, enable: None, reset: None, collision: None };
        self.state_mut().logic.registers.push(register);
        self.note_home(Declared::Node(value.id()));
        Reg { value, index }
    }
}

impl Module {
    /// A register with a full name and a next value, without enable and reset: its value and its index.
    pub(crate) fn register_at(&self, name: &str, next: Signal<'_>, source: Source) -> (Signal<'_>, usize) {
        let index = self.state().logic.registers.len();
        let value = self.node(Op::Register(index), next.width(), source).with_name(name);
        let register = Register {
            output: value.id(),
            next: Some(next.id()),
            enable: None,
            reset: None,
            collision: None,
        };
        self.state_mut().logic.registers.push(register);
        (value, index)
    }
}

impl<'m> Signal<'m> {
    /// The value delayed by one cycle: a register without enable and reset.
    #[track_caller]
    pub fn delayed(self, name: &str) -> Signal<'m> {
        let register = self.module().reg(name, self.width());
        register.set(self);
        register.value()
    }
}

impl<'m> Reg<'m> {
    /// The stored value.
    pub fn value(self) -> Signal<'m> {
        self.value
    }

    /// The value in reset; may be given once.
    #[track_caller]
    pub fn reset_to(self, value: u128) -> Reg<'m> {
        let advice = cast_from(value).map(|value| format!("write `reset_to_signed({value})`"));
        let notes = [legal_values(self.value.width())].into_iter().chain(advice).collect();
        self.set_reset(Bits::checked(value, self.value.width()), &shown(value), notes, Location::caller())
    }

    /// The value in reset, in two's complement.
    #[track_caller]
    pub fn reset_to_signed(self, value: i128) -> Reg<'m> {
        let width = self.value.width();
        let notes = vec![legal_signed_values(width)];
        self.set_reset(Bits::checked_signed(value, width), &value.to_string(), notes, Location::caller())
    }

    /// The value in reset, for values wider than an integer; must be as wide as the register.
    #[track_caller]
    pub fn reset_to_bits(self, value: &Bits) -> Reg<'m> {
        let fitting = Some(value.clone()).filter(|value| value.width() == self.value.width());
        let notes = vec![legal_values(self.value.width())];
        self.set_reset(fitting, &value.to_string(), notes, Location::caller())
    }

    fn set_reset(self, fitting: Option<Bits>, value: &str, notes: Vec<String>, source: Source) -> Reg<'m> {
        let module = self.value.module();
        let earlier = module.state().logic.registers[self.index].reset.clone();
        match (fitting, earlier) {
            _ if self.value.is_faulty() => {}
            (None, _) => {
                let message = format!("the reset value {value} does not fit register {}", self.value);
                module.error(source, message, notes);
            }
            (_, Some(earlier)) => {
                let message = format!("register {} has two reset values, {earlier} and {value}", self.value);
                module.error(source, message, vec![]);
            }
            (bits, None) => module.state_mut().logic.registers[self.index].reset = bits,
        }
        self
    }

    /// Marks a register whose initial value does not matter although it never becomes known, such as the phase of a
    /// divider. Without the mark or a reset value, a register that depends only on itself is an error.
    pub fn starts_unknown(self) -> Reg<'m> {
        self.value.module().state_mut().starts_unknown.insert(self.index);
        self
    }

    /// Holds the value while `enable` is 0.
    #[track_caller]
    pub fn enable(self, enable: Signal<'m>) -> Reg<'m> {
        self.enable_at(enable, Location::caller())
    }

    pub(crate) fn enable_at(self, enable: Signal<'m>, source: Source) -> Reg<'m> {
        let module = self.value.module();
        let what = format!("the enable of register {}", self.value);
        module.check_one_bit(&what, enable, source);
        if module.is_conditional(Declared::Node(self.value.id())) {
            let message = format!("{what} is set in a `when` or `switch`, which has no effect on it");
            let note = "a register that is set in a `when` is enabled there, and keeps its value elsewhere";
            module.error(source, message, vec![note.into()]);
        } else if module.claim_driver(Driven::RegisterEnable(self.index), &what, source) {
            module.state_mut().logic.registers[self.index].enable = Some(enable.id());
        }
        self
    }

    /// Gives the register its next value. Inside a `when` or `switch` the value applies in that case, and overrides
    /// earlier ones; if none applies, the register keeps its value.
    #[track_caller]
    pub fn set<O: Operand<'m>>(self, next: O) {
        self.set_at(next.resolve(self.value), Location::caller());
    }

    pub(crate) fn set_at(self, next: Signal<'m>, source: Source) {
        let module = self.value.module();
        let what = format!("register {}", self.value);
        let is_legal = module.check_operand(&what, next, source);
        if is_legal && !self.value.agrees_with(next) {
            let message = format!("{what} cannot take {next}: the widths differ");
            module.error(source, message, vec![width_advice(self.value, next)]);
        }
        if module.claim(Driven::RegisterNext(self.index), &what, next.id(), source) {
            module.state_mut().logic.registers[self.index].next = Some(next.id());
        }
    }

    pub(crate) fn index(self) -> usize {
        self.index
    }
}
