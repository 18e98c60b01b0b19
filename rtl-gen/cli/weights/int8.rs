//! Matrices of int8 in files.

use super::kind::Kind;
use super::tensors::Tensors;
use super::{names, npy};
use crate::terminal::error::Error;
use safetensors::Dtype;
use std::path::{Path, PathBuf};

/// A file, or several, with matrices of int8.
pub enum Matrices {
    /// One matrix.
    Npy(PathBuf),
    /// Matrices by name.
    Tensors(Tensors),
}

/// A matrix, row by row, in two's complement.
pub struct Int8 {
    pub rows: usize,
    pub columns: usize,
    pub values: Vec<u8>,
}

impl Matrices {
    /// Opens a path by its content, whatever its name.
    pub fn open(path: &Path) -> Result<Matrices, Error> {
        match Kind::of(path)? {
            Kind::Npy => Ok(Matrices::Npy(path.into())),
            Kind::Safetensors | Kind::Unknown => Ok(Matrices::Tensors(Tensors::open(path)?)),
            Kind::Json => Ok(Matrices::Tensors(Tensors::of_index(path)?)),
            Kind::Folder => Ok(Matrices::Tensors(Tensors::of_folder(path)?)),
            kind @ (Kind::Gguf | Kind::Zip | Kind::Pickle | Kind::Hdf5 | Kind::Container) => {
                Err(kind.refused(path, "supported file of int8 weights (.safetensors, .npy)"))
            }
        }
    }

    /// The names of its matrices, and of its other tensors.
    pub fn names(&self) -> (Vec<String>, Vec<String>) {
        match self {
            Matrices::Npy(_) => (vec![String::new()], vec![]),
            Matrices::Tensors(tensors) => {
                let is_matrix = |name: &String| {
                    tensors
                        .get(name)
                        .is_some_and(|tensor| tensor.dtype == Dtype::I8 && tensor.shape.len() == 2)
                };
                tensors.iter().map(|(name, _)| name.to_string()).partition(is_matrix)
            }
        }
    }

    /// The name of the only matrix.
    pub fn only(&self) -> Result<String, Error> {
        let (matrices, left) = self.names();
        let path = self.path().display();
        match matrices.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(Error::new(format!("{path} holds no matrix of int8"))
                .help(format!("its tensors: {}", names::first(left.iter().map(String::as_str))))),
            _ => Err(Error::new(format!("{path} has {} matrices of int8", matrices.len()))
                .help(format!(
                    "choose one with --tensor: {}",
                    names::first(matrices.iter().map(String::as_str))
                ))
                .help("or pack them all with --all, each into a file of the folder --out")),
        }
    }

    /// The path that was opened.
    pub fn path(&self) -> &Path {
        match self {
            Matrices::Npy(path) => path,
            Matrices::Tensors(tensors) => tensors.path(),
        }
    }

    /// Reads a matrix.
    pub fn read(&self, name: &str) -> Result<Int8, Error> {
        match self {
            Matrices::Npy(path) => npy::read_int8(path),
            Matrices::Tensors(tensors) => {
                let matrix = tensors.matrix(name, &[Dtype::I8])?;
                Ok(Int8 { rows: matrix.rows, columns: matrix.columns, values: matrix.data })
            }
        }
    }
}
