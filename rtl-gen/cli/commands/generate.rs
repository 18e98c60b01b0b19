//! The main command: a block as Verilog.

use crate::block::kept;
use crate::block::rtl::{self, Rtl};
use crate::block::selection::{self, Parameters};
use crate::files::manifest::Manifest;
use crate::files::output::Output;
use crate::terminal::error::{Error, Outcome};
use blocks::registry::Registry;
use clap::Args;
use std::io::Write;
use verilog::keep_parameter::KeptParameter;

/// Write a block as Verilog
#[derive(Args)]
pub struct Generate {
    /// The block to generate; `gen-rtl list` lists the blocks
    #[arg(long, value_name = "BLOCK", hide_possible_values = true)]
    block: Option<String>,
    #[command(flatten)]
    parameters: Parameters,
    /// Keep a parameter open, as a Verilog parameter of the top module named in capitals: it selects among the listed
    /// values, which are integers from 0. The first is the default. May be given several times
    #[arg(long, value_name = "NAME=VALUE,VALUE", value_parser = kept::parse)]
    keep_parameter: Vec<KeptParameter>,
    /// Print the Verilog instead of writing files
    #[arg(long, conflicts_with_all = ["out", "force", "json"])]
    stdout: bool,
    /// Annotate the Verilog with the Rust lines that it comes from, as `(* src = "FILE:LINE" *)`
    #[arg(long)]
    src_locators: bool,
    #[command(flatten)]
    output: Output,
}

impl Generate {
    /// Writes the files, or prints them.
    pub fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        let block = selection::find(registry, self.block.as_deref().ok_or_else(no_block)?)?;
        let options = verilog::Options { source_locators: self.src_locators, ..rtl::options() };
        let rtl = Rtl::new(block, &self.parameters, &self.keep_parameter, &options)?;
        if self.stdout {
            rtl.files.iter().try_for_each(|(_, text)| out.write_all(text.as_bytes()))?;
        } else {
            let files = [rtl.files.as_slice(), &rtl.register_maps()].concat();
            let manifest = Manifest::new(&rtl, &files);
            self.output.write(out, block.name, &manifest, &files, |_| String::new())?;
        }
        Ok(Outcome::Done)
    }
}

fn no_block() -> Error {
    Error::new("no block is chosen").help("choose one with --block BLOCK; `gen-rtl list` lists them")
}
