//! Black boxes: external Verilog modules.

use crate::design::{Design, Finished, ModuleRef};
use crate::diagnostic::Source;
use crate::graph::Dependencies;
use crate::module_names::{Entry, Meaning};
use crate::netlist::{Body, ModuleDef, PortDef};
use crate::rules::MAX_WIDTH;
use crate::{Direction, Literal, Port};
use std::collections::BTreeSet;
use std::panic::Location;

/// A port of a black box.
pub struct BlackBoxPort {
    port: Port,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Data,
    Clock,
    Registered,
}

impl BlackBoxPort {
    /// A data input.
    pub fn input(name: &str, width: u32) -> BlackBoxPort {
        BlackBoxPort::new(name, width, Direction::Input, Kind::Data)
    }

    /// An output that may depend on every input within a cycle: a path from it back to an input is a loop.
    pub fn output(name: &str, width: u32) -> BlackBoxPort {
        BlackBoxPort::new(name, width, Direction::Output, Kind::Data)
    }

    /// An output that depends on no input within a cycle, since it comes from a register.
    pub fn registered_output(name: &str, width: u32) -> BlackBoxPort {
        BlackBoxPort::new(name, width, Direction::Output, Kind::Registered)
    }

    /// The clock input: connect it to [`Module::clock`](crate::Module::clock).
    pub fn clock(name: &str) -> BlackBoxPort {
        BlackBoxPort::new(name, 1, Direction::Input, Kind::Clock)
    }

    fn new(name: &str, width: u32, direction: Direction, kind: Kind) -> BlackBoxPort {
        BlackBoxPort { port: Port { name: name.into(), width, direction }, kind }
    }

    fn is(&self, direction: Direction, kind: Kind) -> bool {
        self.port.direction == direction && self.kind == kind
    }
}

impl Design {
    /// An external Verilog module, with values for its Verilog parameters, each of them a Verilog [`Literal`]. The same
    /// name and parameters give the same module again, and must come with the same ports.
    #[track_caller]
    pub fn black_box(&self, name: &str, parameters: &[(&str, &str)], ports: Vec<BlackBoxPort>) -> ModuleRef {
        let source = Location::caller();
        let mut described = describe(name, parameters, &ports, source);
        let (message, first) = match self.variant(name, &described) {
            Variant::New => {
                described.is_sound = self.check_black_box(name, parameters, &ports, source);
                let module = self.push(described);
                self.names().add_variant(name, source, module);
                return module;
            }
            Variant::Known(module) => return module,
            Variant::OtherPorts(first) => {
                (format!("black box `{name}` is declared again with other ports"), first)
            }
            Variant::Taken(message, first) => (message, first),
        };
        self.error(name, source, message, vec![format!("it was first named at {first}")]);
        self.stand_in(name)
    }

    fn variant(&self, name: &str, described: &Finished) -> Variant {
        let mut names = self.names();
        let (source, variants) = match names.find(name) {
            Err((message, first)) => return Variant::Taken(message, first),
            Ok(None) => return Variant::New,
            Ok(Some(Entry { source, meaning: Meaning::Module { .. }, .. })) => {
                return Variant::Taken(format!("black box `{name}` has the name of a module"), source);
            }
            Ok(Some(Entry { source, meaning: Meaning::BlackBox { variants }, .. })) => (*source, variants),
        };
        let same_parameters =
            |module: &&ModuleRef| parameters(&self.finished(module.index).def) == parameters(&described.def);
        match variants.iter().find(same_parameters) {
            None => Variant::New,
            Some(module) if have_same_ports(self, &self.finished(module.index), described) => {
                Variant::Known(*module)
            }
            Some(_) => Variant::OtherPorts(source),
        }
    }

    fn check_black_box(
        &self,
        name: &str,
        parameters: &[(&str, &str)],
        ports: &[BlackBoxPort],
        source: Source,
    ) -> bool {
        let mut is_sound = self.check_name(name, "black box", name, source);
        let port_names: Vec<&str> = ports.iter().map(|port| port.port.name.as_str()).collect();
        let parameter_names: Vec<&str> = parameters.iter().map(|(parameter, _)| *parameter).collect();
        is_sound &= self.check_names(name, "port", &port_names, source);
        is_sound &= self.check_names(name, "parameter", &parameter_names, source);
        for (parameter, value) in parameters.iter().filter(|(_, value)| Literal::of(value).is_none()) {
            let message = format!("parameter `{parameter}` cannot be `{}`", value.escape_debug());
            let note = "legal values are Verilog literals, such as 5, -5, 8'h1f, 2.5, 1e-3 and \"text\"";
            self.error(name, source, message, vec![note.into()]);
            is_sound = false;
        }
        for port in ports.iter().filter(|port| !(1..=MAX_WIDTH).contains(&port.port.width)) {
            let message = format!("port `{}` is {} bits wide", port.port.name, port.port.width);
            self.error(name, source, message, vec![format!("legal widths are 1 to {MAX_WIDTH} bits")]);
            is_sound = false;
        }
        is_sound
    }

    fn check_names(&self, module: &str, kind: &str, names: &[&str], source: Source) -> bool {
        let mut seen = BTreeSet::new();
        let mut is_sound = true;
        for name in names {
            if !seen.insert(name) {
                self.error(module, source, format!("two {kind}s are called `{name}`"), vec![]);
                is_sound = false;
            } else {
                is_sound &= self.check_name(module, kind, name, source);
            }
        }
        is_sound
    }
}

/// What a name with its parameters already refers to.
enum Variant {
    New,
    Known(ModuleRef),
    OtherPorts(Source),
    Taken(String, Source),
}

fn parameters(def: &ModuleDef) -> Option<&[(String, String)]> {
    match &def.body {
        Body::BlackBox { parameters } => Some(parameters),
        Body::Logic(_) => None,
    }
}

fn have_same_ports(design: &Design, a: &Finished, b: &Finished) -> bool {
    let ports = |finished: &Finished| -> Vec<(Port, bool)> {
        finished.def.ports.iter().map(|def| (def.port.clone(), def.clock)).collect()
    };
    ports(a) == ports(b) && a.dependencies(design) == b.dependencies(design)
}

fn describe(name: &str, parameters: &[(&str, &str)], ports: &[BlackBoxPort], source: Source) -> Finished {
    let port = |port: &BlackBoxPort| PortDef {
        port: port.port.clone(),
        meaning: String::new(),
        clock: port.kind == Kind::Clock,
        source,
    };
    let pair = |(parameter, value): &(&str, &str)| (parameter.to_string(), value.to_string());
    let def = ModuleDef {
        name: name.into(),
        description: vec![],
        parameters: vec![],
        ports: ports.iter().map(port).collect(),
        body: Body::BlackBox { parameters: parameters.iter().map(pair).collect() },
        uses_clock: ports.iter().any(|port| port.kind == Kind::Clock),
        uses_reset: false,
    };
    let of_kind = |direction| (0..ports.len()).filter(move |&i| ports[i].is(direction, Kind::Data));
    let dependencies = Dependencies::all(of_kind(Direction::Output), of_kind(Direction::Input).collect());
    Finished::black_box(def, dependencies)
}
