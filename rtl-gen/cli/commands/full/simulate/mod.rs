//! `gen-rtl simulate`: work from files through the RTL.

mod list;
mod network;
mod product;

use crate::block::selection::Parameters;
use crate::commands::full::shared::{Files, Work};
use crate::terminal::error::{Error, Outcome};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args};
use std::io::Write;
use std::path::PathBuf;
use testbenches::SimulatorKind;
use testbenches::simulators::{self, BUILTIN, Drive};

/// Run a matrix product, a transformer layer or a spiking network through the RTL
///
/// --a and --b: multiplies activations by packed weights on the RTL of pacq_gemm, with input streams that never stall.
///
/// --memory and --list: fills the memory of meadow_decoder_layer, runs the list of steps at that address, and reads the
/// memory. `memory_words` follows from the file; --set memory_rate=40 and memory_latency=30 make the memory a slow one.
///
/// --snn and --input: runs a spiking network, layer by layer, on the RTL of loas_array, and prints the cycles of each layer, the
/// predictions and, with --labels, how many are right. The page of this command says how a network is described.
///
/// Every result is compared with the golden model, bit by bit.
#[derive(Args)]
#[command(
    group = ArgGroup::new("work").args(["a", "memory", "snn"]).required(true),
    after_help = "\
Examples:
  gen-rtl pack layer.npy --out layer.safetensors
  gen-rtl simulate --a tokens.npy --b layer.safetensors \\
      --simulator verilator --out results.npy
  gen-rtl simulate --memory layer.bin --list 0x1000 \\
      --set d_head=32 --set tokens=8 --simulator verilator --out after.bin
  gen-rtl simulate --snn rtl-gen/reports/snn/mnist \\
      --input rtl-gen/reports/snn/mnist/digits.npy \\
      --labels rtl-gen/reports/snn/mnist/labels.npy
  gen-rtl simulate --snn model.nir --input spikes.npy --set weight_bits=10

Exit status: 0 every result agrees; 1 one differs; 2 wrong usage, or a file is wrong; 130 Ctrl-C."
)]
pub struct Simulate {
    #[command(flatten)]
    parameters: Parameters,
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    network: network::Options,
    /// The simulator to run
    #[arg(long, default_value = BUILTIN.name, value_parser = parser())]
    simulator: Drive,
    /// Write the RTL's results into this file: .npy for a product, all bytes of the memory for a
    /// list, .npy with the outputs of each sample for a network. It is written
    /// only if they agree with the golden model
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
    /// Does the work and compares the results.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        if let Some(work) = self.network.work() {
            return self.network(&work, out);
        }
        match self.files.work()? {
            Work::Product(matrices) => self.product(&matrices, out),
            Work::List(image) => self.list(&image, out),
        }
    }
}
