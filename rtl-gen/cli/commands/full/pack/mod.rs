//! `gen-rtl pack`: weights as words, scales and zero points.

mod all;
#[cfg(test)]
mod fuzz;
mod layer;
mod lossless;
mod trained;

use crate::files::place;
use crate::terminal::error::{Error, Outcome};
use crate::weights::int8::Matrices;
use crate::weights::kind::Kind;
use crate::weights::layouts::{Layout, LayoutParser};
use crate::weights::source::Source;
use blocks::meadow::packing::{self, Rows};
use clap::{Args, value_parser};
use layer::Options;
use lossless::{Job, Lossless};
use std::io::Write;
use std::path::{Path, PathBuf};
use trained::Trained;

/// Pack weight matrices: quantised for the PacQ datapath, or int8 without loss
///
/// Without --scheme: quantises and packs for the PacQ datapath.
///
/// Reads the weights of a linear layer from a .npy, .safetensors or .gguf file, from the index of a model's shards, or
/// from a folder. The matrix has a row for each output, as frameworks store it (with --transposed, a row for each
/// input). Floats are quantised to nearest, ties to even, with a scale and a zero point for each group. Codes in a
/// known layout (gptq, gptq_v2, awq, compressed-tensors, gguf, mlx), or from `gen-rtl unpack`, are packed unchanged.
/// Weights that the datapath cannot represent exactly are refused, or quantised again with --requantise. Any assumption
/// that the files do not confirm is printed.
///
/// Writes a .safetensors file with `words` (inputs x words, the first output in the lowest bits), `scales` and `zeros`
/// (one for each group). Layers in act-order also get `order`, the input of each row.
///
/// With --rounding tesseraq: trains the rounding of a layer, or of a whole decoder block, so that its outputs for the inputs in
/// --calibration change least (TesseraQ, arXiv 2410.19103). Prints the error of the outputs beside that of rounding to nearest and
/// of activation-aware scaling. After each round the state is kept in OUT.checkpoint: after Ctrl-C, --resume goes on from there.
///
/// With --scheme: packs weights that are int8 already, without loss, for `weight_unpacker`. Reads .npy and .safetensors,
/// and writes a container (.wpak), which is never larger than that of `raw`. Prints its size, with header, tables and
/// padding, beside the order-0 entropy of the weights; with --compare-zstd also beside what zstd -19 makes of them.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl pack layer.npy --out layer.safetensors
  gen-rtl pack model.safetensors --tensor layers.0.q_proj.weight \\
      --group 32 --group-n 4 --out q.safetensors
  gen-rtl pack gptq.safetensors --from gptq --tensor layers.0.q_proj \\
      --out q.safetensors
  gen-rtl pack model.gguf --all --requantise --out packed
  gen-rtl pack folder-of-a-model --out packed
  gen-rtl pack layer.npy --bits 2 --group 64 --rounding tesseraq \\
      --calibration tokens.npy --out layer.safetensors
  gen-rtl pack model.gguf --requantise --bits 2 --rounding tesseraq \\
      --decoder-block 5 --calibration ids.npy --out block5
  gen-rtl pack int8.npy --scheme best --out layer.wpak
  gen-rtl pack int8.npy --scheme best --compare-zstd --out layer.wpak
  gen-rtl pack int8.safetensors --all --scheme huffman --lanes 32 --out packed

Exit status: 0 done; 2 wrong usage, or a file is wrong; 130 Ctrl-C.")]
pub struct Pack {
    /// The weights: .npy, .safetensors, .gguf, an index of shards (.safetensors.index.json), or a folder
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write into this file; with --all, or if FILE is a folder or an index, write one file per layer into this new
    /// folder
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The layer: the name of a tensor, or the common prefix of its tensors' names
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    tensor: Option<String>,
    /// Pack every layer: the quantised ones or, if there are none, all matrices except embeddings
    #[arg(long)]
    all: bool,
    /// Bits of a weight: 2, 3 or 4; 3 are stored as 4 [default: 4]
    #[arg(long, value_name = "BITS", value_parser = value_parser!(u32).range(2..=4))]
    bits: Option<u32>,
    /// Inputs that share a scale: a multiple of 16, such as 32, 64 or 128; 0 for all [default: 128, or as in the file]
    #[arg(long, value_name = "N")]
    group: Option<usize>,
    /// Outputs that share a scale: 1 or 4 [default: 1]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=4))]
    group_n: Option<u32>,
    /// The matrix has a row for each input
    #[arg(long)]
    transposed: bool,
    /// The layout of quantised weights [default: detected from the tensors and the files beside them]
    #[arg(long, value_name = "LAYOUT", value_parser = LayoutParser, conflicts_with = "transposed")]
    from: Option<Layout>,
    /// If the datapath cannot represent codes or scales, round them or quantise the weights again
    #[arg(long)]
    requantise: bool,
    #[command(flatten)]
    trained: Box<Trained>,
    #[command(flatten)]
    lossless: Lossless,
}

