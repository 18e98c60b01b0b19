//! The commands of the feature `full`: they simulate, synthesise, report, and read weights.

mod board;
mod error;
mod model;
mod mutate;
mod pack;
mod package;
mod quantize;
mod report;
mod shared;
mod simulate;
mod sweep;
mod synth;
mod testbench;
mod unpack;
mod verify;

use crate::terminal::error::{Error, Outcome};
use blocks::registry::Registry;
use clap::Subcommand;
use std::io::Write;

/// A command of full builds only; [`not_built`](crate::commands::not_built) lists these commands in other builds.
#[derive(Subcommand)]
#[allow(missing_docs, reason = "it would be the help of the commands, which have it themselves")]
pub enum Command {
    Verify(verify::Verify),
    Model(model::Model),
    Testbench(testbench::Testbench),
    Package(package::Package),
    Mutate(mutate::Mutate),
    Report(report::Report),
    Synth(synth::Synth),
    Sweep(sweep::Sweep),
    Board(board::Board),
    Quantize(quantize::Quantize),
    Pack(pack::Pack),
    Unpack(unpack::Unpack),
    Simulate(simulate::Simulate),
}

impl Command {
    /// Runs the command.
    pub fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        match self {
            Command::Verify(verify) => verify.run(registry, out),
            Command::Model(model) => model.run(registry, out),
            Command::Testbench(testbench) => testbench.run(registry, out),
            Command::Package(package) => package.run(registry, out),
            Command::Mutate(mutate) => mutate.run(registry, out),
            Command::Report(report) => report.run(out),
            Command::Synth(synth) => synth.run(registry, out),
            Command::Sweep(sweep) => sweep.run(registry, out),
            Command::Board(board) => board.run(registry, out),
            Command::Quantize(quantize) => quantize.run(out),
            Command::Pack(pack) => pack.run(out),
            Command::Unpack(unpack) => unpack.run(out),
            Command::Simulate(simulate) => simulate.run(out),
        }
    }
}
