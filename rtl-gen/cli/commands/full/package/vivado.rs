//! A Tcl script that packages the block in Vivado's IP packager.

use super::bus::{Bus, Kind};
use super::contents::{Contents, render};
use super::flow::Flow;
use serde::Serialize;

/// Name of the script.
const FILE: &str = "package_ip.tcl";

pub const FLOW: Flow = Flow {
    name: "vivado",
    about: "A Tcl script for Vivado's IP packager; never run, for want of Vivado",
    files,
    usage,
};

/// An interface that Vivado knows.
#[derive(Serialize)]
struct Interface<'a> {
    name: &'a str,
    /// The definition that its port names are matched with.
    definition: &'static str,
}

fn files(contents: &Contents) -> Vec<(String, String)> {
    let mut context = contents.context();
    context.insert("summary", &tcl_text(contents.chosen.block.summary));
    context.insert("interfaces", &contents.buses.iter().filter_map(interface).collect::<Vec<_>>());
    vec![(FILE.into(), render(include_str!("templates/package_ip.tcl.tera"), &context))]
}

fn interface(bus: &Bus) -> Option<Interface<'_>> {
    let definition = match bus.kind {
        Kind::AxiLite | Kind::Axi => "aximm",
        Kind::AxiStream => "axis",
        Kind::Stream => return None,
    };
    Some(Interface { name: &bus.name, definition })
}

/// A text between double quotes, in which Tcl replaces nothing.
fn tcl_text(text: &str) -> String {
    let escaped = text.chars().flat_map(|c| if "\\\"$[]{}".contains(c) { vec!['\\', c] } else { vec![c] });
    format!("\"{}\"", escaped.collect::<String>())
}

fn usage(_contents: &Contents) -> String {
    format!(
        "In this folder:\n\n```sh\nvivado -mode batch -source {FILE}\n```\n\nIt writes `component.xml` here; the folder is then an \
         IP repository. The script was checked with stand-ins for Vivado's commands, and never run in Vivado.\n"
    )
}
