//! `gen-rtl package`: a block as a folder that other tools take as it is.

mod bender;
mod bus;
mod cocotb;
mod contents;
mod flow;
mod fusesoc;
mod ipxact;
mod litex;
mod readme;
#[cfg(test)]
mod tests;
mod vectors;
mod vivado;

use crate::block::rtl::{self, Rtl};
use crate::block::selection::Selection;
use crate::commands::full::shared::{Named, cases_to_record, one_or_all};
use crate::files::manifest::{Manifest, TestbenchView};
use crate::files::output::Output;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::number;
use blocks::registry::Registry;
use clap::Args;
use contents::{Contents, licensed};
use flow::Flow;
use std::io::Write;
use std::path::Path;
use testbenches::{StandaloneTestbench, standalone_testbench};

/// The default length of the testbenches' run, in cycles.
const DEFAULT_CYCLES: u64 = 1_000;

/// The project's licence.
const LICENSE: &str = include_str!("LICENSE");

/// Write a block as a package for other tools
///
/// The folder has the Verilog, a manifest, a README, the licence, the registers in SystemRDL if there are some, a
/// self-checking Verilog testbench with its vectors, and the files of the tools that are named with --for.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl package softmax
  gen-rtl package pacq_gemm --for fusesoc,cocotb --out ip/pacq_gemm
  mkdir run && cd run && python3 ../build/softmax_package/cocotb_run.py")]
pub struct Package {
    #[command(flatten)]
    selection: Selection,
    /// The tools, separated by commas
    #[arg(long = "for", value_name = "TOOL", value_delimiter = ',', default_value = "all", value_parser = one_or_all(&flow::ALL, |flow| flow.name, |flow| flow.about, "All of them"))]
    flows: Vec<Named<&'static Flow>>,
    /// Number of corner-weighted random cases of the testbenches, 1 to 1000000 [default: those of about 1000 cycles]
    #[arg(long, value_name = "N", value_parser = number::between(1, 1_000_000))]
    vectors: Option<u64>,
    /// Seed of the random cases and stalls
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::seed)]
    seed: u64,
    #[command(flatten)]
    output: Output,
}

impl Package {
    /// Writes the files.
    pub fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        let rtl =
            Rtl::new(self.selection.block(registry)?, &self.selection.parameters, &[], &rtl::options())?;
        let chosen = &rtl.default().chosen;
        let cases = cases_to_record(chosen, self.vectors, DEFAULT_CYCLES)?;
        let bench = standalone_testbench(chosen.configured.as_ref(), cases, self.seed)?;
        let contents = Contents::new(&rtl, &bench, cases, self.seed);
        let files = files(&rtl, &contents, &self.chosen_flows());
        let program = format!("{}.vvp", bench.module);
        let manifest = Manifest::new(&rtl, &files).with_testbench(view(&bench, &contents, &program));
        let name = format!("{}_package", chosen.block.name);
        self.output.write(out, &name, &manifest, &files, |folder: &Path| {
            format!("\nHow to use it: {}\n", folder.join(readme::FILE).display())
        })?;
        Ok(Outcome::Done)
    }

    /// Each flow that is named, once, in the order of the list.
    fn chosen_flows(&self) -> Vec<&'static Flow> {
        let named: Vec<&str> = self.flows.iter().flat_map(|named| &named.0).map(|flow| flow.name).collect();
        flow::ALL.into_iter().filter(|flow| named.contains(&flow.name)).collect()
    }
}

fn view<'a>(bench: &'a StandaloneTestbench, contents: &Contents, program: &'a str) -> TestbenchView<'a> {
    TestbenchView {
        module: &bench.module,
        vectors: contents.cases,
        seed: contents.seed,
        cycles: bench.cycles,
        checked_values: bench.checked_values,
        program,
    }
}

/// Every file of a package but the manifest, as name and text.
fn files(rtl: &Rtl, contents: &Contents, flows: &[&'static Flow]) -> Vec<(String, String)> {
    let verilog = rtl.files.iter().chain(&contents.bench.files).cloned().chain(rtl.register_maps());
    let mut files: Vec<(String, String)> =
        verilog.map(|(name, text)| (name, licensed("//", &text))).collect();
    files.push(("LICENSE".into(), LICENSE.into()));
    files.push(readme::file(contents, flows));
    files.extend(flows.iter().flat_map(|flow| (flow.files)(contents)));
    files
}
