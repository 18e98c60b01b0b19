//! Files of tensors, written and read by hand.

use crate::support::Workplace;
use serde_json::{Map, Value, json};
use std::fs;

/// A tensor: its type, shape and bytes.
pub type Tensor = (&'static str, Vec<usize>, Vec<u8>);

/// The bytes of a safetensors file.
pub fn safetensors(tensors: &[(&str, Tensor)], metadata: Option<Value>) -> Vec<u8> {
    let mut header = Map::new();
    if let Some(metadata) = metadata {
        header.insert("__metadata__".into(), metadata);
    }
    let mut data = vec![];
    for (name, (dtype, shape, bytes)) in tensors {
        let offsets = [data.len(), data.len() + bytes.len()];
        header.insert(name.to_string(), json!({ "dtype": dtype, "shape": shape, "data_offsets": offsets }));
        data.extend(bytes);
    }
    let header = Value::Object(header).to_string();
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &data].concat()
}

impl Workplace {
    /// Writes a safetensors file.
    pub fn write_tensors(&self, name: &str, tensors: &[(&str, Tensor)]) {
        self.write_bytes(name, &safetensors(tensors, None));
    }

    /// Writes a file.
    pub fn write_bytes(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    /// Reads a file.
    #[track_caller]
    pub fn read_bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The weights, of inputs and outputs, that a packed file stands for, as `unpack` gives them.
    #[track_caller]
    pub fn unpacked(&self, packed: &str) -> Vec<Vec<f64>> {
        self.run(&["unpack", packed, "--out=unpacked"]).succeeded();
        let bytes = fs::read(self.path().join("unpacked")).expect("a file");
        let (header, data) = bytes[8..].split_at(u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize);
        let header: Value = serde_json::from_slice(header).expect("a header");
        let weights = &header["weights"];
        let number = |value: &Value| value.as_u64().expect("a number") as usize;
        let [k, n] = [0, 1].map(|place| number(&weights["shape"][place]));
        let [first, end] = [0, 1].map(|place| number(&weights["data_offsets"][place]));
        let values: Vec<f64> = data[first..end].chunks(4).map(|bytes| f32_of(bytes).into()).collect();
        assert_eq!(values.len(), k * n);
        values.chunks(n).map(<[f64]>::to_vec).collect()
    }
}

fn f32_of(bytes: &[u8]) -> f32 {
    f32::from_le_bytes(bytes.try_into().expect("four bytes"))
}

/// Words of 32 bits.
pub fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// FP16 of a number that is one, and no subnormal one.
pub fn half(value: f64) -> u16 {
    let bits = (value as f32).to_bits();
    let (sign, exponent, fraction) = (bits >> 16 & 0x8000, bits >> 23 & 0xff, bits & 0x7f_ffff);
    if value == 0.0 {
        return sign as u16;
    }
    assert!(fraction.trailing_zeros() >= 13 && (113..143).contains(&exponent), "{value} is no FP16 number");
    (sign | (exponent - 112) << 10 | fraction >> 13) as u16
}

/// A float of a type: F16, BF16, F32 or F64.
pub fn float(dtype: &str, value: f64) -> Vec<u8> {
    match dtype {
        "F16" => half(value).to_le_bytes().to_vec(),
        "BF16" => (((value as f32).to_bits() >> 16) as u16).to_le_bytes().to_vec(),
        "F32" => (value as f32).to_le_bytes().to_vec(),
        "F64" => value.to_le_bytes().to_vec(),
        _ => panic!("{dtype}"),
    }
}

/// A matrix of floats, row by row.
pub fn floats(dtype: &'static str, rows: &[Vec<f64>]) -> Tensor {
    let data = rows.iter().flatten().flat_map(|value| float(dtype, *value)).collect();
    (dtype, vec![rows.len(), rows[0].len()], data)
}

/// Rows to columns.
pub fn transposed<T: Copy>(rows: &[Vec<T>]) -> Vec<Vec<T>> {
    (0..rows[0].len()).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
}

/// The bytes of a NumPy array with a header.
pub fn npy(descr: &str, is_fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    let order = if is_fortran { "True" } else { "False" };
    let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
    let header = format!("{header}{}\n", " ".repeat(63 - (10 + header.len()) % 64));
    [&b"\x93NUMPY\x01\x00"[..], &(header.len() as u16).to_le_bytes(), header.as_bytes(), data].concat()
}
