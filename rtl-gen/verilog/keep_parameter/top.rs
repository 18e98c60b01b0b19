//! The text of the module that selects.

use super::KeptParameter;
use super::selector::Selector;
use crate::Options;
use crate::header::{Header, PortRow, clocking_rows};
use crate::module::file;
use crate::names::Names;
use crate::ports::{PortDeclaration, port_list, range};
use hdl::Direction;
use hdl::netlist::{Clocking, ModuleDef, PortDef};

/// The module that selects.
pub(super) struct Top<'a> {
    name: &'a str,
    kept: &'a [KeptParameter],
    selector: Selector<'a>,
    variants: &'a [&'a ModuleDef],
    clocking: &'a Clocking,
    /// True if a variant uses the clock, and if one uses the reset.
    uses_clock: bool,
    uses_reset: bool,
}

impl<'a> Top<'a> {
    /// A module with checked parameters and variants.
    pub fn new(
        name: &'a str,
        kept: &'a [KeptParameter],
        variants: &'a [&'a ModuleDef],
        clocking: &'a Clocking,
    ) -> Top<'a> {
        Top {
            name,
            kept,
            selector: Selector::new(kept),
            variants,
            clocking,
            uses_clock: variants.iter().any(|variant| variant.uses_clock),
            uses_reset: variants.iter().any(|variant| variant.uses_reset),
        }
    }

    /// The text of its file.
    pub fn text(&self, options: &Options) -> String {
        let kept = self.kept.iter();
        let legal: Vec<_> = kept
            .clone()
            .map(|kept| {
                (kept.verilog_name(), format!("{}; default {}", listed(kept, ", ", " or "), kept.values[0]))
            })
            .collect();
        let choice = match self.variants.len() {
            1 => "Its parameters have one legal value each.".into(),
            count => format!("Its parameters select one of {count} generated modules."),
        };
        let description = [self.variants[0].description.as_slice(), &[choice]].concat();
        let header = Header {
            name: self.name,
            description: &description,
            parameters: &legal,
            ports: self.rows(),
            generator: &options.generator,
        };
        let parameter =
            |kept: &KeptParameter| format!("    parameter {} = {}", kept.verilog_name(), kept.values[0]);
        let parameters: Vec<_> = kept.clone().map(parameter).collect();
        let (parameters, ports) = (parameters.join(",\n"), port_list(&self.declarations()));
        let body: String = kept.map(guard).chain([self.choice()]).collect();
        let head = format!("module {} #(\n{parameters}\n) {ports};", self.name);
        file(&header, &format!("{head}\n\n    generate\n{body}    endgenerate\n"))
    }

    /// The ports of the first variant, each with its width in all.
    fn ports(&self) -> impl Iterator<Item = (&PortDef, Vec<i64>)> {
        let width_in = |variant: &ModuleDef, name: &str| {
            let port = variant.ports.iter().map(|def| &def.port).find(|port| port.name == name);
            port.map_or(0, |port| port.width as i64)
        };
        self.variants[0].ports.iter().map(move |def| {
            let widths = self.variants.iter().map(|variant| width_in(variant, &def.port.name));
            (def, widths.collect())
        })
    }

    fn rows(&self) -> Vec<PortRow> {
        let mut rows = clocking_rows(self.uses_clock, self.uses_reset, self.clocking);
        rows.extend(self.ports().map(|(def, widths)| PortRow {
            name: def.port.name.clone(),
            bits: self.selector.value(&widths),
            direction: def.port.direction,
            meaning: def.meaning.clone(),
        }));
        rows
    }

    fn declarations(&self) -> Vec<PortDeclaration> {
        let declaration = |name: &str, direction, range| PortDeclaration {
            direction,
            is_register: false,
            range,
            name: name.into(),
            locator: None,
        };
        let clocking = self.clocking_names(self.uses_clock, self.uses_reset);
        let clocking = clocking.map(|name| declaration(&name, Direction::Input, String::new()));
        let ports = self.ports().map(|(def, widths)| {
            let tops: Vec<i64> = widths.iter().map(|width| width - 1).collect();
            let is_fixed = widths.iter().all(|width| *width == widths[0]);
            let range = match is_fixed {
                true => range(def.port.width),
                false => format!("[{}:0] ", self.selector.value(&tops)),
            };
            declaration(&def.port.name, def.port.direction, range)
        });
        clocking.chain(ports).collect()
    }

    /// The names of the clock and the reset, if used.
    fn clocking_names(&self, clock: bool, reset: bool) -> impl Iterator<Item = String> {
        self.clocking.ports(clock, reset).map(|(port, _)| port.name)
    }

    /// The instances of all variants, one of which `generate` selects.
    fn choice(&self) -> String {
        let mut names = Names::default();
        self.declarations().iter().for_each(|port| names.reserve(&port.name));
        let (instance, unread) = (names.claim("variant"), names.claim("_unused"));
        let mut text = String::from("        ");
        for (index, variant) in self.variants.iter().enumerate() {
            let label = names.claim(&self.selector.label(index));
            let otherwise = if index > 0 { " else " } else { "" };
            text.push_str(&format!("{otherwise}if ({}) begin : {label}\n", self.selector.condition(index)));
            text.push_str(&self.instance(variant, &instance));
            text.push_str(&self.unread(variant, &unread));
            text.push_str("        end");
        }
        text + "\n"
    }

    fn instance(&self, variant: &ModuleDef, name: &str) -> String {
        let clocking = self.clocking_names(variant.uses_clock, variant.uses_reset);
        let ports = clocking.chain(variant.ports.iter().map(|def| def.port.name.clone()));
        let connections: Vec<_> = ports.map(|port| format!("                .{port}({port})")).collect();
        format!("            {} {name} (\n{}\n            );\n", variant.name, connections.join(",\n"))
    }

    /// A dummy use of the clock or the reset, in a variant without it.
    fn unread(&self, variant: &ModuleDef, name: &str) -> String {
        let clock = self.uses_clock && !variant.uses_clock;
        let reset = self.uses_reset && !variant.uses_reset;
        let unread: String = self.clocking_names(clock, reset).map(|name| format!("{name}, ")).collect();
        match unread.as_str() {
            "" => String::new(),
            _ => format!(
                "            (* unused *)\n            wire {name};\n            assign {name} = &{{1'b0, {unread}1'b0}};\n"
            ),
        }
    }
}

/// `2, 3 or 4`.
fn listed(kept: &KeptParameter, comma: &str, or: &str) -> String {
    let values: Vec<String> = kept.values.iter().map(u32::to_string).collect();
    match values.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{}{or}{last}", others.join(comma)),
        _ => values.concat(),
    }
}

/// An instance of a module that does not exist, for illegal values: Verilog-2005 has no better way to stop an
/// elaboration, and every tool's message shows the module's name.
fn guard(kept: &KeptParameter) -> String {
    let name = kept.verilog_name();
    let differs: Vec<String> = kept.values.iter().map(|value| format!("{name} != {value}")).collect();
    let (condition, label) = (differs.join(" && "), kept.name.to_lowercase());
    let message = format!("{name}_must_be_{}", listed(kept, "_", "_or_"));
    format!(
        "        if ({condition}) begin : illegal_{label}\n            {message} error ();\n        end\n"
    )
}
