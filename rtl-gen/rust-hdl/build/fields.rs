//! The fields of a struct: a signal for each port of a module.

use hdl::netlist::{Clocking, ModuleDef};
use hdl::{Direction, Port};
use proc_macro2::Ident;

/// What designs of rust-hdl call a clock: its macro `clock!` connects the fields of this name.
const CLOCK: &str = "clock";

/// A port, and the field that stands for it.
pub struct Field {
    /// In Rust, and in the module that rust-hdl prints for the struct.
    pub name: String,
    /// Of the block.
    pub port: Port,
    /// Whether it is the clock.
    pub is_clock: bool,
    /// What it carries.
    pub meaning: String,
}

impl Field {
    /// The type of the signal.
    pub fn signal(&self) -> String {
        let direction = match self.port.direction {
            Direction::Input => "In",
            Direction::Output => "Out",
        };
        let value = match self.port.width {
            _ if self.is_clock => "Clock".into(),
            1 => "Bit".into(),
            width => format!("Bits<{width}>"),
        };
        format!("Signal<{direction}, {value}>")
    }
}

/// The fields for all ports: clock and reset, where there are any, then the others in their order.
pub fn fields(module: &ModuleDef, clocking: &Clocking) -> Vec<Field> {
    let clocks = clocking.ports(module.uses_clock, module.uses_reset);
    let others = module.ports.iter().map(|def| (def.port.clone(), def.meaning.clone()));
    let mut taken = vec![];
    let field = |(port, meaning): (Port, String)| {
        let is_clock = module.uses_clock && port.name == clocking.clock;
        let name = field_name(if is_clock { CLOCK } else { &port.name }, &taken);
        taken.push(name.clone());
        Field { name, port, is_clock, meaning }
    };
    clocks.chain(others).map(field).collect()
}

/// A name like this one that rust-hdl takes, and that no other field has.
///
/// Its derive macro leaves out what begins with `_`, and prints `r#in` as it stands. Its translation to Verilog takes `next` at
/// the end of a path for an access to the signal, and cuts out `self.` wherever it is, so that `itself.next` loses its point.
fn field_name(wanted: &str, taken: &[String]) -> String {
    let mut name = wanted.trim_start_matches('_').to_string();
    if !is_identifier(&name) || name == "next" || name.ends_with("self") {
        name = format!("port_{}_", name);
    }
    while taken.contains(&name) {
        name.push('_');
    }
    name
}

/// True for a name that every edition of Rust takes.
pub fn is_identifier(name: &str) -> bool {
    name != "gen" && syn::parse_str::<Ident>(name).is_ok_and(|name| name != "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_rust_hdl_does_not_take_are_changed() {
        let mut taken = vec![];
        let ports = ["sum", "in", "next", "itself", "_sum", "sum_", "_", "_1", "gen", "Self", "clock", "val"];
        let names = ports.map(|port| {
            taken.push(field_name(port, &taken));
            taken.last().cloned()
        });
        let expected = [
            "sum",
            "port_in_",
            "port_next_",
            "port_itself_",
            "sum_",
            "sum__",
            "port__",
            "port_1_",
            "port_gen_",
            "port_Self_",
            "clock",
            "val",
        ];
        assert_eq!(names, expected.map(|name| Some(name.to_string())));
    }
}
