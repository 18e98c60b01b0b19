//! No file of weights panics: each is read, packed and requantised.

use super::layer::{self, Options};
use crate::weights::source::Source;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, serialize};
use std::fs;
use test_support::fuzz::survives;

/// A safetensors file whose tensors have distinct bytes.
fn tensors(tensors: &[(&str, Dtype, &[usize])]) -> Vec<u8> {
    let sizes = tensors.iter().map(|(_, dtype, shape)| shape.iter().product::<usize>() * dtype.bitsize() / 8);
    let data: Vec<Vec<u8>> =
        sizes.map(|size| (0..size).map(|byte| (byte * 37 % 59) as u8).collect()).collect();
    let views = tensors.iter().zip(&data).map(|((name, dtype, shape), data)| {
        (*name, TensorView::new(*dtype, shape.to_vec(), data).expect("it has the size"))
    });
    serialize(views, None).expect("it is a file")
}

/// A GGUF file of version 3 with a matrix of blocks.
fn gguf(type_number: u32, shape: [u64; 2], bytes: usize) -> Vec<u8> {
    let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let mut file = [b"GGUF".to_vec(), 3u32.to_le_bytes().to_vec()].concat();
    file.extend([1u64, 2].iter().flat_map(|count| count.to_le_bytes()));
    file.extend(
        [text("general.alignment"), 4u32.to_le_bytes().to_vec(), 32u32.to_le_bytes().to_vec()].concat(),
    );
    file.extend([text("general.name"), 8u32.to_le_bytes().to_vec(), text("small")].concat());
    file.extend([text("blk.0.weight"), 2u32.to_le_bytes().to_vec()].concat());
    file.extend(shape.iter().flat_map(|size| size.to_le_bytes()));
    file.extend([&type_number.to_le_bytes()[..], &0u64.to_le_bytes()].concat());
    file.resize(file.len().next_multiple_of(32), 0);
    file.extend((0..bytes).map(|byte| (byte * 37 % 59) as u8));
    file
}

fn corpus() -> Vec<Vec<u8>> {
    use Dtype::{BF16, F16, F32, F64, I32, I64, U8, U16, U32};
    vec![
        tensors(&[
            ("l.qweight", I32, &[4, 8]),
            ("l.qzeros", I32, &[2, 1]),
            ("l.scales", F16, &[2, 8]),
            ("l.g_idx", I32, &[32]),
        ]),
        tensors(&[("l.qweight", I32, &[32, 1]), ("l.qzeros", I32, &[2, 1]), ("l.scales", F16, &[2, 8])]),
        tensors(&[
            ("l.weight_packed", I32, &[4, 4]),
            ("l.weight_scale", BF16, &[4, 2]),
            ("l.weight_shape", I64, &[2]),
        ]),
        tensors(&[("l.weight", U32, &[4, 4]), ("l.scales", F32, &[4, 2]), ("l.biases", F32, &[4, 2])]),
        tensors(&[("a", F32, &[4, 16]), ("b", F64, &[2, 2]), ("c", BF16, &[1, 3])]),
        tensors(&[("words", U16, &[16, 1]), ("scales", F16, &[1, 4]), ("zeros", U8, &[1, 4])]),
        br#"{"metadata": {"total_size": 1}, "weight_map": {"a": "file", "b": "../file"}}"#.to_vec(),
        gguf(2, [32, 2], 36),
        gguf(3, [32, 2], 40),
        gguf(12, [256, 1], 144),
        gguf(14, [256, 1], 210),
        gguf(0, [4, 4], 64),
        b"\x93NUMPY\x01\x00\x3a\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)}   \n\0\0\0\0\0\0\0\0"
            .to_vec(),
    ]
}

#[test]
fn files_of_weights() {
    let folder = tempfile::tempdir().expect("it can be made");
    let path = folder.path().join("file");
    survives(&corpus(), |bytes| {
        fs::write(&path, bytes).expect("it can be written");
        let Ok(source) = Source::open(&path) else { return };
        for name in source.layers().0 {
            for requantise in [false, true] {
                let options = Options {
                    bits: None,
                    group: None,
                    group_n: None,
                    transposed: false,
                    from: None,
                    requantise,
                };
                if let Ok(weights) = source.read(&name, None, &mut vec![]) {
                    let _ = layer::pack(weights, &options, &name);
                }
            }
        }
    });
}
