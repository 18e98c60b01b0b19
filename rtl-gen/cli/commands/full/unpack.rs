//! `gen-rtl unpack`: the weights that packed words represent.

use crate::files::place;
use crate::terminal::error::{Error, Outcome};
use crate::weights::packed;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Unpack weights that `gen-rtl pack` packed
///
/// Writes a .safetensors file with `codes` and `weights` (inputs x outputs; a weight is exactly (code - zero) x scale),
/// `scales` and `zeros`. `gen-rtl pack` restores the same packed file from it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl unpack layer.safetensors --out codes.safetensors

Exit status: 0 done; 2 wrong usage, or a file is wrong; 130 Ctrl-C.")]
pub struct Unpack {
    /// The packed weights
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write into this file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Unpack {
    /// Unpacks.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        place::refuse_input("--out", &self.out, &[&self.file])?;
        packed::read(&self.file)?.write_codes(&self.out)?;
        writeln!(out, "{}", self.out.display())?;
        Ok(Outcome::Done)
    }
}
