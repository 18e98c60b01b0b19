//! The layout of a matrix in memory, and the order of the stream.

use super::container::{Rows, Shape};
use std::borrow::Cow;

/// Rows and columns that are transposed at once: few enough for a cache.
const TILE: usize = 64;

impl Shape {
    /// The weights of a matrix in stream order. Panics if it has another number of weights.
    pub fn stream<'w>(&self, matrix: &'w [u8]) -> Cow<'w, [u8]> {
        match self.rows {
            Rows::Outputs => matrix.into(),
            Rows::Inputs => transposed(matrix, self.k as usize, self.n as usize).into(),
        }
    }

    /// The matrix with these weights in stream order. Panics if there is another number of weights.
    pub fn matrix(&self, stream: Vec<u8>) -> Vec<u8> {
        match self.rows {
            Rows::Outputs => stream,
            Rows::Inputs => transposed(&stream, self.n as usize, self.k as usize),
        }
    }
}

fn transposed(matrix: &[u8], rows: usize, columns: usize) -> Vec<u8> {
    assert_eq!(matrix.len(), rows * columns);
    let mut turned = vec![0; matrix.len()];
    for first_row in (0..rows).step_by(TILE) {
        for first in (0..columns).step_by(TILE) {
            for column in first..columns.min(first + TILE) {
                let end = rows.min(first_row + TILE);
                let row = &mut turned[column * rows..][first_row..end];
                let from = matrix[first_row * columns + column..].iter().step_by(columns);
                row.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            }
        }
    }
    turned
}
