//! `gen-rtl simulate`: a matrix product through the RTL.

use crate::block::selection::Parameters;
use crate::commands::full::shared::Matrices;
use crate::files::place;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use indicatif::HumanCount;
use reports::pacq::gemm;
use std::io::Write;
use std::path::PathBuf;
use testbenches::SimulatorKind;
use testbenches::simulators::{self, BUILTIN, Drive};

/// Run a matrix product through the RTL of pacq_gemm
///
/// Multiplies activations by packed weights on the simulated hardware, with input streams that never stall, and
/// compares every result with the golden model, bit by bit.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl pack layer.npy --out layer.safetensors
  gen-rtl simulate --a tokens.npy --b layer.safetensors \\
      --simulator verilator --out results.npy

Exit status: 0 every result agrees; 1 one differs; 2 wrong usage, or a file is wrong; 130 Ctrl-C.")]
pub struct Simulate {
    #[command(flatten)]
    parameters: Parameters,
    #[command(flatten)]
    matrices: Matrices,
    /// The simulator to run
    #[arg(long, default_value = BUILTIN.name, value_parser = parser())]
    simulator: Drive,
    /// Write the RTL's results into this .npy file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The simulators that the testbench can drive from Rust.
fn driven() -> impl Iterator<Item = (&'static SimulatorKind, Drive)> {
    simulators::ALL.into_iter().filter_map(|kind| Some((kind, kind.drive?)))
}

fn parser() -> impl TypedValueParser<Value = Drive> {
    let values = driven().map(|(kind, _)| PossibleValue::new(kind.name).help(kind.about));
    PossibleValuesParser::new(values).map(|name| {
        let named = driven().find(|(kind, _)| kind.name == name);
        named.expect("it is one of the names").1
    })
}

impl Simulate {
    /// Runs the product and compares the results.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        if let Some(out) = &self.out {
            place::refuse_input("--out", out, &[&self.matrices.a, &self.matrices.b])?;
            place::refuse_other_format("--out", out, "npy")?;
        }
        let loaded = self.matrices.load(&self.parameters)?;
        let product = loaded.product();
        let bar = Bar::default();
        let run = interrupt::orderly(|| gemm::run(&loaded.params, &product, self.simulator, &bar));
        let run = run?;
        let expected = loaded.results(&bar);
        drop(bar);
        let sizes = product.sizes();
        writeln!(
            out,
            "{} x {} x {}: {} products in {} cycles, {:.1} % of the tile's {} per cycle",
            sizes.m,
            sizes.k,
            sizes.n,
            HumanCount(run.products),
            HumanCount(run.cycles),
            100.0 * run.utilisation(),
            run.peak
        )?;
        let wrong = run.results.iter().zip(&expected).filter(|(found, expected)| found != expected).count();
        if let Some(place) = run.results.iter().zip(&expected).position(|(found, expected)| found != expected)
        {
            let (row, column) = (place / sizes.n as usize, place % sizes.n as usize);
            writeln!(
                out,
                "{wrong} of {} results differ from the golden model, the first in row {row}, column {column}: {:08x}, \
                 expected {:08x}",
                expected.len(),
                run.results[place],
                expected[place]
            )?;
            return Ok(Outcome::CheckFailed);
        }
        writeln!(out, "all {} results agree with the golden model", HumanCount(expected.len() as u64))?;
        if let Some(path) = &self.out {
            loaded.write(path, &run.results)?;
        }
        Ok(Outcome::Done)
    }
}
