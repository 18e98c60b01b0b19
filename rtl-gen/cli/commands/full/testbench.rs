//! `gen-rtl testbench`: a testbench for users who have only a Verilog simulator.

use crate::block::rtl::{self, Rtl};
use crate::block::selection::Selection;
use crate::commands::full::shared::cases_to_record;
use crate::files::manifest::{Manifest, TestbenchView};
use crate::files::output::Output;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::number;
use blocks::registry::Registry;
use clap::Args;
use std::io::Write;
use std::path::Path;
use testbenches::standalone_testbench;

/// The default length of a run, in cycles, if the number of cases is not given.
const DEFAULT_CYCLES: u64 = 10_000;

/// Write a self-checking Verilog testbench, with its vectors and the block
///
/// The testbench needs only a Verilog simulator, such as Icarus Verilog. Its expected outputs come from the golden
/// model. Prints the commands that compile and run it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl testbench pacq_mul
  gen-rtl testbench pacq_mul --set flow=ready_valid --vectors 50000 --out bench")]
pub struct Testbench {
    #[command(flatten)]
    selection: Selection,
    /// Number of corner-weighted random cases, 1 to 1000000 [default: 10000, fewer if a case takes many cycles]
    #[arg(long, value_name = "N", value_parser = number::between(1, 1_000_000))]
    vectors: Option<u64>,
    /// Seed of the random cases and stalls
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::seed)]
    seed: u64,
    #[command(flatten)]
    output: Output,
}

impl Testbench {
    /// Writes the files.
    pub fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        let rtl =
            Rtl::new(self.selection.block(registry)?, &self.selection.parameters, &[], &rtl::options())?;
        let chosen = &rtl.default().chosen;
        let vectors = cases_to_record(chosen, self.vectors, DEFAULT_CYCLES)?;
        let bench = standalone_testbench(chosen.configured.as_ref(), vectors, self.seed)?;
        let files = [bench.files.as_slice(), &rtl.files].concat();
        let program = format!("{}.vvp", bench.module);
        let view = TestbenchView {
            module: &bench.module,
            vectors,
            seed: self.seed,
            cycles: bench.cycles,
            checked_values: bench.checked_values,
            program: &program,
        };
        let manifest = Manifest::new(&rtl, &files).with_testbench(view);
        let name = format!("{}_testbench", chosen.block.name);
        let how_to_run = |folder: &Path| {
            let compile = compile_command(&bench.module, &program, &files);
            format!("\nRun it:\n  cd {}\n  {compile}\n  vvp -N {program}\n", quoted(folder))
        };
        self.output.write(out, &name, &manifest, &files, how_to_run)?;
        Ok(Outcome::Done)
    }
}

fn compile_command(module: &str, program: &str, files: &[(String, String)]) -> String {
    let sources = files.iter().map(|(name, _)| name.as_str()).filter(|name| name.ends_with(".v"));
    format!("iverilog -g2005 -s {module} -o {program} {}", sources.collect::<Vec<_>>().join(" "))
}

/// Quoted for a shell.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c));
    if is_plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
