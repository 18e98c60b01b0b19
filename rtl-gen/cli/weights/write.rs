//! Writes tensors in safetensors format.

use crate::files::folder;
use crate::terminal::error::Error;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use std::path::Path;

/// A tensor to be written.
pub struct Tensor<'n> {
    pub name: &'n str,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub data: Vec<u8>,
}

/// Writes a file of tensors, with `description` under `key` in its metadata.
pub fn write_tensors(
    path: &Path,
    tensors: &[Tensor<'_>],
    key: &str,
    description: String,
) -> Result<(), Error> {
    let refused = |error: safetensors::SafeTensorError| Error::io(format!("write {}", path.display()), error);
    let views: Result<Vec<(&str, TensorView)>, _> = tensors
        .iter()
        .map(|tensor| Ok((tensor.name, TensorView::new(tensor.dtype, tensor.shape.clone(), &tensor.data)?)))
        .collect();
    // One entry only: the order of several would vary.
    let metadata = [(key.to_string(), description)].into();
    let bytes = safetensors::serialize(views.map_err(refused)?, Some(metadata)).map_err(refused)?;
    folder::write_file(path, &bytes)
}
