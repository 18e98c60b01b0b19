//! Matrices of floats.

use half::{bf16, f16};
use safetensors::Dtype;

/// The supported types.
pub const TYPES: [Dtype; 4] = [Dtype::F16, Dtype::BF16, Dtype::F32, Dtype::F64];

/// A matrix of floats, row by row.
pub struct Floats {
    pub rows: usize,
    pub columns: usize,
    pub values: Values,
}

/// Floats of a type, little-endian.
pub enum Values {
    F16(Vec<u8>),
    Bf16(Vec<u8>),
    F32(Vec<u8>),
    F64(Vec<u8>),
    /// Decoded values.
    Numbers(Vec<f64>),
}

impl Values {
    /// Floats of a type; `None` if it is not in [`TYPES`].
    pub fn of(dtype: Dtype, data: Vec<u8>) -> Option<Values> {
        match dtype {
            Dtype::F16 => Some(Values::F16(data)),
            Dtype::BF16 => Some(Values::Bf16(data)),
            Dtype::F32 => Some(Values::F32(data)),
            Dtype::F64 => Some(Values::F64(data)),
            _ => None,
        }
    }

    /// One element.
    pub fn at(&self, place: usize) -> f64 {
        match self {
            Values::F16(data) => f16::from_le_bytes(array(data, place)).into(),
            Values::Bf16(data) => bf16::from_le_bytes(array(data, place)).into(),
            Values::F32(data) => f32::from_le_bytes(array(data, place)).into(),
            Values::F64(data) => f64::from_le_bytes(array(data, place)),
            Values::Numbers(values) => values[place],
        }
    }
}

fn array<const BYTES: usize>(data: &[u8], place: usize) -> [u8; BYTES] {
    data[place * BYTES..(place + 1) * BYTES].try_into().expect("as many bytes")
}
