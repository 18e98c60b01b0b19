//! Child modules.

use crate::Direction;
use crate::design::ModuleRef;
use crate::diagnostic::Source;
use crate::module::{Driven, Module};
use crate::netlist::{Instance, Op, PortDef};
use crate::signal::{Signal, counted_bits};
use std::panic::Location;

/// A child module in its parent: connect its inputs, read its outputs.
#[derive(Clone, Copy)]
pub struct Child<'m> {
    parent: &'m Module,
    index: usize,
    module: ModuleRef,
}

impl Module {
    /// An instance of `module`. Clock and reset connect by themselves.
    #[track_caller]
    pub fn instance(&self, name: &str, module: ModuleRef) -> Child<'_> {
        let source = Location::caller();
        let name = self.scoped(name);
        self.claim_name("instances", &name, source);
        let module = self.own_module(&name, module, source);
        if !self.design().finished(module.index).is_sound {
            self.mark_unsound();
        }
        let index = self.state().logic.instances.len();
        let instance = Instance { name, module: module.index, inputs: vec![], source };
        self.state_mut().logic.instances.push(instance);
        Child { parent: self, index, module }
    }

    /// `module`, or after an error what stands for it.
    fn own_module(&self, instance: &str, module: ModuleRef, source: Source) -> ModuleRef {
        if self.design().owns(module) {
            return module;
        }
        let message = format!("instance `{instance}` is of a module of another design");
        self.error(source, message, vec!["define the module on this module's `design()`".into()]);
        self.design().stand_in(instance)
    }
}

impl<'m> Child<'m> {
    /// Connects the input port `name`.
    #[track_caller]
    pub fn set(self, name: &str, value: Signal<'m>) -> Child<'m> {
        let source = Location::caller();
        let Some((index, port)) = self.port(name, Direction::Input, source) else { return self };
        let what = format!("port `{name}` of instance `{}`", self.name());
        self.check_value(&what, &port, value, source);
        if self.parent.claim_driver(Driven::InstanceInput(self.index, index), &what, source) {
            self.parent.state_mut().logic.instances[self.index].inputs.push((index, value.id()));
        }
        self
    }

    /// The output port `name`.
    #[track_caller]
    pub fn get(self, name: &str) -> Signal<'m> {
        self.output(name, Location::caller()).unwrap_or_else(|stand_in| stand_in)
    }

    /// An output port; after an error, what stands for it.
    pub(crate) fn output(self, name: &str, source: Source) -> Result<Signal<'m>, Signal<'m>> {
        let found = self.port(name, Direction::Output, source);
        let Some((port, def)) = found else { return Err(self.parent.stand_in(1, source)) };
        let op = Op::InstanceOutput { instance: self.index, port };
        let signal = self.parent.node(op, def.port.width, source);
        if !self.is_sound() {
            self.parent.state_mut().faulty.insert(signal.id());
        }
        Ok(signal)
    }

    pub(crate) fn parent(self) -> &'m Module {
        self.parent
    }

    pub(crate) fn name(self) -> String {
        self.parent.state().logic.instances[self.index].name.clone()
    }

    /// False where the child has an error: what is wrong with its ports is not the parent's mistake.
    fn is_sound(self) -> bool {
        self.parent.design().finished(self.module.index).is_sound
    }

    fn check_value(self, what: &str, port: &PortDef, value: Signal<'m>, source: Source) {
        let is_clock = matches!(value.op(), Op::Clock);
        let is_legal = match port.clock && is_clock {
            true => self.parent.check_owner(what, value, source),
            false => self.parent.check_operand(what, value, source),
        };
        if !is_legal || value.is_faulty() || !self.is_sound() {
            return;
        }
        if port.clock && !is_clock {
            let note = "connect it to the module's `clock()`".into();
            self.parent.error(source, format!("{what} is a clock: it cannot be {value}"), vec![note]);
        } else if value.width() != port.port.width {
            let message = format!("{what} has {}: it cannot be {value}", counted_bits(port.port.width));
            self.parent.error(source, message, vec![format!("the port is declared at {}", port.source)]);
        }
    }

    fn port(self, name: &str, direction: Direction, source: Source) -> Option<(usize, PortDef)> {
        let child = self.parent.design().finished(self.module.index);
        let found = child.port(name).filter(|&index| child.def.ports[index].port.direction == direction);
        if found.is_none() && child.is_sound {
            let names = child.def.ports.iter().filter(|port| port.port.direction == direction);
            let names: Vec<_> = names.map(|port| format!("`{}`", port.port.name)).collect();
            let message = format!("module `{}` has no {direction} port `{name}`", child.def.name);
            let note = match names.as_slice() {
                [] => format!("it has no {direction} port at all"),
                names => format!("its {direction} ports are {}", names.join(", ")),
            };
            self.parent.error(source, message, vec![note]);
        }
        found.map(|index| (index, child.def.ports[index].clone()))
    }
}
