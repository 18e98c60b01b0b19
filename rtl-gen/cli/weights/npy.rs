//! Matrices in .npy files.

use super::floats::{Floats, Values};
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

/// Reads a matrix of float16, float32 or float64, with either byte order and either element order.
pub fn read(path: &Path) -> Result<Floats, Error> {
    match Kind::of(path)? {
        Kind::Npy => {}
        kind => return Err(kind.refused(path, "NumPy array (.npy)")),
    }
    let bytes = fs::read(path).map_err(|error| Error::io(format!("read {}", path.display()), error))?;
    let damaged = |error: std::io::Error| wrong(path, &format!("it is not a complete .npy file: {error}"));
    let npy = reports::npy::open(&bytes).map_err(damaged)?;
    let &[rows, columns] = npy.shape() else {
        return Err(wrong(path, &format!("its shape is {:?}: expected two dimensions", npy.shape())));
    };
    if rows == 0 || columns == 0 {
        return Err(wrong(path, &format!("its shape is [{rows}, {columns}]: it is empty")));
    }
    let (order, dtype) = (npy.order(), npy.dtype());
    let size = match &dtype {
        DType::Plain(text) if text.type_char() == TypeChar::Float => text.size_field(),
        _ => 0,
    };
    if !matches!(size, 2 | 4 | 8) {
        let what = format!("its type is {}: expected float16, float32 or float64", dtype.descr());
        return Err(wrong(path, &what).help("NumPy has no bfloat16: save it as float32"));
    }
    let (rows, columns) = (rows as usize, columns as usize);
    let values: Vec<f64> = match size {
        2 => npy.into_vec::<f16>().map_err(damaged)?.into_iter().map(f64::from).collect(),
        4 => npy.into_vec::<f32>().map_err(damaged)?.into_iter().map(f64::from).collect(),
        _ => npy.into_vec::<f64>().map_err(damaged)?,
    };
    let values = match order {
        Order::C => values,
        Order::Fortran => {
            let place = |index: usize| index % columns * rows + index / columns;
            (0..values.len()).map(|index| values[place(index)]).collect()
        }
    };
    Ok(Floats { rows, columns, values: Values::Numbers(values) })
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
