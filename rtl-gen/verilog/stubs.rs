//! Stubs for black boxes, for tools that need every module.

use crate::header::{Header, port_rows};
use crate::literal;
use crate::module::file;
use crate::ports::{PortDeclaration, port_list, range};
use crate::{Options, VerilogFile};
use hdl::netlist::{Body, ModuleDef, Netlist};
use hdl::{Bits, Direction, Literal};
use std::collections::BTreeMap;

/// A file for each black box of the design: its ports, outputs at 0, and the attribute that makes synthesis
/// treat it as a black box.
///
/// Black boxes of one name share a stub, which has the parameters of all and the ports of the first.
pub fn black_box_stubs(netlist: &Netlist, options: &Options) -> Vec<VerilogFile> {
    let mut boxes: BTreeMap<&str, (&ModuleDef, Vec<Parameter>)> = BTreeMap::new();
    for module in &netlist.modules {
        if let Body::BlackBox { parameters } = &module.body {
            let (_, known) = boxes.entry(&module.name).or_insert((module, vec![]));
            for (name, value) in parameters {
                let is_real = Literal::of(value) == Some(Literal::Real);
                match known.iter_mut().find(|parameter| parameter.name == name) {
                    Some(parameter) => parameter.is_real |= is_real,
                    None => known.push(Parameter { name, default: value, is_real }),
                }
            }
        }
    }
    let stubs = boxes.into_values().map(|(module, parameters)| VerilogFile {
        name: format!("{}.v", module.name),
        text: stub(module, &parameters, options),
    });
    stubs.collect()
}

/// A parameter of a black box.
struct Parameter<'a> {
    name: &'a str,
    /// Its value in the first module that has it.
    default: &'a str,
    /// True if it is a real number in some module.
    is_real: bool,
}

impl Parameter<'_> {
    /// One bit that depends on it. A real number has no bits to reduce, and a string cannot be compared with 0.0.
    fn mention(&self) -> String {
        if self.is_real { format!("({} > 0.0)", self.name) } else { format!("(|{})", self.name) }
    }
}

fn stub(module: &ModuleDef, parameters: &[Parameter], options: &Options) -> String {
    let header = Header {
        name: &module.name,
        description: &["A stand-in for a module from elsewhere: it does nothing.".into()],
        parameters: &[],
        ports: port_rows(module),
        generator: &options.generator,
    };
    let declaration = |port: &hdl::Port| PortDeclaration {
        direction: port.direction,
        is_register: false,
        range: range(port.width),
        name: port.name.clone(),
        locator: None,
    };
    let ports: Vec<_> = module.ports.iter().map(|def| declaration(&def.port)).collect();
    let head =
        format!("(* blackbox *)\nmodule {} {}{}", module.name, parameter_list(parameters), port_list(&ports));
    file(&header, &format!("{head};\n\n{}", body(module, parameters)))
}

fn parameter_list(parameters: &[Parameter]) -> String {
    if parameters.is_empty() {
        return String::new();
    }
    let lines: Vec<_> =
        parameters.iter().map(|it| format!("    parameter {} = {}", it.name, it.default)).collect();
    format!("#(\n{}\n) ", lines.join(",\n"))
}

/// Outputs tied to 0, and a dummy use of everything else, so that no tool reports it as unused.
fn body(module: &ModuleDef, parameters: &[Parameter]) -> String {
    let ports =
        |direction| module.ports.iter().map(|def| &def.port).filter(move |port| port.direction == direction);
    let zero = |port: &hdl::Port| {
        format!("    assign {} = {};\n", port.name, literal::text(&Bits::zero(port.width)))
    };
    let outputs: String = ports(Direction::Output).map(zero).collect();
    let inputs = ports(Direction::Input).map(|port| port.name.clone());
    let parameters = parameters.iter().map(Parameter::mention);
    let unread: String = inputs.chain(parameters).map(|name| format!("{name}, ")).collect();
    format!("{outputs}\n    (* unused *)\n    wire _unused;\n    assign _unused = &{{1'b0, {unread}1'b0}};\n")
}
