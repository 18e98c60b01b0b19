//! `gen-rtl quantize`: floats to int8.

use crate::files::place;
use crate::terminal::error::{Error, Outcome};
use crate::weights::source::{Source, Weights};
use crate::weights::write::{Tensor, write_tensors};
use crate::weights::{floats::Floats, names};
use blocks::meadow::quantise::{Int8Matrix, Shared, quantise};
use clap::{Args, ValueEnum};
use safetensors::Dtype;
use std::io::Write;
use std::path::PathBuf;

/// The name of the only matrix of a .npy file.
const WEIGHTS: &str = "weights";

/// Quantise weight matrices to int8
///
/// Reads float16, bfloat16, float32 or float64 weights from a .npy, .safetensors or .gguf file, from the index of a model's
/// shards, or from a folder. A weight is its code x scale: the scale is the greatest magnitude / 127, rounded to float32;
/// the code is the weight / scale, rounded to nearest, ties to even, from -127 to 127.
///
/// Writes a .safetensors file with each matrix as int8 under its name, and its float32 scales as NAME.scale: one, or one
/// for each output. `gen-rtl pack --scheme` packs it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl quantize layer.npy --out int8.safetensors
  gen-rtl quantize model.safetensors --all --scale output --out int8.safetensors
  gen-rtl pack int8.safetensors --all --scheme best --out packed

Exit status: 0 done; 2 wrong usage, or a file is wrong; 130 Ctrl-C.")]
pub struct Quantize {
    /// The weights
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write into this file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The matrix
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    tensor: Option<String>,
    /// Quantise every matrix except embeddings
    #[arg(long)]
    all: bool,
    /// Which weights share a scale
    #[arg(long, value_name = "SCALE", default_value = "tensor")]
    scale: Scale,
    /// The matrix has a row for each input, not for each output
    #[arg(long)]
    transposed: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Scale {
    /// All of a matrix
    Tensor,
    /// Those of an output
    Output,
}

/// A quantised matrix and its rows and columns.
struct Done {
    name: String,
    scale_name: String,
    shape: [usize; 2],
    matrix: Int8Matrix,
}

impl Quantize {
    /// Quantises, and prints a line for each matrix.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        place::refuse_input("--out", &self.out, &[&self.file])?;
        place::refuse_other_format("--out", &self.out, "safetensors")?;
        let source = Source::open(&self.file)?;
        let (layers, left) = match (&self.tensor, self.all) {
            (Some(name), _) => (vec![name.clone()], vec![]),
            (None, true) => source.layers(),
            (None, false) => (vec![source.only()?], vec![]),
        };
        if layers.is_empty() {
            return Err(Error::new(format!("{} has no layers", self.file.display())));
        }
        let done: Vec<Done> =
            layers.iter().map(|name| self.quantise(&source, name)).collect::<Result<_, _>>()?;
        let tensors: Vec<Tensor<'_>> = done.iter().flat_map(Done::tensors).collect();
        write_tensors(&self.out, &tensors, "int8", "weight = code x scale".into())?;
        for Done { name, shape: [rows, columns], matrix, .. } in &done {
            let (scales, error) = (matrix.scales.len(), matrix.worst_error);
            writeln!(out, "{name}: {rows} x {columns}, scales: {scales}, worst error {error:.3} steps")?;
        }
        if !left.is_empty() {
            writeln!(out, "  left out: {}", names::first(left.iter().map(String::as_str)))?;
        }
        Ok(Outcome::Done)
    }

    fn quantise(&self, source: &Source, name: &str) -> Result<Done, Error> {
        let what = format!("`{name}` of {}", self.file.display());
        let Weights::Floats(Floats { rows, columns, values }) = source.read(name, None, &mut vec![])? else {
            return Err(Error::new(format!("the weights of {what} are quantised already")));
        };
        let shared = match (self.scale, self.transposed) {
            (Scale::Tensor, _) => Shared::Matrix,
            (Scale::Output, false) => Shared::Row,
            (Scale::Output, true) => Shared::Column,
        };
        let matrix = quantise(rows, columns, shared, |row, column| values.at(row * columns + column))
            .map_err(|error| Error::new(format!("{what}: {error}")))?;
        let name = if name.is_empty() { WEIGHTS } else { name };
        Ok(Done { name: name.into(), scale_name: format!("{name}.scale"), shape: [rows, columns], matrix })
    }
}

impl Done {
    fn tensors(&self) -> [Tensor<'_>; 2] {
        let Int8Matrix { codes, scales, .. } = &self.matrix;
        let data = scales.iter().flat_map(|scale| scale.to_le_bytes()).collect();
        let scales = Tensor { name: &self.scale_name, dtype: Dtype::F32, shape: vec![scales.len()], data };
        let (shape, data) = (self.shape.to_vec(), codes.clone());
        [Tensor { name: &self.name, dtype: Dtype::I8, shape, data }, scales]
    }
}
