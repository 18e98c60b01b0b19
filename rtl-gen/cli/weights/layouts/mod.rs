//! Layouts of quantised weights.

mod awq;
mod compressed_tensors;
mod find;
mod gptq;
mod mlx;
mod words;

pub use find::{Kind, Layer, find};

use super::coded::Coded;
use super::config::Config;
use super::floats::Values;
use super::tensors::{Matrix, Tensors};
use crate::terminal::error::Error;
use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command, ValueEnum};
use safetensors::Dtype;
use std::ffi::OsStr;
use std::fmt;

/// The supported layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Layout {
    /// AutoGPTQ's `qweight`, `qzeros`, `scales`, `g_idx`; zero points are stored minus one
    Gptq,
    /// The same, with zero points stored unchanged
    #[value(name = "gptq_v2")]
    GptqV2,
    /// AutoAWQ's GEMM: `qweight`, `qzeros`, `scales` along outputs 0 2 4 6 1 3 5 7
    Awq,
    /// vLLM's pack-quantized: `weight_packed`, `weight_scale`, `weight_shape`
    CompressedTensors,
    /// The blocks of llama.cpp's files
    Gguf,
    /// MLX's `weight`, `scales`, `biases`
    Mlx,
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Layout::Gptq => "gptq",
            Layout::GptqV2 => "gptq_v2",
            Layout::Awq => "awq",
            Layout::CompressedTensors => "compressed-tensors",
            Layout::Gguf => "gguf",
            Layout::Mlx => "mlx",
        })
    }
}

/// Parses the argument; a name that an earlier version accepted is answered with its replacements.
#[derive(Clone)]
pub struct LayoutParser;

impl TypedValueParser for LayoutParser {
    type Value = Layout;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Layout, clap::Error> {
        if value == "vllm" {
            let message = "invalid value 'vllm' for '--from <LAYOUT>': vLLM reads several layouts\n\n  \
                           help: use gptq or gptq_v2 for `qweight`, `qzeros` and `scales`, compressed-tensors for \
                           `weight_packed` and `weight_scale`, or leave it out: the tensors tell\n";
            return Err(clap::Error::raw(ErrorKind::InvalidValue, message).with_cmd(command));
        }
        EnumValueParser::<Layout>::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Layout::value_variants().iter().filter_map(ValueEnum::to_possible_value)))
    }
}

/// A layer of a file, with its configuration.
pub struct Source<'s> {
    pub tensors: &'s Tensors,
    /// The common prefix of its tensors' names.
    pub prefix: &'s str,
    pub config: Option<&'s Config>,
    /// The layout given by the user.
    pub from: Option<Layout>,
    /// Assumptions that are reported to the user.
    pub notes: &'s mut Vec<String>,
}

/// Types of scales and offsets.
const FLOATS: [Dtype; 3] = [Dtype::F16, Dtype::BF16, Dtype::F32];

impl Source<'_> {
    /// The name of a tensor of the layer.
    fn name(&self, tensor: &str) -> String {
        match self.prefix {
            "" => tensor.into(),
            prefix => format!("{prefix}.{tensor}"),
        }
    }

    fn has(&self, tensor: &str) -> bool {
        self.tensors.get(&self.name(tensor)).is_some()
    }

    fn wrong(&self, tensor: &str, what: &str) -> Error {
        self.tensors.wrong(&self.name(tensor), what)
    }

    /// Floats of a shape, all of them finite.
    fn floats(&self, tensor: &str, shape: [usize; 2]) -> Result<Vec<f64>, Error> {
        let Matrix { dtype, data, .. } = self.tensors.of_shape(&self.name(tensor), &FLOATS, shape)?;
        let values = Values::of(dtype, data).expect("the type was asked for");
        let values: Vec<f64> = (0..shape[0] * shape[1]).map(|place| values.at(place)).collect();
        match values.iter().position(|value| !value.is_finite()) {
            None => Ok(values),
            Some(place) => {
                let (row, column) = (place / shape[1], place % shape[1]);
                Err(self.wrong(tensor, &format!("that of row {row}, column {column} is {}", values[place])))
            }
        }
    }
}

/// Transposes, from a row for each output to a column for each output.
fn transposed<T: Copy>(values: &[T], rows: usize, columns: usize) -> Vec<T> {
    (0..columns).flat_map(|column| (0..rows).map(move |row| values[row * columns + column])).collect()
}

/// Reads a layer of quantised weights.
pub fn read(kind: Kind, source: &mut Source) -> Result<(Layout, Coded), Error> {
    let layout = match kind {
        Kind::Words => find::layout_of_words(source)?,
        Kind::CompressedTensors => Layout::CompressedTensors,
        Kind::Mlx => Layout::Mlx,
        Kind::Refused(what) => return Err(refused(source, what)),
        Kind::Floats => return Err(Error::new(format!("`{}` holds floats", source.prefix))),
    };
    let is_meant = match source.from {
        None => true,
        Some(Layout::Gptq | Layout::GptqV2) => matches!(layout, Layout::Gptq | Layout::GptqV2),
        Some(from) => from == layout,
    };
    if !is_meant {
        let from = source.from.map(|from| from.to_string()).unwrap_or_default();
        return Err(Error::new(format!(
            "--from {from} does not fit `{}` of {}: its tensors are laid out as {layout}",
            source.prefix,
            source.tensors.path().display()
        )));
    }
    let coded = match layout {
        Layout::Gptq => gptq::read(source, false),
        Layout::GptqV2 => gptq::read(source, true),
        Layout::Awq => awq::read(source),
        Layout::CompressedTensors => compressed_tensors::read(source),
        Layout::Mlx => mlx::read(source),
        Layout::Gguf => Err(Error::new("--from gguf is for .gguf files")),
    }?;
    if source.has("bias") {
        source.notes.push("the layer's `bias` is left out: the datapath adds none".into());
    }
    Ok((layout, coded))
}

fn refused(source: &Source, what: &str) -> Error {
    let path = source.tensors.path().display();
    let layer = match source.prefix {
        "" => format!("{path} is"),
        prefix => format!("`{prefix}` of {path} is"),
    };
    Error::new(format!("{layer} in {what}, which is not supported"))
        .help("supported are floats, and gptq, gptq_v2, awq (GEMM), compressed-tensors (pack-quantized), gguf and mlx")
}
