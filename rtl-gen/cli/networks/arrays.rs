//! Arrays of numbers from files that a network names.

use crate::terminal::error::Error;
use crate::weights::floats::{self, Values};
use crate::weights::kind::Kind;
use crate::weights::tensors::Tensors;
use blocks::meadow::packing;
use half::f16;
use npyz::{DType, Order, TypeChar};
use safetensors::Dtype;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// An array, its last dimension the fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    pub shape: Vec<usize>,
    pub numbers: Numbers,
}

/// Its elements.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    Integers(Vec<i64>),
    Floats(Vec<f64>),
}

impl Numbers {
    pub fn len(&self) -> usize {
        match self {
            Numbers::Integers(values) => values.len(),
            Numbers::Floats(values) => values.len(),
        }
    }

    /// As floats; `None` if an integer is none exactly.
    pub fn floats(&self) -> Option<Vec<f64>> {
        match self {
            Numbers::Floats(values) => Some(values.clone()),
            Numbers::Integers(values) => {
                values.iter().map(|value| (value.unsigned_abs() < 1 << 53).then_some(*value as f64)).collect()
            }
        }
    }
}

/// Reads an array: `FILE.npy`, `FILE.wpak`, or `FILE.safetensors:TENSOR`, in the folder of the network.
pub fn read(folder: &Path, reference: &str) -> Result<Array, Error> {
    let (file, tensor) = match reference.split_once(':') {
        Some((file, tensor)) => (file, Some(tensor)),
        None => (reference, None),
    };
    let path = inside(folder, file)?;
    match (Kind::of(&path)?, tensor) {
        (Kind::Npy, None) => read_npy(&path),
        (Kind::Container, None) => read_container(&path),
        (Kind::Safetensors, Some(tensor)) => read_tensor(&path, tensor),
        (Kind::Safetensors, None) => {
            let tensors = Tensors::open(&path)?;
            let names: Vec<&str> = tensors.iter().map(|(name, _)| name).collect();
            Err(Error::new(format!("{} has several tensors: name one", path.display()))
                .help(format!("as `{file}:TENSOR`: {}", names.join(", "))))
        }
        (kind @ (Kind::Npy | Kind::Container), Some(_)) => {
            Err(Error::new(format!("`{reference}` names a tensor, but {} is {kind}", path.display())))
        }
        (kind, _) => Err(kind.refused(&path, "file of weights (.npy, .safetensors, .wpak)")),
    }
}

/// The file of a reference.
pub fn file_of(reference: &str) -> &str {
    reference.split_once(':').map_or(reference, |(file, _)| file)
}

/// A network must not make us read any other file of the machine.
pub fn inside(folder: &Path, file: &str) -> Result<PathBuf, Error> {
    let path = Path::new(file);
    match path.components().all(|part| matches!(part, Component::Normal(_))) && !file.is_empty() {
        true => Ok(folder.join(path)),
        false => Err(Error::new(format!("`{file}` is not a file in the folder of the network"))),
    }
}

