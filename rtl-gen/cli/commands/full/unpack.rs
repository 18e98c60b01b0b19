//! `gen-rtl unpack`: the weights that packed words represent.

use crate::commands::full::shared::{Yardsticks, print_sizes};
use crate::files::place;
use crate::terminal::error::{Error, Outcome};
use crate::weights::int8::Int8;
use crate::weights::kind::Kind;
use crate::weights::{packed, write_int8};
use blocks::meadow::packing;
use clap::Args;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// Unpack weights that `gen-rtl pack` packed
///
/// Of a file for the PacQ datapath: writes a .safetensors file with `codes` and `weights` (inputs x outputs; a weight is exactly (code - zero) x scale),
/// `scales` and `zeros`. `gen-rtl pack` restores the same packed file from it.
///
/// Of a container of int8 weights (.wpak, from --scheme): writes the matrix as .npy, bit for bit as it was packed, and
/// prints the container's size, as `pack` does.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl unpack layer.safetensors --out codes.safetensors
  gen-rtl unpack layer.wpak --out int8.npy
  gen-rtl unpack layer.wpak --compare-zstd --out int8.npy

Exit status: 0 done; 2 wrong usage, or a file is wrong; 130 Ctrl-C.")]
pub struct Unpack {
    /// The packed weights
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write into this file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Of a container: also print the size that zstd -19 makes of the weights; slow, about 2 MB/s
    #[arg(long)]
    compare_zstd: bool,
}

impl Unpack {
    /// Unpacks.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        place::refuse_input("--out", &self.out, &[&self.file])?;
        let named = |written| place::refuse_other_format("--out", &self.out, written);
        match Kind::of(&self.file)? {
            Kind::Container => named("npy").and_then(|()| self.unpack_lossless(out)),
            Kind::Folder
            | Kind::Safetensors
            | Kind::Npy
            | Kind::Gguf
            | Kind::Json
            | Kind::Zip
            | Kind::Pickle
            | Kind::Hdf5
            | Kind::Unknown => {
                named("safetensors")?;
                self.refuse_comparison()?;
                packed::read(&self.file)?.write_codes(&self.out)?;
                writeln!(out, "{}", self.out.display())?;
                Ok(Outcome::Done)
            }
        }
    }

    fn refuse_comparison(&self) -> Result<(), Error> {
        match self.compare_zstd {
            true => Err(Error::new(format!(
                "--compare-zstd is for containers of int8 weights (.wpak): {} is none",
                self.file.display()
            ))),
            false => Ok(()),
        }
    }

    fn unpack_lossless(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let path = self.file.display();
        let bytes = fs::read(&self.file).map_err(|error| Error::io(format!("read {path}"), error))?;
        let (header, stream) = packing::unpack(&bytes)
            .map_err(|fault| Error::new(format!("{path} cannot be unpacked: {fault}")))?;
        let (rows, columns) = header.shape.in_memory();
        let matrix = Int8 { rows, columns, values: header.shape.matrix(stream) };
        let yardsticks = Yardsticks::of(&matrix.values, self.compare_zstd)?;
        write_int8(&self.out, &matrix)?;
        writeln!(
            out,
            "{}: {rows} x {columns} int8 weights, from {}",
            self.out.display(),
            header.scheme.name()
        )?;
        print_sizes(&header, &yardsticks, out)?;
        Ok(Outcome::Done)
    }
}
