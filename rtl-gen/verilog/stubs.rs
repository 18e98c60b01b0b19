//! Stand-ins for black boxes, for tools that want to see every module.

use crate::header::{Header, port_rows};
use crate::literal;
use crate::module::file;
use crate::ports::{PortDeclaration, port_list, range};
use crate::{Options, VerilogFile};
use hdl::netlist::{Body, ModuleDef, Netlist};
use hdl::{Bits, Direction};
use std::collections::BTreeMap;

/// A file for each black box of the design: its ports, outputs at 0, and the attribute that makes synthesis
/// treat it as a black box.
///
/// Black boxes of one name share a stub, which has the parameters of all and the ports of the first.
pub fn black_box_stubs(netlist: &Netlist, options: &Options) -> Vec<VerilogFile> {
    let mut boxes: BTreeMap<&str, (&ModuleDef, Parameters)> = BTreeMap::new();
    for module in &netlist.modules {
        if let Body::BlackBox { parameters } = &module.body {
            let (_, known) = boxes.entry(&module.name).or_insert((module, vec![]));
            let is_new = |(name, _): &&(String, String)| known.iter().all(|(other, _)| other != name);
            let new: Vec<_> = parameters.iter().filter(is_new).collect();
            known.extend(new);
        }
    }
    let stubs = boxes.into_values().map(|(module, parameters)| VerilogFile {
        name: format!("{}.v", module.name),
        text: stub(module, &parameters, options),
    });
    stubs.collect()
}

/// Names and default values, as the netlist has them.
type Parameters<'a> = Vec<&'a (String, String)>;

fn stub(module: &ModuleDef, parameters: &Parameters, options: &Options) -> String {
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

fn parameter_list(parameters: &Parameters) -> String {
    if parameters.is_empty() {
        return String::new();
    }
    let lines: Vec<_> =
        parameters.iter().map(|(name, value)| format!("    parameter {name} = {value}")).collect();
    format!("#(\n{}\n) ", lines.join(",\n"))
}

/// Outputs at 0, and a mention of everything else, which no tool is to find unused.
fn body(module: &ModuleDef, parameters: &Parameters) -> String {
    let ports =
        |direction| module.ports.iter().map(|def| &def.port).filter(move |port| port.direction == direction);
    let zero = |port: &hdl::Port| {
        format!("    assign {} = {};\n", port.name, literal::text(&Bits::zero(port.width)))
    };
    let outputs: String = ports(Direction::Output).map(zero).collect();
    let inputs = ports(Direction::Input).map(|port| port.name.clone());
    let parameters = parameters.iter().map(|(name, _)| format!("(|{name})"));
    let unread: String = inputs.chain(parameters).map(|name| format!("{name}, ")).collect();
    format!("{outputs}\n    (* unused *)\n    wire _unused;\n    assign _unused = &{{1'b0, {unread}1'b0}};\n")
}
