//! Tensors in safetensors format, from one file or from all shards of a model.

use super::kind::Kind;
use super::names;
use crate::terminal::error::Error;
use safetensors::Dtype;
use safetensors::tensor::Metadata;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The extension of an index of shards.
const INDEX: &str = ".safetensors.index.json";

/// The longest header that the format allows, in bytes.
const LONGEST_HEADER: u64 = 100_000_000;

/// A tensor and where its data are.
pub struct Tensor {
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    file: usize,
    first_byte: u64,
    bytes: usize,
}

/// Tensors by name. Data stay in the files until they are read.
pub struct Tensors {
    path: PathBuf,
    files: Vec<PathBuf>,
    tensors: BTreeMap<String, Tensor>,
    texts: BTreeMap<String, String>,
}

/// The contents of an index of shards.
#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

impl Tensors {
    /// Reads the header of a file.
    pub fn open(path: &Path) -> Result<Tensors, Error> {
        let mut tensors = Tensors::none(path);
        tensors.add(path)?;
        Ok(tensors)
    }

    fn none(path: &Path) -> Tensors {
        Tensors { path: path.into(), files: vec![], tensors: BTreeMap::new(), texts: BTreeMap::new() }
    }

    /// Reads the headers of the shards that an index names.
    pub fn of_index(path: &Path) -> Result<Tensors, Error> {
        let text = fs::read(path).map_err(|error| Error::io(format!("read {}", path.display()), error))?;
        let wrong =
            |what: String| Error::new(format!("{} is not an index of shards: {what}", path.display()));
        let Index { weight_map } = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
        let mut shards: Vec<&String> = weight_map.values().collect();
        shards.sort();
        shards.dedup();
        let mut tensors = Tensors::none(path);
        for shard in shards {
            // An index must not make us read any other file of the machine.
            if Path::new(shard).file_name().is_none_or(|name| name != shard.as_str()) {
                return Err(wrong(format!("the shard `{shard}` is not a file name in the same folder")));
            }
            let shard = path.with_file_name(shard);
            if !shard.is_file() {
                return Err(Error::new(format!(
                    "{} names the shard {}, which is missing",
                    path.display(),
                    shard.display()
                ))
                .help("use a shard that is present, with --tensor, or fetch the missing ones"));
            }
            tensors.add(&shard)?;
        }
        match weight_map.iter().find(|(name, shard)| !tensors.is_in(name, shard)) {
            Some((name, shard)) => {
                Err(wrong(format!("it places `{name}` in {shard}, which has no such tensor")))
            }
            None => Ok(tensors),
        }
    }

    fn is_in(&self, name: &str, shard: &str) -> bool {
        let file = self.tensors.get(name).map(|tensor| &self.files[tensor.file]);
        file.is_some_and(|file| file.file_name().is_some_and(|name| name == shard))
    }

    /// Reads the headers of the files in a folder, or of the shards that its index names.
    pub fn of_folder(path: &Path) -> Result<Tensors, Error> {
        let ending = |ending: &str| files(path, ending);
        match (ending(INDEX)?.as_slice(), ending(".safetensors")?.as_slice()) {
            ([index], _) => Tensors::of_index(index),
            ([_, ..], _) => Err(Error::new(format!("{} holds several indexes of shards", path.display()))
                .help("use the path of one of them")),
            ([], []) => Err(Error::new(format!("{} holds no .safetensors file", path.display()))),
            ([], shards) => {
                let mut tensors = Tensors::none(path);
                shards.iter().try_for_each(|shard| tensors.add(shard))?;
                Ok(tensors)
            }
        }
    }

    fn add(&mut self, path: &Path) -> Result<(), Error> {
        let (start, metadata) = header(path)?;
        for (name, info) in metadata.tensors() {
            let (first, end) = info.data_offsets;
            let tensor = Tensor {
                dtype: info.dtype,
                shape: info.shape.clone(),
                file: self.files.len(),
                first_byte: start + first as u64,
                bytes: end - first,
            };
            if let Some(other) = self.tensors.insert(name.clone(), tensor) {
                let other = self.files[other.file].display();
                return Err(Error::new(format!("both {other} and {} have `{name}`", path.display())));
            }
        }
        self.texts.extend(metadata.metadata().clone().unwrap_or_default());
        self.files.push(path.into());
        Ok(())
    }

    /// The path that was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// An entry of the metadata.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// All tensors, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// A tensor, if it is present.
    pub fn get(&self, name: &str) -> Option<&Tensor> {
        self.tensors.get(name)
    }

    /// An error in a tensor.
    pub fn wrong(&self, tensor: &str, what: &str) -> Error {
        let file = self.tensors.get(tensor).map_or(&self.path, |tensor| &self.files[tensor.file]);
        Error::new(format!("tensor `{tensor}` of {}: {what}", file.display()))
    }

    /// A tensor that must be present.
    pub fn find(&self, name: &str) -> Result<&Tensor, Error> {
        self.tensors.get(name).ok_or_else(|| {
            Error::new(format!("{} has no tensor `{name}`", self.path.display()))
                .help(names::nearest(self.tensors.keys().map(String::as_str), name))
        })
    }

