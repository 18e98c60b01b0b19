//! Matrices in .npy files.

use super::floats::{Floats, Values};
use super::int8::Int8;
use super::kind::Kind;
use crate::files::folder;
use crate::terminal::error::Error;
use half::f16;
use npyz::{DType, Order, TypeChar, WriterBuilder};
use std::fs;
use std::path::Path;

/// An error in a file.
fn wrong(path: &Path, what: &str) -> Error {
    Error::new(format!("{}: {what}", path.display()))
}

/// A file that is an array with two dimensions, neither 0.
struct Array {
    bytes: Vec<u8>,
    rows: usize,
    columns: usize,
    order: Order,
    dtype: DType,
}

impl Array {
    fn open(path: &Path) -> Result<Array, Error> {
        match Kind::of(path)? {
            Kind::Npy => {}
            kind => return Err(kind.refused(path, "NumPy array (.npy)")),
        }
        let bytes = fs::read(path).map_err(|error| Error::io(format!("read {}", path.display()), error))?;
        let npy = reports::npy::open(&bytes).map_err(|error| damaged(path, error))?;
        let &[rows, columns] = npy.shape() else {
            return Err(wrong(path, &format!("its shape is {:?}: expected two dimensions", npy.shape())));
        };
        if rows == 0 || columns == 0 {
            return Err(wrong(path, &format!("its shape is [{rows}, {columns}]: it is empty")));
        }
        let (order, dtype) = (npy.order(), npy.dtype());
        Ok(Array { bytes, rows: rows as usize, columns: columns as usize, order, dtype })
    }

    /// The size of an element in bytes, if it is a number of this kind.
    fn size_of(&self, kind: TypeChar) -> u64 {
        match &self.dtype {
            DType::Plain(text) if text.type_char() == kind => text.size_field(),
            DType::Plain(_) | DType::Array(..) | DType::Record(_) => 0,
        }
    }

    /// Elements in the order of the file, row by row.
    fn by_rows<T: Copy>(&self, values: Vec<T>) -> Vec<T> {
        let (rows, columns) = (self.rows, self.columns);
        match self.order {
            Order::C => values,
            Order::Fortran => {
                let place = |index: usize| index % columns * rows + index / columns;
                (0..values.len()).map(|index| values[place(index)]).collect()
            }
        }
    }
}

fn damaged(path: &Path, error: std::io::Error) -> Error {
    wrong(path, &format!("it is not a complete .npy file: {error}"))
}

/// Reads a matrix of float16, float32 or float64, with either byte order and either element order.
pub fn read(path: &Path) -> Result<Floats, Error> {
    let array = Array::open(path)?;
    let size = array.size_of(TypeChar::Float);
    if !matches!(size, 2 | 4 | 8) {
        let what = format!("its type is {}: expected float16, float32 or float64", array.dtype.descr());
        return Err(wrong(path, &what).help("NumPy has no bfloat16: save it as float32"));
    }
    let values = || {
        let npy = reports::npy::open(&array.bytes)?;
        Ok(match size {
            2 => npy.into_vec::<f16>()?.into_iter().map(f64::from).collect(),
            4 => npy.into_vec::<f32>()?.into_iter().map(f64::from).collect(),
            _ => npy.into_vec::<f64>()?,
        })
    };
    let values = values().map_err(|error| damaged(path, error))?;
    Ok(Floats { rows: array.rows, columns: array.columns, values: Values::Numbers(array.by_rows(values)) })
}

/// Tokens for a language model.
pub enum Tokens {
    /// Sequences of their numbers in its vocabulary.
    Ids(Vec<Vec<i128>>),
    /// A row of activations for each.
    Activations(Floats),
}

