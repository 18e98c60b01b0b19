//! The C interface of a model: C++ that is compiled together with Verilator's classes.

use crate::VerilogDesign;
use hdl::{Direction, Port};

/// Name of the model's class and of the files that Verilator writes; no port has this name in C++.
pub(super) const CLASS: &str = "V__dut";

/// The one translation unit of a model. It includes Verilator's `sources`, so that `eval` is compiled as one piece, and
/// fills a table with the addresses of the clock, if there is one, and of the ports.
pub(super) fn translation_unit(design: &VerilogDesign, sources: &[String]) -> String {
    let includes: String = sources.iter().map(|file| format!("#include \"{file}\"\n")).collect();
    let names = design.clock.iter().chain(design.ports.iter().map(|port| &port.name));
    let table: String = names
        .enumerate()
        .map(|(index, name)| format!("    table[{index}] = &model->dut.{};\n", member(name)))
        .collect();
    format!(
        r#"{includes}
struct Model {{
    VerilatedContext context;
    {CLASS} dut{{&context}};
}};

#define INTERFACE extern "C" __attribute__((visibility("default")))

INTERFACE Model* gen_rtl_new(void** table) {{
    Model* const model = new Model;
{table}    return model;
}}

INTERFACE void gen_rtl_eval(Model* model) {{
    model->dut.eval();
}}

INTERFACE void gen_rtl_delete(Model* model) {{
    delete model;
}}
"#
    )
}

/// Verilator's name for a port: C++ reserves two consecutive underscores.
fn member(port: &str) -> String {
    port.replace("__", "___05F")
}

/// Checks that the model's header declares exactly the design's clock and ports, since they are accessed unchecked.
pub(super) fn check_ports(design: &VerilogDesign, header: &str) -> Result<(), String> {
    let clock =
        design.clock.iter().map(|name| Port { name: name.clone(), width: 1, direction: Direction::Input });
    let mut listed: Vec<String> =
        clock.chain(design.ports.iter().cloned()).map(|port| declaration(&port)).collect();
    let mut declared: Vec<String> = header.lines().filter_map(|line| declared_port(line.trim())).collect();
    listed.sort();
    declared.sort();
    if let Some(extra) = declared.iter().find(|port| !listed.contains(port)) {
        return Err(format!("the Verilog declares {extra}, but the list of ports does not"));
    }
    match listed.iter().find(|port| !declared.contains(port)) {
        Some(missing) => Err(format!("the list of ports has {missing}, but the Verilog does not declare it")),
        None => Ok(()),
    }
}

fn declaration(Port { name, width, direction }: &Port) -> String {
    format!("{direction} `{}` of {width} bits", member(name))
}

/// The port that a line of the header such as `VL_OUTW(&y,64,0,3);` declares.
fn declared_port(line: &str) -> Option<String> {
    let (kind, arguments) = line.strip_prefix("VL_")?.split_once("(&")?;
    let direction = if kind.starts_with("IN") { Direction::Input } else { Direction::Output };
    let mut arguments = arguments.split([',', ')']);
    let name = arguments.next()?.to_string();
    let (high, low): (u32, u32) = (arguments.next()?.parse().ok()?, arguments.next()?.parse().ok()?);
    Some(format!("{direction} `{name}` of {} bits", high - low + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design() -> VerilogDesign {
        let port = |name: &str, width, direction| Port { name: name.into(), width, direction };
        VerilogDesign {
            top: "dut".into(),
            files: Vec::new(),
            ports: vec![port("a__b", 1, Direction::Input), port("y", 65, Direction::Output)],
            clock: Some("clk".into()),
            asynchronous_reset: None,
        }
    }

    #[test]
    fn a_port_that_differs_is_named() {
        let header = "    VL_IN8(&clk,0,0);\n    VL_IN8(&a___05Fb,0,0);\n    VL_OUTW(&y,64,0,3);\n";
        assert_eq!(check_ports(&design(), header), Ok(()));
        let wider = check_ports(&design(), &header.replace("64", "65")).unwrap_err();
        assert_eq!(wider, "the Verilog declares output `y` of 66 bits, but the list of ports does not");
        let fewer = check_ports(&design(), &header.replace("VL_OUTW", "")).unwrap_err();
        assert_eq!(fewer, "the list of ports has output `y` of 65 bits, but the Verilog does not declare it");
    }
}
