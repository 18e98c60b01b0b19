//! Registers in SystemRDL and in Markdown.

use super::{Access, Code, RegisterField, RegisterMap};
use std::fmt::Write;

impl RegisterMap {
    /// The description in SystemRDL 2.0.
    pub fn rdl(&self) -> String {
        let mut text = format!("// The registers of {0}, in SystemRDL 2.0.\naddrmap {0} {{\n", self.name);
        text.push_str("    default regwidth = 32;\n    default accesswidth = 32;\n");
        for (index, register) in self.registers.iter().enumerate() {
            let mut line = |line: &str| writeln!(text, "{line}").expect("a string takes text");
            line("");
            line("    reg {");
            for field in register.fields.iter().filter(|field| !field.codes.is_empty()) {
                line(&format!("        enum {} {{", rdl_enum(field)));
                for Code { code, name } in &field.codes {
                    line(&format!("            {name} = {code};"));
                }
                line("        };");
            }
            line(&format!("        desc = \"{}\";", register.meaning));
            for field in &register.fields {
                let RegisterField { name, low, meaning, .. } = field;
                let high = low + field.width - 1;
                let (properties, reset) = rdl_access(field);
                line("        field {");
                line(&format!("            desc = \"{meaning}\";"));
                line(&format!("            {properties}"));
                if !field.codes.is_empty() {
                    line(&format!("            encode = {};", rdl_enum(field)));
                }
                line(&format!("        }} {name}[{high}:{low}]{reset};"));
            }
            line(&format!("    }} {} @ {:#04x};", register.name, 4 * index));
        }
        text.push_str("};\n");
        text
    }

    /// A table in Markdown: a line for each field.
    pub fn table(&self) -> String {
        let mut text = "| address | register | bits | field | access | |\n".to_string();
        text.push_str("| --- | --- | --- | --- | --- | --- |\n");
        for (index, register) in self.registers.iter().enumerate() {
            let address = format!("{:#04x}", 4 * index);
            for (number, field) in register.fields.iter().enumerate() {
                let (address, name) = if number == 0 { (address.as_str(), register.name) } else { ("", "") };
                let RegisterField { low, width, .. } = field;
                let bits = if *width == 1 { low.to_string() } else { format!("{}:{low}", low + width - 1) };
                let (field_name, meaning) = (format!("`{}`", field.name), field.explained());
                let cells = [address, name, &bits, &field_name, access(field.access), &meaning];
                let cells =
                    cells.map(|cell| if cell.is_empty() { " |".into() } else { format!(" {cell} |") });
                text.push_str(&format!("|{}\n", cells.concat()));
            }
        }
        text
    }
}

fn access(access: Access) -> &'static str {
    match access {
        Access::ReadWrite | Access::Forwarded => "read, write",
        Access::ReadOnly | Access::Constant(_) => "read",
        Access::Pulse => "write 1",
        Access::WriteOneToClear => "read, write 1 to clear",
    }
}

/// The name of the type of a field's values.
fn rdl_enum(field: &RegisterField) -> String {
    format!("{}_codes", field.name)
}

/// Properties of a field, and its value after reset.
fn rdl_access(field: &RegisterField) -> (&'static str, String) {
    match field.access {
        Access::ReadWrite | Access::Forwarded => ("sw = rw; hw = r;", " = 0".into()),
        Access::ReadOnly => ("sw = r; hw = w;", String::new()),
        Access::Constant(value) => ("sw = r; hw = na;", format!(" = {value:#x}")),
        Access::Pulse => ("sw = w; hw = r; singlepulse;", " = 0".into()),
        Access::WriteOneToClear => ("sw = rw; hw = w; woclr; hwset;", " = 0".into()),
    }
}
