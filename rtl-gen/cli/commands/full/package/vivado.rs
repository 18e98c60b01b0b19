//! A Tcl script that packages the block in Vivado's IP packager.

use super::bus::{Bus, Kind};
use super::contents::{Contents, render};
use super::flow::Flow;
use crate::block::version::VERSION;
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
    // Vivado's versions are MAJOR.MINOR; the rest is the revision.
    let (series, revision) = VERSION.rsplit_once('.').expect("a version has parts");
    context.insert("series", series);
    context.insert("revision", revision);
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
        "In a copy of this folder:\n\n```sh\nvivado -mode batch -source {FILE}\n```\n\nIt writes `component.xml` and `xgui` there, and the \
         copy is then an IP repository; in this folder, `gen-rtl package` would need `--force` to renew the package. Only ports named \
         `s_axi*`, `m_axi*`, `s_axis_*` and `m_axis_*` become interfaces, beside clock and reset. The script was checked with stand-ins for \
         Vivado's commands, and never run in Vivado.\n"
    )
}
