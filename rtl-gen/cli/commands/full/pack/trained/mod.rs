//! `gen-rtl pack --rounding`: rounding that is trained against the output error.

mod block;
mod checkpoint;
mod earlier;
mod layer;
mod train;

use super::layer::Options;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::number::between;
use crate::weights::source::Source;
use clap::{Args, ValueEnum};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The options of `--rounding`.
#[derive(Args)]
#[command(next_help_heading = "Rounding that is trained against the output error")]
pub struct Trained {
    /// How weights are rounded
    #[arg(long, value_name = "ROUNDING", default_value = "nearest", conflicts_with_all = ["all", "scheme"])]
    rounding: Rounding,
    /// The inputs that the error is measured with: a .npy file with a row of activations for each token; for a decoder block also
    /// integers, the ids of tokens, with a sequence in each row
    #[arg(long, value_name = "FILE")]
    calibration: Option<PathBuf>,
    /// Inputs that nothing is trained with: their error is printed too
    #[arg(long, value_name = "FILE")]
    validation: Option<PathBuf>,
    /// Train the seven matrices of this decoder block of a GGUF model together, and write a file for each into the new folder --out
    #[arg(long, value_name = "N", conflicts_with_all = ["tensor", "transposed"])]
    decoder_block: Option<u32>,
    /// Folders of earlier decoder blocks that are packed already: token ids go through these, as they will in the packed model
    #[arg(long, value_name = "FOLDER", num_args = 0.., requires = "decoder_block")]
    earlier: Vec<PathBuf>,
    /// Tokens of a step: a sequence, from position 0, of a decoder block; 1 to 8192 [default: 128]
    #[arg(long, value_name = "N", value_parser = between(1, 8192))]
    sequence: Option<u64>,
    /// Rounds, in each of which more weights are hardened: 1 to 1000 [default: 20]
    #[arg(long, value_name = "N", value_parser = between(1, 1000))]
    rounds: Option<u64>,
    /// Steps of a round: 1 to 1000000 [default: 250]
    #[arg(long, value_name = "N", value_parser = between(1, 1_000_000))]
    steps: Option<u64>,
    /// The learning rate, above 0, at most 1 [default: 0.001]
    #[arg(long, value_name = "RATE", value_parser = learning_rate)]
    learning_rate: Option<f32>,
    /// The seed that chooses the tokens of each step [default: 0]
    #[arg(long, value_name = "SEED", value_parser = crate::terminal::number::seed)]
    seed: Option<u64>,
    /// Go on from OUT.checkpoint, which is written after each round and removed at the end
    #[arg(long)]
    resume: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rounding {
    /// To the nearest code
    Nearest,
    /// Progressive adaptive rounding with tuned scales (TesseraQ)
    Tesseraq,
}

/// What is trained, how, and for which file.
struct Job<'a> {
    source: &'a Source,
    options: &'a Options,
    calibration: &'a Path,
    validation: Option<&'a Path>,
    earlier: &'a [PathBuf],
    sequence: usize,
    training: rounding::Options,
    is_resumed: bool,
    to: &'a Path,
}

fn learning_rate(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(rate) if rate > 0.0 && rate <= 1.0 => Ok(rate),
        _ => Err("expected a number above 0, at most 1".into()),
    }
}

impl Trained {
    /// Whether rounding is trained; its options are refused where it is not.
    pub fn is_asked(&self) -> Result<bool, Error> {
        let given = [
            (self.calibration.is_some(), "--calibration"),
            (self.validation.is_some(), "--validation"),
            (self.decoder_block.is_some(), "--decoder-block"),
            (!self.earlier.is_empty(), "--earlier"),
            (self.sequence.is_some(), "--sequence"),
            (self.rounds.is_some(), "--rounds"),
            (self.steps.is_some(), "--steps"),
            (self.learning_rate.is_some(), "--learning-rate"),
            (self.seed.is_some(), "--seed"),
            (self.resume, "--resume"),
        ];
        match (self.rounding, given.iter().find(|(is_given, _)| *is_given)) {
            (Rounding::Tesseraq, _) => Ok(true),
            (Rounding::Nearest, None) => Ok(false),
            (Rounding::Nearest, Some((_, flag))) => {
                Err(Error::new(format!("{flag} does not apply to --rounding nearest, which trains nothing"))
                    .help("use --rounding tesseraq, or leave it out"))
            }
        }
    }

    /// The files that it reads and `--out` could name; the folders of `--earlier` go with a new folder.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        [&self.calibration, &self.validation].into_iter().flatten().map(PathBuf::as_path)
    }

    /// Whether a folder of files is written, not a file.
    pub fn writes_folder(&self) -> bool {
        self.decoder_block.is_some()
    }

    /// Trains and packs a layer or a block.
    pub fn pack(
        &self,
        source: &Source,
        tensor: Option<&str>,
        options: &Options,
        to: &Path,
        out: &mut dyn Write,
    ) -> Result<Outcome, Error> {
        let Some(calibration) = &self.calibration else {
            return Err(Error::new("--rounding tesseraq needs --calibration FILE: inputs of the layer")
                .help("for a decoder block the file may also have token ids"));
        };
        let job = Job {
            source,
            options,
            calibration,
            validation: self.validation.as_deref(),
            earlier: &self.earlier,
            sequence: self.sequence.unwrap_or(128) as usize,
            training: rounding::Options {
                rounds: self.rounds.unwrap_or(20) as u32,
                steps: self.steps.unwrap_or(250) as u32,
                learning_rate: self.learning_rate.unwrap_or(1e-3),
                seed: self.seed.unwrap_or(0),
            },
            is_resumed: self.resume,
            to,
        };
        match self.decoder_block {
            None => job.pack_layer(tensor, out),
            Some(number) => job.pack_block(number, out),
        }
    }
}
