//! The Rust source of a struct.

use crate::fields::{Field, fields};
use crate::{Wanted, cores};
use blocks::block::Block;
use hdl::{Direction, Netlist};

/// What stands before all structs.
pub fn head() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "// Written by gen-rtl-rust-hdl-build {version}; edit the build script instead.\n\n\
         #[allow(unused_imports)]\n\
         use ::gen_rtl_rust_hdl::rust_hdl_core::prelude::*;\n"
    )
}

/// The struct of a block, and what makes it one of rust-hdl.
pub fn wrapper(wanted: &Wanted, block: &Block, values: &[(String, String)], netlist: &Netlist) -> String {
    let module = netlist.top();
    let fields = fields(module, &netlist.clocking);
    let values: Vec<String> = values.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let parts = [
        format!("\n/// `{}`: {}.\n///\n/// Parameters: {}.\n", block.name, block.summary, values.join(" ")),
        structure(&wanted.name, &fields),
        origin(wanted, &fields),
        format!("\nimpl Logic for {} {{\n", wanted.name),
        update(&fields),
        connect(&fields),
        hdl(&cores::instance(&module.name, &fields), &cores::modules(netlist)),
        "}\n".into(),
    ];
    parts.concat()
}

fn structure(name: &str, fields: &[Field]) -> String {
    let declaration = |field: &Field| {
        let meaning = match field.meaning.as_str() {
            "" => "as the block's page says",
            meaning => meaning,
        };
        format!("    /// {meaning}\n    pub {}: {},\n", field.name, field.signal())
    };
    let declarations: String = fields.iter().map(declaration).collect();
    format!(
        "#[allow(non_snake_case)]\n#[derive(LogicBlock, Default)]\npub struct {name} {{\n{declarations}    \
         _simulation: ::gen_rtl_rust_hdl::Simulation,\n}}\n"
    )
}

/// What the simulation begins with.
fn origin(wanted: &Wanted, fields: &[Field]) -> String {
    let Wanted { name, found_by, parameters, .. } = wanted;
    let port = |field: &Field| format!("            ({:?}, {}),\n", field.port.name, field.port.width);
    let ports: String = simulated(fields).map(port).collect();
    format!(
        "\nimpl {name} {{\n    const ORIGIN: ::gen_rtl_rust_hdl::Origin = ::gen_rtl_rust_hdl::Origin {{\n        \
         block: || {found_by},\n        parameters: {parameters:?},\n        ports: &[\n{ports}        ],\n    }};\n}}\n"
    )
}

/// The ports that a simulator has: all but the clock.
fn simulated(fields: &[Field]) -> impl Iterator<Item = &Field> {
    fields.iter().filter(|field| !field.is_clock)
}

fn update(fields: &[Field]) -> String {
    let of = |direction, line: fn(usize, &str) -> String| {
        let ports = simulated(fields).enumerate().filter(move |(_, field)| field.port.direction == direction);
        ports.map(|(index, field)| line(index, &field.name)).collect::<String>()
    };
    let inputs =
        of(Direction::Input, |index, name| format!("        block.poke({index}, self.{name}.val());\n"));
    let outputs =
        of(Direction::Output, |index, name| format!("        self.{name}.next = block.peek({index});\n"));
    let clock = fields.iter().find(|field| field.is_clock).map_or(String::new(), |clock| {
        format!("        if self.{}.pos_edge() {{\n            block.tick();\n        }}\n", clock.name)
    });
    format!(
        "    fn update(&mut self) {{\n        if self._simulation.is_settled() && !self.has_changed() {{\n            return;\n        }}\n        \
         let block = self._simulation.of(&Self::ORIGIN);\n{inputs}{clock}{outputs}    }}\n"
    )
}

fn connect(fields: &[Field]) -> String {
    let outputs = fields.iter().filter(|field| field.port.direction == Direction::Output);
    let connections: String =
        outputs.map(|field| format!("        self.{}.connect();\n", field.name)).collect();
    format!("\n    fn connect(&mut self) {{\n{connections}    }}\n")
}

fn hdl(instance: &str, modules: &str) -> String {
    let (instance, modules) = (raw_string(instance), raw_string(modules));
    format!(
        "\n    fn hdl(&self) -> Verilog {{\n        Verilog::Wrapper(Wrapper {{\n            code: {instance}.into(),\n            \
         cores: {modules}.into(),\n        }})\n    }}\n"
    )
}

/// A literal of a text of lines as it stands.
fn raw_string(text: &str) -> String {
    let mut marks = "#".to_string();
    while text.contains(&format!("\"{marks}")) {
        marks.push('#');
    }
    format!("r{marks}\"{text}\"{marks}")
}
