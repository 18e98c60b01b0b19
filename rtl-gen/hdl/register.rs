//! Registers.

use crate::Bits;
use crate::diagnostic::Source;
use crate::module::{Driven, Module};
use crate::netlist::{Op, Register};
use crate::signal::{Signal, legal_values, width_advice};
use std::panic::Location;

/// A register: read it with [`value`](Reg::value), give it its next value once.
#[derive(Clone, Copy)]
pub struct Reg<'m> {
    value: Signal<'m>,
    index: usize,
}

impl Module {
    /// A register without a reset value. Clock and reset style are the design's.
    #[track_caller]
    pub fn reg(&self, name: &str, width: u32) -> Reg<'_> {
        let source = Location::caller();
        let index = self.state().logic.registers.len();
        let value = self.declare(Op::Register(index), width, format_args!("register `{name}`"), source);
        let value = value.with_name(&self.scoped(name));
        let register = Register { output: value.id(), next: None, enable: None, reset: None };
        self.state_mut().logic.registers.push(register);
        Reg { value, index }
    }
}

impl<'m> Signal<'m> {
    /// The value a cycle later: a register without enable and reset.
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

    /// The value in reset, at most once.
    #[track_caller]
    pub fn reset_to(self, value: u128) -> Reg<'m> {
        self.set_reset(Bits::checked(value, self.value.width()), &value.to_string(), Location::caller())
    }

    /// The value in reset, where it is wider than an integer: as wide as the register.
    #[track_caller]
    pub fn reset_to_bits(self, value: &Bits) -> Reg<'m> {
        let fitting = Some(value.clone()).filter(|value| value.width() == self.value.width());
        self.set_reset(fitting, &value.to_string(), Location::caller())
    }

    fn set_reset(self, fitting: Option<Bits>, value: &str, source: Source) -> Reg<'m> {
        let module = self.value.module();
        let earlier = module.state().logic.registers[self.index].reset.clone();
        match (fitting, earlier) {
            _ if self.value.is_faulty() => {}
            (None, _) => {
                let message = format!("the reset value {value} does not fit register {}", self.value);
                module.error(source, message, vec![legal_values(self.value.width())]);
            }
            (_, Some(earlier)) => {
                let message = format!("register {} has two reset values, {earlier} and {value}", self.value);
                module.error(source, message, vec![]);
            }
            (bits, None) => module.state_mut().logic.registers[self.index].reset = bits,
        }
        self
    }

    /// Keeps its value while `enable` is 0.
    #[track_caller]
    pub fn enable(self, enable: Signal<'m>) -> Reg<'m> {
        let (module, source) = (self.value.module(), Location::caller());
        let what = format!("the enable of register {}", self.value);
        module.check_one_bit(&what, enable, source);
        if module.claim_driver(Driven::RegisterEnable(self.index), &what, source) {
            module.state_mut().logic.registers[self.index].enable = Some(enable.id());
        }
        self
    }

    /// Gives the register its next value.
    #[track_caller]
    pub fn set(self, next: Signal<'m>) {
        let (module, source) = (self.value.module(), Location::caller());
        let what = format!("register {}", self.value);
        let is_legal = module.check_operand(&what, next, source);
        if is_legal && !self.value.agrees_with(next) {
            let message = format!("{what} cannot take {next}: the widths differ");
            module.error(source, message, vec![width_advice(self.value, next)]);
        }
        if module.claim_driver(Driven::RegisterNext(self.index), &what, source) {
            module.state_mut().logic.registers[self.index].next = Some(next.id());
        }
    }

    pub(crate) fn index(self) -> usize {
        self.index
    }
}
