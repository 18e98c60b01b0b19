//! A module as the text of its file.

use crate::Options;
use crate::builder;
use crate::header::{Header, clocking_rows, port_rows};
use crate::plan::{Kind, Plan, Signal};
use crate::ports::{PortDeclaration, port_list, range};
use crate::statements::{Printer, locator};
use hdl::Direction;
use hdl::netlist::{Logic, ModuleDef, Netlist};

/// The file of a module whose body is `logic`.
pub(crate) fn text(netlist: &Netlist, module: &ModuleDef, logic: &Logic, options: &Options) -> String {
    let plan = builder::plan(netlist, module, logic, options);
    let mut printer = Printer { plan: &plan, locators: options.source_locators, out: String::new() };
    printer.body();
    let clocking = clocking_rows(module.uses_clock, module.uses_reset, &netlist.clocking);
    let header = Header {
        name: &module.name,
        description: &module.description,
        parameters: &module.parameters,
        ports: clocking.into_iter().chain(port_rows(module)).collect(),
        generator: &options.generator,
    };
    let body = printer.out.trim_start_matches('\n');
    file(&header, &format!("module {} {};\n\n{body}", module.name, port_declarations(&plan, options)))
}

/// A file with one module, whose text ends before `endmodule`. Undeclared names are errors within it.
pub(crate) fn file(header: &Header, module: &str) -> String {
    let (comment, module) = (header.text(), module.trim_end());
    format!("{comment}\n`default_nettype none\n\n{module}\nendmodule\n\n`default_nettype wire\n")
}

fn port_declarations(plan: &Plan, options: &Options) -> String {
    let declaration = |signal: &Signal| {
        let (direction, is_register) = match signal.kind {
            Kind::Input => (Direction::Input, false),
            Kind::Output { is_register } => (Direction::Output, is_register),
            Kind::Wire | Kind::SignedWire | Kind::Register | Kind::Constant => return None,
        };
        Some(PortDeclaration {
            direction,
            is_register,
            range: range(signal.width),
            name: signal.name.clone(),
            locator: signal.source.filter(|_| options.source_locators).map(locator),
        })
    };
    port_list(&plan.signals.iter().filter_map(declaration).collect::<Vec<_>>())
}