/// Reads a .npy file of any integers or floats, with either byte order and either order of elements.
pub fn read_npy(path: &Path) -> Result<Array, Error> {
    let bytes = fs::read(path).map_err(|error| Error::io(format!("read {}", path.display()), error))?;
    let wrong = |error: std::io::Error| Error::new(format!("{}: {error}", path.display()));
    let file = reports::npy::open(&bytes).map_err(wrong)?;
    let shape: Vec<usize> = file.shape().iter().map(|size| *size as usize).collect();
    let order = file.order();
    let kind = match file.dtype() {
        DType::Plain(text) => (text.type_char(), text.size_field()),
        DType::Array(..) | DType::Record(_) => (TypeChar::RawData, 0),
    };
    let numbers = match kind {
        (TypeChar::Float, 2) => {
            Numbers::Floats(file.into_vec::<f16>().map_err(wrong)?.into_iter().map(f64::from).collect())
        }
        (TypeChar::Float, 4) => {
            Numbers::Floats(file.into_vec::<f32>().map_err(wrong)?.into_iter().map(f64::from).collect())
        }
        (TypeChar::Float, 8) => Numbers::Floats(file.into_vec::<f64>().map_err(wrong)?),
        (TypeChar::Bool, 1) => {
            let spikes = reports::npy::zeros_and_ones(file).map_err(wrong)?;
            Numbers::Integers(spikes.into_iter().map(i64::from).collect())
        }
        _ => {
            let narrow = |value: i128| {
                i64::try_from(value)
                    .map_err(|_| Error::new(format!("{}: {value} does not fit 64 bits", path.display())))
            };
            let integers = reports::npy::integers(file).map_err(wrong)?;
            Numbers::Integers(integers.into_iter().map(narrow).collect::<Result<_, _>>()?)
        }
    };
    let numbers = match (order, numbers) {
        (Order::C, numbers) => numbers,
        (Order::Fortran, Numbers::Integers(values)) => Numbers::Integers(by_rows(&shape, &values)),
        (Order::Fortran, Numbers::Floats(values)) => Numbers::Floats(by_rows(&shape, &values)),
    };
    Ok(Array { shape, numbers })
}

/// Elements whose first dimension is the fastest, in the order of ours.
fn by_rows<T: Copy>(shape: &[usize], values: &[T]) -> Vec<T> {
    let place = |mut index: usize| {
        let mut at = values.len();
        let mut place = 0;
        for size in shape.iter().rev() {
            at /= size;
            place += index % size * at;
            index /= size;
        }
        place
    };
    (0..values.len()).map(|index| values[place(index)]).collect()
}

fn read_container(path: &Path) -> Result<Array, Error> {
    let bytes = fs::read(path).map_err(|error| Error::io(format!("read {}", path.display()), error))?;
    let (header, stream) = packing::unpack(&bytes)
        .map_err(|fault| Error::new(format!("{} cannot be unpacked: {fault}", path.display())))?;
    let (rows, columns) = header.shape.in_memory();
    let weights = header.shape.matrix(stream).into_iter().map(|weight| i64::from(weight as i8)).collect();
    Ok(Array { shape: vec![rows, columns], numbers: Numbers::Integers(weights) })
}

/// The types of integers in safetensors files.
const INTEGERS: [Dtype; 7] =
    [Dtype::I8, Dtype::U8, Dtype::I16, Dtype::U16, Dtype::I32, Dtype::U32, Dtype::I64];

fn read_tensor(path: &Path, name: &str) -> Result<Array, Error> {
    let tensors = Tensors::open(path)?;
    let tensor = tensors.find(name)?;
    let types: Vec<Dtype> = INTEGERS.into_iter().chain(floats::TYPES).collect();
    let data = tensors.data(name, &types)?;
    let count = tensor.shape.iter().product::<usize>();
    let numbers = match Values::of(tensor.dtype, vec![]) {
        Some(_) => {
            let values = Values::of(tensor.dtype, data).expect("it is a float");
            Numbers::Floats((0..count).map(|place| values.at(place)).collect())
        }
        None => Numbers::Integers(integers(tensor.dtype, &data, count)),
    };
    Ok(Array { shape: tensor.shape.clone(), numbers })
}

fn integers(dtype: Dtype, data: &[u8], count: usize) -> Vec<i64> {
    let is_signed = !matches!(dtype, Dtype::U8 | Dtype::U16 | Dtype::U32);
    let bytes = data.len() / count.max(1);
    let value = |bytes: &[u8]| {
        let bits = bytes.iter().rev().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        let unused = 64 - 8 * bytes.len() as u32;
        if is_signed { (bits << unused) as i64 >> unused } else { bits as i64 }
    };
    data.chunks_exact(bytes.max(1)).map(value).collect()
}
