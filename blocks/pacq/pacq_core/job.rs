//! What a product is told, and how it ends.

use hdl::{Bundle, Encoded};

/// A matrix in memory, row by row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Bundle)]
pub struct Matrix<T> {
    /// Byte address of the first row.
    pub address: T,
    /// Bytes from a row to the next.
    pub stride: T,
}

/// A product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Bundle)]
pub struct Job<T> {
    /// Rows of A and C.
    pub m: T,
    /// Columns of B and C.
    pub n: T,
    /// Columns of A, rows of B.
    pub k: T,
    /// Rows of B that share their scales; 0: all.
    pub group: T,
    /// Activations, FP16.
    pub a: Matrix<T>,
    /// Packed words of weights.
    pub b: Matrix<T>,
    /// FP16 scales of groups.
    pub scales: Matrix<T>,
    /// Zero points of groups, a byte each.
    pub zeros: Matrix<T>,
    /// Results.
    pub c: Matrix<T>,
}

/// How the last product ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
pub enum Outcome {
    /// There was none, or it has not ended.
    None = 0,
    /// All results are in memory.
    Done = 1,
    /// M, N or K is 0, or K is greater than `max_k`: nothing was read or written.
    BadSize = 2,
    /// GROUP is no multiple of 16, or longer than `max_group`: nothing was read or written.
    BadGroup = 3,
    /// Memory answered a read with an error.
    ReadError = 4,
    /// Memory answered a write with an error.
    WriteError = 5,
    /// Software aborted it.
    Aborted = 6,
}
