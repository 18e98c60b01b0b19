//! Wires: signals that are read before they are driven.

use crate::Direction;
use crate::conditional::Declared;
use crate::diagnostic::Source;
use crate::module::{Driven, Module};
use crate::netlist::Op;
use crate::signal::{Operand, Signal, width_advice};
use std::panic::Location;

/// A signal that can be read at once and is driven later: exactly once, or under conditions in [`when`](Module::when)
/// and [`switch`](Module::switch).
#[derive(Clone, Copy)]
pub struct Wire<'m> {
    value: Signal<'m>,
    /// Its description in errors.
    kind: &'static str,
}

impl Module {
    /// A wire to be driven later.
    #[track_caller]
    pub fn wire(&self, name: &str, width: u32) -> Wire<'_> {
        self.open_wire("wire", &self.scoped(name), width, Location::caller())
    }

    /// An output port that is driven later, exactly once, and can be read meanwhile.
    #[track_caller]
    pub fn late_output(&self, name: &str, width: u32, meaning: &str) -> Wire<'_> {
        self.late_output_at(name, width, meaning, Location::caller())
    }

    pub(crate) fn late_output_at(&self, name: &str, width: u32, meaning: &str, source: Source) -> Wire<'_> {
        let port = self.declare_port(name, width, Direction::Output, meaning, source);
        let wire = self.open_wire("output port", name, width, source);
        self.state_mut().logic.outputs.push((port, wire.value.id()));
        wire
    }

    /// A wire under a full name.
    pub(crate) fn open_wire(&self, kind: &'static str, name: &str, width: u32, source: Source) -> Wire<'_> {
        let value = self.declare(Op::Wire(None), width, format_args!("{kind} `{name}`"), source);
        self.note_home(Declared::Node(value.id()));
        Wire { value: value.with_name(name), kind }
    }
}

impl<'m> Wire<'m> {
    /// The value to read.
    pub fn value(self) -> Signal<'m> {
        self.value
    }

    /// Drives the wire. Inside a `when` or `switch` the value applies in that case, and overrides earlier ones, such as
    /// a default.
    #[track_caller]
    pub fn drive<O: Operand<'m>>(self, driver: O) {
        self.drive_at(driver.resolve(self.value), Location::caller());
    }

    pub(crate) fn drive_at(self, driver: Signal<'m>, source: Source) {
        let module = self.value.module();
        let what = format!("{} {}", self.kind, self.value);
        let is_legal = module.check_operand(&what, driver, source);
        if is_legal && !self.value.agrees_with(driver) {
            let message = format!("{what} cannot be driven by {driver}: the widths differ");
            module.error(source, message, vec![width_advice(self.value, driver)]);
        }
        if module.claim(Driven::Wire(self.value.id()), &what, driver.id(), source) {
            module.state_mut().logic.nodes[self.value.id().index()].op = Op::Wire(Some(driver.id()));
        }
    }
}
