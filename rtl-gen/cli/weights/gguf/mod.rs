//! GGUF, the file format of llama.cpp: tensors in blocks.

mod blocks;
mod header;

use super::coded::Coded;
use super::floats::{Floats, Values};
use super::names;
use super::tensors::read_part;
use crate::terminal::error::Error;
use blocks::{Block, type_name};
use header::Contents;
use std::path::{Path, PathBuf};

/// A file.
pub struct Gguf {
    path: PathBuf,
    contents: Contents,
}

/// The weights of a tensor.
pub enum Weights {
    Floats(Floats),
    /// Quantised, with the name of the type.
    Coded(&'static str, Coded),
}

impl Gguf {
    /// Reads the header.
    pub fn open(path: &Path) -> Result<Gguf, Error> {
        Ok(Gguf { path: path.into(), contents: header::read(path)? })
    }

    /// The tensors with two dimensions.
    pub fn matrices(&self) -> impl Iterator<Item = &str> {
        let matrices = self.contents.tensors.iter().filter(|(_, info)| info.shape.len() == 2);
        matrices.map(|(name, _)| name.as_str())
    }

    /// All tensors.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.contents.tensors.keys().map(String::as_str)
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The kind of model that the file says it is.
    pub fn architecture(&self) -> Option<&str> {
        self.contents.architecture.as_deref()
    }

    /// Metadata that are one number.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.contents.numbers.get(name).copied()
    }

    /// Reads a tensor of one dimension and type F32.
    pub fn vector(&self, name: &str) -> Result<Vec<f32>, Error> {
        let info = self.contents.tensors.get(name).ok_or_else(|| self.missing(name))?;
        let [length] = info.shape.as_slice() else {
            return Err(self.wrong(name, &format!("its shape is {:?}: expected one dimension", info.shape)));
        };
        if Block::of_type(info.type_number) != Some(Block::F32) {
            let own = type_name(info.type_number);
            return Err(self.wrong(name, &format!("its type is {own}: expected F32")));
        }
        let bytes = length.checked_mul(4).filter(|bytes| *bytes as u64 <= info.available);
        let bytes = bytes.ok_or_else(|| {
            self.wrong(name, &format!("with {length} elements it extends beyond the end of the file"))
        })?;
        let data = read_part(&self.path, info.first_byte, bytes)?;
        let number = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        Ok(data.chunks_exact(4).map(number).collect())
    }

    fn wrong(&self, name: &str, what: &str) -> Error {
        Error::new(format!("tensor `{name}` of {}: {what}", self.path.display()))
    }

    fn missing(&self, name: &str) -> Error {
        Error::new(format!("{} has no tensor `{name}`", self.path.display()))
            .help(names::nearest(self.names(), name))
    }

    /// Reads a tensor.
    pub fn read(&self, name: &str) -> Result<Weights, Error> {
        let info = self.contents.tensors.get(name).ok_or_else(|| self.missing(name))?;
        let wrong = |what: String| self.wrong(name, &what);
        // Numbers are neighbours along the first dimension.
        let &[k, n] = info.shape.as_slice() else {
            return Err(wrong(format!("its shape is {:?}: expected two dimensions", info.shape)));
        };
        if k == 0 || n == 0 {
            return Err(wrong(format!("its shape is [{k}, {n}]: it is empty")));
        }
        let Some(block) = Block::of_type(info.type_number) else {
            return Err(wrong(format!(
                "its type is {}, which is not supported",
                type_name(info.type_number)
            ))
            .help("supported types are Q4_0, Q4_1, Q8_0, Q4_K, Q6_K, F16, BF16, F32 and F64"));
        };
        if !k.is_multiple_of(block.weights()) {
            let name = type_name(info.type_number);
            return Err(wrong(format!(
                "{k} inputs are not a whole number of {name} blocks, {} each",
                block.weights()
            )));
        }
        let bytes = (k / block.weights())
            .checked_mul(block.bytes())
            .and_then(|row| row.checked_mul(n))
            .filter(|bytes| *bytes as u64 <= info.available)
            .ok_or_else(|| {
                wrong(format!("with its shape [{k}, {n}] it extends beyond the end of the file"))
            })?;
        let data = read_part(&self.path, info.first_byte, bytes)?;
        if let Some(dtype) = block.float() {
            let values = Values::of(dtype, data).expect("it is a type of floats");
            return Ok(Weights::Floats(Floats { rows: n, columns: k, values }));
        }
        let coded = block.decode(k, n, &data);
        match coded.not_finite() {
            None => Ok(Weights::Coded(type_name(info.type_number), coded)),
            Some(place) => {
                let (group, output) = (place / n, place % n);
                Err(wrong(format!("the scale or minimum of group {group} and output {output} is not finite")))
            }
        }
    }
}
