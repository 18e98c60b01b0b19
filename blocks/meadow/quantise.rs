//! Floats to int8, symmetric: a weight is its code times a scale.

use std::fmt;

/// The greatest code; -128 is not used, so that codes can be negated.
const GREATEST: f64 = 127.0;

/// Which weights share a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// All of a matrix.
    Matrix,
    /// Those of a row.
    Row,
    /// Those of a column.
    Column,
}

/// A quantised matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Int8Matrix {
    /// Codes, row by row, in two's complement.
    pub codes: Vec<u8>,
    /// One for the matrix, or one for each row or column.
    pub scales: Vec<f32>,
    /// The largest difference of a weight from its code times its scale, in scales.
    pub worst_error: f64,
}

/// A weight that cannot be quantised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unquantisable {
    weight: f64,
    row: usize,
    column: usize,
}

impl fmt::Display for Unquantisable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unquantisable { weight, row, column } = self;
        write!(f, "the weight of row {row}, column {column} is {weight}: no float32 is its scale")
    }
}

impl std::error::Error for Unquantisable {}

/// Quantises a matrix, whose weights `weight` gives by row and column. A scale is the greatest magnitude / 127, rounded to float32
/// (1 where all weights are 0); a code is the weight / scale, rounded to nearest, ties to even.
pub fn quantise(
    rows: usize,
    columns: usize,
    shared: Shared,
    weight: impl Fn(usize, usize) -> f64,
) -> Result<Int8Matrix, Unquantisable> {
    let group = |row: usize, column: usize| match shared {
        Shared::Matrix => 0,
        Shared::Row => row,
        Shared::Column => column,
    };
    let groups = match shared {
        Shared::Matrix => 1,
        Shared::Row => rows,
        Shared::Column => columns,
    };
    let mut greatest = vec![(0.0f64, 0, 0); groups];
    for row in 0..rows {
        for column in 0..columns {
            let (value, of_group) = (weight(row, column), &mut greatest[group(row, column)]);
            if !value.is_finite() {
                return Err(Unquantisable { weight: value, row, column });
            }
            if value.abs() > of_group.0 {
                *of_group = (value.abs(), row, column);
            }
        }
    }
    let scale = |&(greatest, row, column): &(f64, usize, usize)| match (greatest / GREATEST) as f32 {
        _ if greatest == 0.0 => Ok(1.0),
        scale if scale.is_normal() => Ok(scale),
        _ => Err(Unquantisable { weight: weight(row, column), row, column }),
    };
    let scales: Vec<f32> = greatest.iter().map(scale).collect::<Result<_, _>>()?;
    let (mut codes, mut worst_error) = (Vec::with_capacity(rows * columns), 0.0f64);
    for row in 0..rows {
        for column in 0..columns {
            let steps = weight(row, column) / f64::from(scales[group(row, column)]);
            let code = steps.round_ties_even().clamp(-GREATEST, GREATEST);
            worst_error = worst_error.max((steps - code).abs());
            codes.push(code as i8 as u8);
        }
    }
    Ok(Int8Matrix { codes, scales, worst_error })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(codes: Vec<u8>) -> Vec<i8> {
        codes.into_iter().map(|code| code as i8).collect()
    }

    fn of(shared: Shared, rows: &[[f64; 3]]) -> Result<Int8Matrix, Unquantisable> {
        quantise(rows.len(), 3, shared, |row, column| rows[row][column])
    }

    #[test]
    fn ties_go_to_even_codes() {
        let found = of(Shared::Matrix, &[[127.0, 0.5, 1.5], [-2.5, -127.0, 0.0]]).expect("it is legal");
        assert_eq!((found.scales, found.worst_error), (vec![1.0], 0.5));
        assert_eq!(signed(found.codes), [127, 0, 2, -2, -127, 0]);
    }

    #[test]
    fn rows_and_columns_have_their_scales() {
        let rows = [[127.0, 254.0, 0.0], [-63.5, 127.0, 0.0]];
        let of_rows = of(Shared::Row, &rows).expect("it is legal");
        assert_eq!(of_rows.scales, [2.0, 1.0]);
        assert_eq!(signed(of_rows.codes), [64, 127, 0, -64, 127, 0]);
        let of_columns = of(Shared::Column, &rows).expect("it is legal");
        assert_eq!(of_columns.scales, [1.0, 2.0, 1.0]);
        assert_eq!(signed(of_columns.codes), [127, 127, 0, -64, 64, 0]);
    }

    #[test]
    fn what_has_no_scale_is_refused() {
        for weight in [f64::NAN, f64::INFINITY, 1e300, 1e-300] {
            let error = of(Shared::Row, &[[0.0; 3], [0.0, weight, 0.0]]).unwrap_err().to_string();
            assert!(error.contains("row 1, column 1"), "{error}");
        }
    }
}
