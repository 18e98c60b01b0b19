//! `gen-rtl pack`: weights to words, scales and zero points.

use super::file::{self, Tensors};
use super::layouts::Layout;
use super::{npy, packed};
use crate::error::{Error, Outcome};
use blocks::pacq::weights::{Quantised, Scheme};
use clap::{Args, value_parser};
use half::{bf16, f16};
use safetensors::Dtype;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Pack a weight matrix for the PacQ datapath
///
/// Reads the weights of a linear layer, a row for each output as frameworks keep them (--transposed: a row for each input),
/// from a .npy or a .safetensors file. They are quantised to nearest, ties to even, with a scale and a zero point for each
/// group, unless the file holds codes already: those that `gen-rtl unpack` wrote, or that others packed (--from). Writes
/// a .safetensors file with `words` (inputs x words, the first output in the lowest bits), `scales` and `zeros` (groups).
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl pack layer.npy --out layer.safetensors
  gen-rtl pack model.safetensors --tensor layers.0.q_proj.weight --group 32 --group-n 4 --out q.safetensors
  gen-rtl pack awq.safetensors --from awq --tensor layers.0.q_proj --out q.safetensors

Exit status: 0 done; 2 wrong usage, or a file is wrong; 130 Ctrl-C.")]
pub struct Pack {
    /// The weights, .npy or .safetensors
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write into this file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The tensor of a .safetensors file; with --from what its names begin with
    #[arg(long, value_name = "NAME")]
    tensor: Option<String>,
    /// Bits of a weight
    #[arg(long, value_name = "BITS", default_value_t = 4, value_parser = value_parser!(u32).range(2..=4))]
    bits: u32,
    /// Inputs that share a scale: 32, 64, 128 or any multiple of 16; 0: all
    #[arg(long, value_name = "N", default_value_t = 128)]
    group: usize,
    /// Outputs that share a scale: 1 or 4
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = value_parser!(u32).range(1..=4))]
    group_n: u32,
    /// The file has a row for each input
    #[arg(long)]
    transposed: bool,
    /// The file holds 4-bit codes in this layout: tensors qweight, qzeros and scales
    #[arg(long, value_enum, value_name = "LAYOUT", conflicts_with_all = ["bits", "group", "group_n", "transposed"])]
    from: Option<Layout>,
}

impl Pack {
    /// Packs, and says what there is.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        if self.bits == 3 {
            return Err(Error::new("--bits cannot be 3: a word is to hold as many weights of 2 or 4 bits"));
        }
        if !matches!(self.group_n, 1 | 4) {
            return Err(Error::new(format!("--group-n cannot be {}: it is 1 or 4", self.group_n)));
        }
        if !self.group.is_multiple_of(16) {
            let refused =
                Error::new(format!("--group cannot be {}: the hardware has groups of tiles", self.group));
            return Err(refused.help("give a multiple of 16, or 0 for all inputs"));
        }
        let quantised = self.quantised()?;
        packed::write(&self.out, &quantised)?;
        let Scheme { k, n, weight_bits, group_k, group_n } = quantised.scheme;
        writeln!(
            out,
            "{}: {k} inputs x {n} outputs in {weight_bits} bits, a scale for {group_k} x {group_n}",
            self.out.display()
        )?;
        Ok(Outcome::Done)
    }

    fn quantised(&self) -> Result<Quantised, Error> {
        if self.file.extension().is_some_and(|extension| extension == "npy") {
            if self.from.is_some() || self.tensor.is_some() {
                return Err(Error::new("--from and --tensor are for .safetensors files"));
            }
            let npy::Matrix { rows, columns, values } = npy::read(&self.file)?;
            return self.quantise(rows, columns, &values, &self.file.display().to_string());
        }
        let bytes = file::read(&self.file)?;
        let tensors = Tensors::open(&self.file, &bytes)?;
        if let Some(layout) = self.from {
            let quantised = layout.read(&tensors, self.tensor.as_deref().unwrap_or_default())?;
            return whole_tiles(quantised, &self.file);
        }
        if let Some(scheme) = packed::scheme(&self.file, &bytes)?.filter(|_| tensors.has("codes")) {
            return packed::read_codes(&tensors, scheme);
        }
        let name = self.tensor.clone().map_or_else(|| tensors.only(), Ok)?;
        let (matrix, dtype) = tensors.matrix(&name, &[Dtype::F16, Dtype::BF16, Dtype::F32])?;
        let values: Vec<f64> = match dtype {
            Dtype::F16 => matrix.u16s().into_iter().map(|bits| f16::from_bits(bits).into()).collect(),
            Dtype::BF16 => matrix.u16s().into_iter().map(|bits| bf16::from_bits(bits).into()).collect(),
            _ => matrix.u32s().into_iter().map(|bits| f32::from_bits(bits).into()).collect(),
        };
        let what = format!("tensor `{name}` of {}", self.file.display());
        if values.is_empty() {
            return Err(Error::new(format!("{what} is empty")));
        }
        self.quantise(matrix.rows, matrix.columns, &values, &what)
    }

    fn quantise(&self, rows: usize, columns: usize, values: &[f64], what: &str) -> Result<Quantised, Error> {
        let (k, n) = if self.transposed { (rows, columns) } else { (columns, rows) };
        let group_k = if self.group == 0 { k } else { self.group.min(k) };
        let scheme = Scheme { k, n, weight_bits: self.bits, group_k, group_n: self.group_n as usize };
        let weight = |row: usize, column: usize| match self.transposed {
            true => values[row * columns + column],
            false => values[column * columns + row],
        };
        Quantised::of(scheme, weight).map_err(|error| Error::new(format!("{what}: {error}")))
    }
}

/// The hardware has groups of whole tiles.
fn whole_tiles(quantised: Quantised, file: &Path) -> Result<Quantised, Error> {
    let Scheme { k, group_k, .. } = quantised.scheme;
    match group_k == k || group_k.is_multiple_of(16) {
        true => Ok(quantised),
        false => Err(Error::new(format!(
            "{} has groups of {group_k} inputs: the hardware has groups of a multiple of 16",
            file.display()
        ))),
    }
}