    /// The rows and columns of a tensor with two dimensions.
    pub fn shape(&self, name: &str) -> Result<[usize; 2], Error> {
        let shape = &self.find(name)?.shape;
        shape
            .as_slice()
            .try_into()
            .map_err(|_| self.wrong(name, &format!("its shape is {shape:?}: expected two dimensions")))
    }

    /// A tensor with two dimensions and one of several types.
    pub fn matrix(&self, name: &str, types: &[Dtype]) -> Result<Matrix, Error> {
        let [rows, columns] = self.shape(name)?;
        Ok(Matrix { rows, columns, dtype: self.find(name)?.dtype, data: self.data(name, types)? })
    }

    /// A matrix of one of several types, with a given shape.
    pub fn of_shape(&self, name: &str, types: &[Dtype], shape: [usize; 2]) -> Result<Matrix, Error> {
        let found = self.shape(name)?;
        match found == shape {
            true => self.matrix(name, types),
            false => Err(self.wrong(name, &format!("its shape is {found:?}: expected {shape:?}"))),
        }
    }

    /// A vector of 32-bit integers.
    pub fn vector(&self, name: &str, dtype: Dtype) -> Result<Vec<u32>, Error> {
        match self.find(name)?.shape.as_slice() {
            [_] => Ok(words(&self.data(name, &[dtype])?)),
            shape => Err(self.wrong(name, &format!("its shape is {shape:?}: expected one dimension"))),
        }
    }

    /// A vector of 32 or 64 bit integers.
    pub fn integers(&self, name: &str) -> Result<Vec<i64>, Error> {
        match self.find(name)?.shape.as_slice() {
            [count] if *count <= 8 => {}
            shape => {
                return Err(self.wrong(name, &format!("its shape is {shape:?}: expected a few numbers")));
            }
        }
        let data = self.data(name, &[Dtype::I64, Dtype::I32])?;
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |value, byte| value << 8 | i64::from(*byte));
        Ok(match self.find(name)?.dtype {
            Dtype::I64 => data.chunks_exact(8).map(number).collect(),
            _ => data.chunks_exact(4).map(|bytes| i64::from(number(bytes) as i32)).collect(),
        })
    }

    /// The bytes of a tensor of one of several types.
    pub fn data(&self, name: &str, types: &[Dtype]) -> Result<Vec<u8>, Error> {
        let tensor = self.find(name)?;
        if !types.contains(&tensor.dtype) {
            let legal: Vec<String> = types.iter().map(|dtype| format!("{dtype:?}")).collect();
            let what = format!("its type is {:?}: expected {}", tensor.dtype, legal.join(" or "));
            return Err(self.wrong(name, &what));
        }
        let path = &self.files[tensor.file];
        read_part(path, tensor.first_byte, tensor.bytes)
    }
}

/// The files of a folder with a given extension, sorted by name.
pub fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Error> {
    let refused = |error| Error::io(format!("read {}", folder.display()), error);
    let mut files = vec![];
    for entry in fs::read_dir(folder).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        if path.is_file() && path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(ending)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Bytes of a file that is long enough.
pub fn read_part(path: &Path, first: u64, bytes: usize) -> Result<Vec<u8>, Error> {
    let refused = |error| Error::io(format!("read {}", path.display()), error);
    let mut data = vec![0; bytes];
    let mut file = File::open(path).map_err(refused)?;
    file.seek(SeekFrom::Start(first)).and_then(|_| file.read_exact(&mut data)).map_err(refused)?;
    Ok(data)
}

/// The header of a file, and where its data begin. Every size in it fits the file.
fn header(path: &Path) -> Result<(u64, Metadata), Error> {
    let refused = |error| Error::io(format!("read {}", path.display()), error);
    match Kind::of(path)? {
        Kind::Safetensors | Kind::Unknown => {}
        kind => return Err(kind.refused(path, "safetensors file")),
    }
    let wrong = |what: String| Error::new(format!("{} is not a safetensors file: {what}", path.display()));
    let mut file = File::open(path).map_err(refused)?;
    let length = file.metadata().map_err(refused)?.len();
    let mut size = [0; 8];
    if length < 8 {
        return Err(wrong(format!("it has {length} bytes")));
    }
    file.read_exact(&mut size).map_err(refused)?;
    let size = u64::from_le_bytes(size);
    if size > LONGEST_HEADER || size > length - 8 {
        return Err(wrong(format!("its header claims {size} bytes, but the file has {length}")));
    }
    let mut text = vec![0; size as usize];
    file.read_exact(&mut text).map_err(refused)?;
    let metadata: Metadata = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    let expected = (metadata.data_len() as u64).saturating_add(8 + size);
    if expected != length {
        return Err(wrong(format!("its header describes {expected} bytes, but the file has {length}")));
    }
    Ok((8 + size, metadata))
}

/// The bytes of a matrix, row by row.
pub struct Matrix {
    pub rows: usize,
    pub columns: usize,
    pub dtype: Dtype,
    pub data: Vec<u8>,
}

impl Matrix {
    /// Its 16-bit elements.
    pub fn u16s(&self) -> Vec<u16> {
        self.data.chunks_exact(2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]])).collect()
    }

    /// Its 32-bit elements.
    pub fn u32s(&self) -> Vec<u32> {
        words(&self.data)
    }
}

fn words(data: &[u8]) -> Vec<u32> {
    let value = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    data.chunks_exact(4).map(value).collect()
}