/// Reads tokens: integers of one dimension, or of two with a sequence in each row; or a matrix of floats.
pub fn read_tokens(path: &Path) -> Result<Tokens, Error> {
    let kind = Kind::of(path)?;
    if kind != Kind::Npy {
        return Err(kind.refused(path, "NumPy array (.npy)"));
    }
    let bytes = fs::read(path).map_err(|error| Error::io(format!("read {}", path.display()), error))?;
    let npy = reports::npy::open(&bytes).map_err(|error| damaged(path, error))?;
    let is_integer = match npy.dtype() {
        DType::Plain(text) => matches!(text.type_char(), TypeChar::Int | TypeChar::Uint),
        DType::Array(..) | DType::Record(_) => false,
    };
    if !is_integer {
        return Ok(Tokens::Activations(read(path)?));
    }
    let shape = npy.shape().to_vec();
    let length = match (shape.as_slice(), npy.order()) {
        ([length] | [_, length], Order::C) | ([length], Order::Fortran) if *length > 0 => *length as usize,
        ([_, _], Order::Fortran) => {
            return Err(wrong(path, "its elements are in Fortran order: expected C order for token ids"));
        }
        _ => {
            return Err(wrong(
                path,
                &format!("its shape is {shape:?}: expected one or two dimensions of token ids"),
            ));
        }
    };
    let ids = reports::npy::integers(npy).map_err(|error| damaged(path, error))?;
    Ok(Tokens::Ids(ids.chunks(length).map(<[i128]>::to_vec).collect()))
}

/// Reads a matrix of int8, with either element order.
pub fn read_int8(path: &Path) -> Result<Int8, Error> {
    let mut array = Array::open(path)?;
    if array.size_of(TypeChar::Int) != 1 {
        return Err(wrong(path, &format!("its type is {}: expected int8", array.dtype.descr())));
    }
    // The elements are the end of the file.
    let first = array.bytes.len() - array.rows * array.columns;
    let values = array.bytes.split_off(first);
    Ok(Int8 { rows: array.rows, columns: array.columns, values: array.by_rows(values) })
}

/// Writes a matrix of int8, byte for byte as NumPy does.
pub fn write_int8(path: &Path, matrix: &Int8) -> Result<(), Error> {
    let (rows, columns) = (matrix.rows, matrix.columns);
    let header = format!("{{'descr': '|i1', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    // The elements begin at a multiple of 64 bytes, after a magic number, version and length of 10 bytes.
    let length = (10 + header.len() + 1).next_multiple_of(64) - 10;
    let length_bytes = (length as u16).to_le_bytes();
    let start = format!("{header:<width$}\n", width = length - 1);
    let bytes = [b"\x93NUMPY\x01\x00", &length_bytes[..], start.as_bytes(), &matrix.values].concat();
    folder::write_file(path, &bytes)
}

/// Reads activations: rows of `k` values, which must be FP16 numbers, whatever the type in the file. Gives the number
/// of rows and the encodings.
pub fn read_activations(path: &Path, k: usize) -> Result<(usize, Vec<u16>), Error> {
    let matrix = read(path)?;
    if matrix.columns != k {
        let what = format!("its rows have {} activations, but the weights have {k} inputs", matrix.columns);
        return Err(wrong(path, &what));
    }
    let encode = |place: usize| {
        let value = matrix.values.at(place);
        let encoding = f16::from_f64(value);
        let is_same = f64::from(encoding) == value || value.is_nan();
        is_same.then(|| encoding.to_bits()).ok_or_else(|| {
            let (row, column) = (place / k, place % k);
            wrong(path, &format!("{value} in row {row}, column {column} is not an FP16 number"))
                .help("convert the activations to float16 first")
        })
    };
    let encodings = (0..matrix.rows * k).map(encode).collect::<Result<_, _>>()?;
    Ok((matrix.rows, encodings))
}

/// Writes results, row by row, as float16 or float32.
pub fn write_results(
    path: &Path,
    rows: usize,
    columns: usize,
    is_fp16: bool,
    results: &[u32],
) -> Result<(), Error> {
    let shape = [rows as u64, columns as u64];
    let mut bytes = vec![];
    let refused = |error| Error::io(format!("write {}", path.display()), error);
    let written = match is_fp16 {
        true => {
            let options = npyz::WriteOptions::new().default_dtype().shape(&shape);
            let mut writer = options.writer(&mut bytes).begin_nd().map_err(refused)?;
            writer
                .extend(results.iter().map(|bits| f16::from_bits(*bits as u16)))
                .and_then(|()| writer.finish())
        }
        false => {
            let options = npyz::WriteOptions::new().default_dtype().shape(&shape);
            let mut writer = options.writer(&mut bytes).begin_nd().map_err(refused)?;
            writer.extend(results.iter().map(|bits| f32::from_bits(*bits))).and_then(|()| writer.finish())
        }
    };
    written.map_err(refused)?;
    folder::write_file(path, &bytes)
}
