//! Files of tensors.

use crate::error::Error;
use crate::folder;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::fs;
use std::path::{Path, PathBuf};

/// The bytes of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| Error::io(format!("read {}", path.display()), error))
}

/// The tensors of a file in safetensors' format.
pub struct Tensors<'b> {
    path: PathBuf,
    tensors: SafeTensors<'b>,
}

impl<'b> Tensors<'b> {
    /// Reads the header.
    pub fn open(path: &Path, bytes: &'b [u8]) -> Result<Tensors<'b>, Error> {
        match SafeTensors::deserialize(bytes) {
            Ok(tensors) => Ok(Tensors { path: path.into(), tensors }),
            Err(error) => Err(Error::new(format!("{} is no file of safetensors: {error}", path.display()))),
        }
    }

    /// What is wrong with a tensor of the file.
    pub fn wrong(&self, tensor: &str, what: &str) -> Error {
        Error::new(format!("tensor `{tensor}` of {}: {what}", self.path.display()))
    }

    /// Whether there is a tensor of that name.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.tensor(name).is_ok()
    }

    /// The name of the only tensor.
    pub fn only(&self) -> Result<String, Error> {
        match self.tensors.names().as_slice() {
            [only] => Ok(only.to_string()),
            names => {
                let mut names: Vec<&str> = names.to_vec();
                names.sort();
                Err(Error::new(format!("{} has {} tensors", self.path.display(), names.len()))
                    .help(format!("give --tensor with one of {}", names.join(", "))))
            }
        }
    }

    /// A tensor of two dimensions and one of some types.
    pub fn matrix(&self, name: &str, types: &[Dtype]) -> Result<(Matrix<'b>, Dtype), Error> {
        let tensor = self.tensors.tensor(name).map_err(|_| {
            let mut names = self.tensors.names();
            names.sort();
            Error::new(format!("{} has no tensor `{name}`", self.path.display()))
                .help(format!("its tensors are {}", names.join(", ")))
        })?;
        let &[rows, columns] = tensor.shape() else {
            return Err(
                self.wrong(name, &format!("its shape is {:?}: it is to have two dimensions", tensor.shape()))
            );
        };
        if !types.contains(&tensor.dtype()) {
            let legal: Vec<String> = types.iter().map(|dtype| format!("{dtype:?}")).collect();
            let what = format!("its type is {:?}: it is to be {}", tensor.dtype(), legal.join(" or "));
            return Err(self.wrong(name, &what));
        }
        Ok((Matrix { rows, columns, data: tensor.data() }, tensor.dtype()))
    }

    /// A matrix of a type and a shape.
    pub fn of_shape(&self, name: &str, dtype: Dtype, shape: [usize; 2]) -> Result<Matrix<'b>, Error> {
        let (matrix, _) = self.matrix(name, &[dtype])?;
        match [matrix.rows, matrix.columns] == shape {
            true => Ok(matrix),
            false => {
                let what =
                    format!("its shape is [{}, {}]: it is to be {shape:?}", matrix.rows, matrix.columns);
                Err(self.wrong(name, &what))
            }
        }
    }
}

/// The bytes of a matrix, row by row.
#[derive(Clone, Copy)]
pub struct Matrix<'b> {
    pub rows: usize,
    pub columns: usize,
    pub data: &'b [u8],
}

impl Matrix<'_> {
    /// Its elements of 16 bits.
    pub fn u16s(&self) -> Vec<u16> {
        self.data.chunks_exact(2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]])).collect()
    }

    /// Its elements of 32 bits.
    pub fn u32s(&self) -> Vec<u32> {
        let value = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        self.data.chunks_exact(4).map(value).collect()
    }
}

/// A tensor to be written.
pub struct Tensor {
    pub name: &'static str,
    pub dtype: Dtype,
    pub shape: [usize; 2],
    pub data: Vec<u8>,
}

/// Writes a file of tensors; `description` becomes its metadata.
pub fn write_tensors(path: &Path, tensors: &[Tensor], description: String) -> Result<(), Error> {
    let refused = |error: safetensors::SafeTensorError| Error::io(format!("write {}", path.display()), error);
    let views: Result<Vec<(&str, TensorView)>, _> = tensors
        .iter()
        .map(|tensor| Ok((tensor.name, TensorView::new(tensor.dtype, tensor.shape.to_vec(), &tensor.data)?)))
        .collect();
    // One entry only: their order would not be the same each time.
    let metadata = [(super::packed::METADATA.to_string(), description)].into();
    let bytes = safetensors::serialize(views.map_err(refused)?, Some(metadata)).map_err(refused)?;
    folder::write_file(path, &bytes)
}
