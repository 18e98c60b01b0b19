//! A core description for FuseSoC, in CAPI2.

use super::contents::{Contents, LIBRARY, quoted, render};
use super::flow::Flow;
use crate::block::version::{GENERATOR, VERSION};

pub const FLOW: Flow = Flow {
    name: "fusesoc",
    about: "A core description for FuseSoC, with targets for lint and simulation",
    files,
    usage,
};

fn files(contents: &Contents) -> Vec<(String, String)> {
    let mut context = contents.context();
    context.insert("description", &quoted(contents.chosen.block.summary));
    vec![(format!("{}.core", contents.top), render(include_str!("templates/fusesoc.core.tera"), &context))]
}

fn usage(contents: &Contents) -> String {
    let name = format!("{GENERATOR}:{LIBRARY}:{}:{VERSION}", contents.top);
    format!(
        "`pip install fusesoc`. In another folder, which gets the `build` folder (or `--build-root`), PACKAGE being this one:\n\n```sh\n\
         fusesoc --cores-root PACKAGE run --target lint {name}  # Verilator\n\
         fusesoc --cores-root PACKAGE run --target sim {name}   # the Verilog testbench, Icarus Verilog\n```\n"
    )
}
