//! Spiking networks in files, for `simulate --snn`.

mod arrays;
mod build;
mod description;
mod input;
mod nir;
mod quantise;
#[cfg(test)]
mod tests;

use crate::files::folder;
use crate::terminal::error::Error;
use crate::weights::kind::Kind;
use npyz::WriterBuilder;
use reports::snn::Network;
use std::fs;
use std::path::{Path, PathBuf};

pub use input::{Samples, labels};

/// The greatest width of weights.
pub const MOST_WEIGHT_BITS: u32 = 16;

/// The name of the description in a folder.
const DESCRIPTION: &str = "network.toml";

/// A network from a file.
pub struct Loaded {
    /// The description.
    pub path: PathBuf,
    /// The network.
    pub network: Network,
    /// The time steps, if the description says.
    pub time_steps: Option<usize>,
    /// The thresholds of frames, if it has any.
    pub thresholds: Option<Vec<f64>>,
    /// The files that it consists of.
    pub files: Vec<PathBuf>,
    /// What quantisation lost, a line for each layer.
    pub notes: Vec<String>,
}

/// Reads a network, whose float weights become integers of so many bits.
pub fn read(path: &Path, weight_bits: u32) -> Result<Loaded, Error> {
    let path = match Kind::of(path)? {
        Kind::Folder => path.join(DESCRIPTION),
        Kind::Hdf5 => return nir::read(path, &nir::Options::default(), weight_bits),
        Kind::Safetensors
        | Kind::Npy
        | Kind::Gguf
        | Kind::Json
        | Kind::Zip
        | Kind::Pickle
        | Kind::Container
        | Kind::Unknown => path.into(),
    };
    let text =
        fs::read_to_string(&path).map_err(|error| Error::io(format!("read {}", path.display()), error))?;
    let description = description::parse(&text)
        .map_err(|(line, reason)| Error::new(format!("{}:{line}: {reason}", path.display())))?;
    build::network(path, description, weight_bits)
}

/// Writes integers, row by row, as int64.
pub fn write_outputs(path: &Path, rows: &[Vec<i64>]) -> Result<(), Error> {
    let columns = rows.first().map_or(0, Vec::len);
    let (shape, mut bytes) = ([rows.len() as u64, columns as u64], vec![]);
    let options = npyz::WriteOptions::new().default_dtype().shape(&shape);
    let written = options.writer(&mut bytes).begin_nd().and_then(|mut writer| {
        writer.extend(rows.iter().flatten().copied())?;
        writer.finish()
    });
    written.map_err(|error| Error::io(format!("write {}", path.display()), error))?;
    folder::write_file(path, &bytes)
}
