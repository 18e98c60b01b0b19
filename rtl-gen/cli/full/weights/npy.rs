//! Matrices in NumPy's files.

use super::file;
use crate::error::Error;
use crate::folder;
use half::f16;
use npyz::{DType, NpyFile, Order, TypeChar, WriterBuilder};
use std::path::Path;

/// A matrix of a file: its rows, columns and values, row by row.
pub struct Matrix {
    pub rows: usize,
    pub columns: usize,
    pub values: Vec<f64>,
}

/// What is wrong with a file.
fn wrong(path: &Path, what: &str) -> Error {
    Error::new(format!("{}: {what}", path.display()))
}

/// Reads a matrix of float16, float32 or float64.
pub fn read(path: &Path) -> Result<Matrix, Error> {
    let bytes = file::read(path)?;
    let damaged = |error: std::io::Error| wrong(path, &format!("it is no whole file of NumPy: {error}"));
    let npy = NpyFile::new(&bytes[..]).map_err(damaged)?;
    let &[rows, columns] = npy.shape() else {
        return Err(wrong(path, &format!("its shape is {:?}: it is to have two dimensions", npy.shape())));
    };
    let (rows, columns) = (rows as usize, columns as usize);
    if rows == 0 || columns == 0 {
        return Err(wrong(path, &format!("its shape is [{rows}, {columns}]: it is empty")));
    }
    let (order, dtype) = (npy.order(), npy.dtype());
    let size = match &dtype {
        DType::Plain(text) if text.type_char() == TypeChar::Float => text.size_field(),
        _ => 0,
    };
    let values: Vec<f64> = match size {
        2 => npy.into_vec::<f16>().map_err(damaged)?.into_iter().map(f64::from).collect(),
        4 => npy.into_vec::<f32>().map_err(damaged)?.into_iter().map(f64::from).collect(),
        8 => npy.into_vec::<f64>().map_err(damaged)?,
        _ => {
            let what = format!("its type is {}: it is to be float16, float32 or float64", dtype.descr());
            return Err(wrong(path, &what));
        }
    };
    let values = match order {
        Order::C => values,
        Order::Fortran => {
            let place = |index: usize| index % columns * rows + index / columns;
            (0..values.len()).map(|index| values[place(index)]).collect()
        }
    };
    Ok(Matrix { rows, columns, values })
}

/// Reads activations: rows of `k` values, which have to be FP16 numbers, whatever the type of the file. Gives the rows'
/// number and their encodings.
pub fn read_activations(path: &Path, k: usize) -> Result<(usize, Vec<u16>), Error> {
    let matrix = read(path)?;
    if matrix.columns != k {
        let what = format!("its rows have {} activations: the weights have {k} inputs", matrix.columns);
        return Err(wrong(path, &what));
    }
    let encode = |(place, value): (usize, &f64)| {
        let encoding = f16::from_f64(*value);
        let is_same = f64::from(encoding) == *value || value.is_nan();
        is_same.then(|| encoding.to_bits()).ok_or_else(|| {
            let (row, column) = (place / k, place % k);
            wrong(path, &format!("{value} in row {row}, column {column} is no FP16 number"))
                .help("convert the activations to float16 first")
        })
    };
    let encodings = matrix.values.iter().enumerate().map(encode).collect::<Result<_, _>>()?;
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
