//! `gen-rtl model`: the golden model as a filter of JSON lines.

mod beats;

use crate::block::selection::Selection;
use crate::commands::full::shared::{Files, Image, Matrices, Work};
use crate::files::{folder, place};
use crate::terminal::error::{Error, Outcome};
use crate::terminal::progress::Bar;
use beats::LineError;
use blocks::meadow::meadow_decoder_layer;
use blocks::pacq::pacq_gemm;
use blocks::registry::Registry;
use clap::Args;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// Print a block's expected outputs for given inputs
///
/// Reads JSON lines, each of them one beat of an input channel: an object with a string of hexadecimal digits for each
/// field. Prints one line for each beat that the block answers; `null` marks a field whose value is not specified. If a
/// block has several input (or output) channels, a line is `{"CHANNEL": {"FIELD": "HEX", ...}}`.
///
/// With --a, --b and --out, `pacq_gemm` multiplies matrices from files instead. With --memory, --list and --out,
/// `meadow_decoder_layer` runs a list of steps on a memory from a file.
#[derive(Args)]
#[command(after_help = "\
Examples:
  echo '{\"activation\": \"3c00\", \"weights\": \"f980\"}' |
      gen-rtl model pacq_mul
  gen-rtl model pacq_mul --set product=rounded vectors.jsonl > golden.jsonl
  gen-rtl model pacq_gemm --a tokens.npy --b layer.safetensors --out results.npy
  gen-rtl model meadow_decoder_layer --set d_head=32 \\
      --memory layer.bin --list 0x1000 --out after.bin")]
pub struct Model {
    #[command(flatten)]
    selection: Selection,
    /// Read this file instead of standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    files: Files,
    /// Write into this file: the product of --a and --b as .npy, in the block's result format; or all bytes of the
    /// memory after the list
    #[arg(long, value_name = "FILE", requires = "Files")]
    out: Option<PathBuf>,
}

impl Model {
    /// Answers every line.
    pub fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        if let Some(path) = &self.out {
            return match self.files.work()? {
                Work::Product(matrices) => self.multiply(&matrices, path, out),
                Work::List(image) => self.run_list(&image, path, out),
            };
        }
        if self.files.are_given() {
            return Err(Error::new("--out must say where the results go"));
        }
        let chosen = self.selection.configure(registry)?;
        let interface = chosen.configured.interface();
        let mut model = chosen.configured.model();
        let mut lines = Lines::open(self.file.as_deref())?;
        while let Some(line) = lines.next(out)? {
            let (channel, beat) = beats::parse(&interface, line).map_err(|error| lines.refuse(&error))?;
            let mut answers = String::new();
            model.accept(channel, &beat, &mut |channel, beat| {
                answers += &beats::print(&interface, channel, beat);
                answers.push('\n');
            });
            out.write_all(answers.as_bytes())?;
        }
        Ok(Outcome::Done)
    }
}

impl Model {
    fn multiply(&self, matrices: &Matrices, path: &Path, out: &mut dyn Write) -> Result<Outcome, Error> {
        self.needs(pacq_gemm::BLOCK.name, "multiply matrices from files")?;
        place::refuse_input("--out", path, &[&matrices.a, &matrices.b])?;
        place::refuse_other_format("--out", path, "npy")?;
        let loaded = matrices.load(&self.selection.parameters)?;
        let bar = Bar::default();
        let results = loaded.results(&bar);
        drop(bar);
        loaded.write(path, &results)?;
        writeln!(out, "{}", path.display())?;
        Ok(Outcome::Done)
    }

    fn run_list(&self, image: &Image, path: &Path, out: &mut dyn Write) -> Result<Outcome, Error> {
        self.needs(meadow_decoder_layer::BLOCK.name, "run a list in a memory")?;
        image.refuse_out(path)?;
        let loaded = image.load(&self.selection.parameters)?;
        let bar = Bar::default();
        let ended = loaded.golden(&bar)?;
        drop(bar);
        folder::write_file(path, &ended.memory)?;
        writeln!(out, "{}", path.display())?;
        Ok(Outcome::Done)
    }

    /// Refuses another block than the one that can do this.
    fn needs(&self, block: &str, what: &str) -> Result<(), Error> {
        if self.selection.block == block {
            return Ok(());
        }
        let refused = Error::new(format!("{} cannot {what}", self.selection.block));
        Err(refused.help(format!("`gen-rtl model {block}` can")))
    }
}

/// The lines of a file or of standard input.
struct Lines {
    name: String,
    reader: BufReader<Box<dyn Read>>,
    number: usize,
    line: String,
}

impl Lines {
    fn open(path: Option<&Path>) -> Result<Lines, Error> {
        let (name, input): (String, Box<dyn Read>) = match path {
            None => ("standard input".into(), Box::new(io::stdin())),
            Some(path) => {
                let file =
                    File::open(path).map_err(|error| Error::io(format!("read {}", path.display()), error))?;
                (path.display().to_string(), Box::new(file))
            }
        };
        Ok(Lines { name, reader: BufReader::new(input), number: 0, line: String::new() })
    }

    /// The next line that is not blank. Before it waits for input, it flushes `out`.
    fn next(&mut self, out: &mut dyn Write) -> Result<Option<&str>, Error> {
        loop {
            if self.reader.buffer().is_empty() {
                out.flush()?;
            }
            self.line.clear();
            self.number += 1;
            let read = self.reader.read_line(&mut self.line);
            match read
                .map_err(|error| Error::io(format!("read line {} of {}", self.number, self.name), error))?
            {
                0 => return Ok(None),
                _ if self.line.trim().is_empty() => {}
                _ => break,
            }
        }
        Ok(Some(&self.line))
    }

    fn refuse(&self, error: &LineError) -> Error {
        let refused = Error::new(format!("line {} of {}: {}", self.number, self.name, error.reason));
        refused.help(&error.help)
    }
}
