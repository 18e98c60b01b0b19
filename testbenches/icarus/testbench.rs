//! The text of a self-checking testbench.

use super::vectors::Layout;
use crate::{ToolError, Trace, VerilogDesign};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use tera::{Context, Tera};

const TEMPLATE: &str = include_str!("testbench.v.tera");

/// Names that the testbench uses besides the ports', in the order of the template.
const OWN_NAMES: &[&str] =
    &["CYCLES", "SHOWN", "lines", "line", "cycle", "mismatches", "checked", "dut", "compare"];

/// The name of a testbench, and how much it prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Name of the testbench's module, and of its files without `.v` and `.hex`.
    pub name: String,
    /// Number of mismatches that are printed; all are counted.
    pub shown: usize,
}

impl Style {
    /// The top module's name with `_tb`, and ten mismatches.
    pub fn of(design: &VerilogDesign) -> Style {
        let taken = design.file_names().filter_map(|name| name.strip_suffix(".v")).map(String::from);
        Style { name: unused(&format!("{}_tb", design.top), &mut taken.collect()), shown: 10 }
    }
}

/// A testbench that needs nothing but the design's files and a Verilog simulator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedTestbench {
    /// Name of the Verilog file.
    pub file: String,
    /// Verilog-2005.
    pub verilog: String,
    /// Files read by `$readmemh`: name and text.
    pub memory_files: Vec<(String, String)>,
}

/// Generates the testbench that repeats `trace` on `design`, whose ports must be the trace's.
pub fn testbench(
    design: &VerilogDesign,
    trace: &Trace,
    style: &Style,
) -> Result<GeneratedTestbench, ToolError> {
    let invalid = |reason: &str| ToolError::Design { top: design.top.clone(), reason: reason.into() };
    if trace.ports() != design.ports {
        return Err(invalid("the trace belongs to a design with other ports"));
    }
    if trace.cycles() == 0 {
        return Err(invalid("the trace has no cycles"));
    }
    let layout = Layout::new(design);
    let memory = format!("{}.hex", style.name);
    let context = context(design, trace, style, &layout, &memory);
    let verilog = Tera::one_off(TEMPLATE, &context, false).expect("the template has a value for every name");
    Ok(GeneratedTestbench {
        file: format!("{}.v", style.name),
        verilog,
        memory_files: vec![(memory, layout.memory(trace))],
    })
}

/// An output or input as the template writes it.
#[derive(Serialize)]
struct PortText<'a> {
    name: &'a str,
    width: u32,
    /// Declared range, `[7:0] ` or nothing.
    range: String,
    /// Its bits in a line.
    field: String,
    /// Name of the expected value.
    expected: String,
    /// Name of the flag.
    strict: String,
}

fn context(design: &VerilogDesign, trace: &Trace, style: &Style, layout: &Layout, memory: &str) -> Context {
    let connected: Vec<&String> =
        design.clock.iter().chain(design.ports.iter().map(|port| &port.name)).collect();
    let mut taken: HashSet<String> = connected.iter().map(|name| name.to_string()).collect();
    taken.insert(design.top.clone());
    let own: BTreeMap<&str, String> =
        OWN_NAMES.iter().map(|name| (*name, unused(name, &mut taken))).collect();
    let mut text = |index: usize| -> PortText {
        let port = &design.ports[index];
        let (low, high) = (layout.low[index], layout.low[index] + port.width - 1);
        let is_vector = port.width > 1;
        PortText {
            name: &port.name,
            width: port.width,
            range: if is_vector { format!("[{}:0] ", port.width - 1) } else { String::new() },
            field: if is_vector { format!("[{high}:{low}]") } else { format!("[{low}]") },
            expected: unused(&format!("expected_{}", port.name), &mut taken),
            strict: unused(&format!("strict_{}", port.name), &mut taken),
        }
    };
    let inputs: Vec<PortText> = design.inputs().map(|(index, _)| text(index)).collect();
    let outputs: Vec<PortText> = design.outputs().map(|(index, _)| text(index)).collect();
    let mut context = Context::new();
    context.insert("top", &design.top);
    context.insert("name", &style.name);
    context.insert("files", &design.file_names().collect::<Vec<_>>().join(" "));
    context.insert("memory", memory);
    context.insert("cycles", &trace.cycles());
    context.insert("checked", &trace.checked_values());
    context.insert("shown", &style.shown);
    context.insert("width", &layout.width);
    context.insert("clock", &design.clock);
    context.insert("own", &own);
    context.insert("inputs", &inputs);
    context.insert("outputs", &outputs);
    context.insert("connected", &connected);
    context
}

/// The name, with as many `_` appended as needed to differ from those taken, which it then joins.
fn unused(name: &str, taken: &mut HashSet<String>) -> String {
    let mut name = name.to_string();
    while taken.contains(&name) {
        name.push('_');
    }
    taken.insert(name.clone());
    name
}
