//! Child modules.

use crate::Direction;
use crate::conditional::Declared;
use crate::design::{Finished, ModuleRef};
use crate::diagnostic::Source;
use crate::module::{Driven, Module};
use crate::netlist::{Instance, Op, PortDef};
use crate::rules::MAX_LEVELS;
use crate::signal::{Signal, counted_bits};
use std::panic::Location;
use std::rc::Rc;

/// A child module in its parent: connect its inputs, read its outputs.
#[derive(Clone, Copy)]
pub struct Child<'m> {
    parent: &'m Module,
    index: usize,
    module: ModuleRef,
}

impl Module {
    /// An instance of `module`. Clock and reset are connected automatically.
    #[track_caller]
    pub fn instance(&self, name: &str, module: ModuleRef) -> Child<'_> {
        let source = Location::caller();
        let name = self.scoped(name);
        self.claim_name("instances", &name, source);
        let module = self.own_module(&name, module, source);
        self.check_levels(&name, module, source);
        if !self.design().finished(module.index).is_sound {
            self.mark_unsound();
        }
        let index = self.state().logic.instances.len();
        let instance = Instance { name, module: module.index, inputs: vec![], source };
        self.state_mut().logic.instances.push(instance);
        self.note_home(Declared::Instance(index));
        Child { parent: self, index, module }
    }

    fn check_levels(&self, instance: &str, module: ModuleRef, source: Source) {
        let below = self.design().finished(module.index).levels;
        if below >= MAX_LEVELS {
            let message = format!("instance `{instance}` makes the hierarchy {} levels deep", below + 1);
            self.error(source, message, vec![format!("a hierarchy has at most {MAX_LEVELS} levels")]);
        }
    }

    /// `module`, or a placeholder after an error.
    fn own_module(&self, instance: &str, module: ModuleRef, source: Source) -> ModuleRef {
        if self.design().owns(module) {
            return module;
        }
        let message = format!("instance `{instance}` is of a module from another design");
        self.error(source, message, vec!["define the module in this module's `design()`".into()]);
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
        if port.clock && self.parent.is_conditional(Declared::Instance(self.index)) {
            let message = format!("{what} is a clock: it cannot be connected in a `when` or `switch`");
            self.parent.error(source, message, vec![]);
            return self;
        }
        self.check_value(&what, &port, value, source);
        if self.parent.claim(Driven::InstanceInput(self.index, index), &what, value.id(), source) {
            self.parent.state_mut().logic.instances[self.index].inputs.push((index, value.id()));
        }
        self
    }

    /// The value of the output port `name`.
    #[track_caller]
    pub fn get(self, name: &str) -> Signal<'m> {
        self.output(name, Location::caller()).unwrap_or_else(|stand_in| stand_in)
    }

    /// An output port; a placeholder after an error.
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

    pub(crate) fn index(self) -> usize {
        self.index
    }

    /// The module that it instantiates.
    pub(crate) fn finished(self) -> Rc<Finished> {
        self.parent.design().finished(self.module.index)
    }

    pub(crate) fn name(self) -> String {
        self.parent.state().logic.instances[self.index].name.clone()
    }

    /// False if the child has an error: errors at its ports are then not the parent's mistake.
    fn is_sound(self) -> bool {
        self.finished().is_sound
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

    /// The port `name`, which must have this direction.
    fn port(self, name: &str, direction: Direction, source: Source) -> Option<(usize, PortDef)> {
        let child = self.finished();
        let found = child.port(name).map(|index| (index, child.def.ports[index].clone()));
        match found {
            Some((_, def)) if child.is_sound && def.port.direction != direction => {
                self.other_way(&def, source);
                None
            }
            None if child.is_sound => {
                self.parent.error(
                    source,
                    format!("module `{}` has no {direction} port `{name}`", child.def.name),
                    vec![ports_with(direction, &child.def.ports)],
                );
                None
            }
            found => found.filter(|(_, def)| def.port.direction == direction),
        }
    }

    /// Reports a wrong direction: inputs are driven, outputs are read.
    fn other_way(self, def: &PortDef, source: Source) {
        let what = match def.port.direction {
            Direction::Input => "an input: it is driven with `set`, and cannot be read",
            Direction::Output => "an output: it is read with `get`, and cannot be driven",
        };
        let message = format!("port `{}` of instance `{}` is {what}", def.port.name, self.name());
        self.parent.error(source, message, vec![format!("the port is declared at {}", def.source)]);
    }
}

fn ports_with(direction: Direction, ports: &[PortDef]) -> String {
    let ports = ports.iter().map(|def| &def.port).filter(|port| port.direction == direction);
    let names: Vec<_> = ports.map(|port| format!("`{}`", port.name)).collect();
    match names.as_slice() {
        [] => format!("it has no {direction} ports"),
        names => format!("its {direction} ports are {}", names.join(", ")),
    }
}