impl Pack {
    /// Packs, and prints a summary.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let inputs: Vec<&Path> = [self.file.as_path()].into_iter().chain(self.trained.files()).collect();
        place::refuse_input("--out", &self.out, &inputs)?;
        let is_many = matches!(Kind::of(&self.file)?, Kind::Folder | Kind::Json);
        let packs_all = self.all || is_many && self.tensor.is_none();
        let lossless = self.lossless.options();
        let is_trained = self.trained.is_asked()?;
        if !packs_all && !self.trained.writes_folder() {
            let written = if lossless.is_some() { "wpak" } else { "safetensors" };
            place::refuse_other_format("--out", &self.out, written)?;
        }
        match lossless {
            Some(options) => self.pack_lossless(&options, packs_all, out),
            None if is_trained => self.train(out),
            None => self.quantise(packs_all, out),
        }
    }

    fn pack_lossless(
        &self,
        options: &packing::Options,
        packs_all: bool,
        out: &mut dyn Write,
    ) -> Result<Outcome, Error> {
        let matrices = Matrices::open(&self.file)?;
        self.refuse_choice(matches!(matrices, Matrices::Npy(_)))?;
        let rows = if self.transposed { Rows::Inputs } else { Rows::Outputs };
        let compares_zstd = self.lossless.compare_zstd;
        let job = Job { matrices, options, rows, compares_zstd, to: &self.out };
        if packs_all { job.pack_all(out) } else { job.pack(self.tensor.as_deref(), out) }
    }

    /// Refuses a choice among matrices where there is one.
    fn refuse_choice(&self, is_one: bool) -> Result<(), Error> {
        match is_one && (self.tensor.is_some() || self.all) {
            true => Err(Error::new(format!(
                "{} holds one matrix: --tensor and --all are for files with several",
                self.file.display()
            ))),
            false => Ok(()),
        }
    }

    fn train(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let source = Source::open(&self.file)?;
        self.refuse_choice(matches!(source, Source::Npy(_) | Source::Codes(..)))?;
        self.trained.pack(&source, self.tensor.as_deref(), &self.options()?, &self.out, out)
    }

    fn quantise(&self, packs_all: bool, out: &mut dyn Write) -> Result<Outcome, Error> {
        let options = self.options()?;
        let source = Source::open(&self.file)?;
        self.refuse_choice(matches!(source, Source::Npy(_) | Source::Codes(..)))?;
        if packs_all {
            return all::pack(&source, &options, &self.out, out);
        }
        let name = self.tensor.clone().map_or_else(|| source.only(), Ok)?;
        let mut notes = vec![];
        let weights = source.read(&name, self.from, &mut notes)?;
        let what = shown(&name, &self.file);
        options.refuse_for(&weights, &what, true)?;
        let layer = layer::pack(weights, &options, &what)?;
        layer.packed.write(&self.out)?;
        writeln!(out, "{}: {}", self.out.display(), layer.summary())?;
        notes.into_iter().chain(layer.notes).try_for_each(|note| writeln!(out, "  {note}"))?;
        writeln!(out, "  {}", layer.error)?;
        Ok(Outcome::Done)
    }

    fn options(&self) -> Result<Options, Error> {
        if let Some(group_n @ (2 | 3)) = self.group_n {
            return Err(Error::new(format!("--group-n cannot be {group_n}: legal values are 1 and 4")));
        }
        if let Some(group) = self.group.filter(|group| !group.is_multiple_of(16)) {
            let refused = Error::new(format!(
                "--group cannot be {group}: a group must be a multiple of 16 inputs, the size of a tile"
            ));
            return Err(refused.help("use a multiple of 16, or 0 for one group of all inputs"));
        }
        Ok(Options {
            bits: self.bits,
            group: self.group,
            group_n: self.group_n,
            transposed: self.transposed,
            from: self.from,
            requantise: self.requantise,
        })
    }
}

/// A layer in messages: the only one of a file has no name.
fn shown(name: &str, path: &Path) -> String {
    match name {
        "" => path.display().to_string(),
        _ => format!("`{name}` of {}", path.display()),
    }
}
