//! Packers for the layouts of other tools, written from their descriptions: they check what `gen-rtl pack` reads.

use super::files::{Tensor, float, floats, half, transposed, words};

/// A quantised layer: weights are scale x (code - zero point).
#[derive(Clone)]
pub struct Layer {
    pub bits: u32,
    /// A row for each input.
    pub codes: Vec<Vec<u32>>,
    /// The group of each input.
    pub index: Vec<usize>,
    /// A row for each group.
    pub zeros: Vec<Vec<u32>>,
    pub scales: Vec<Vec<f64>>,
}

/// Numbers that look random.
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % limit
    }
}

impl Layer {
    /// Codes and zero points over their whole range, scales of 10 bits.
    pub fn new(k: usize, n: usize, bits: u32, group: usize) -> Layer {
        let mut draw = Draw(k as u64 * 31 + n as u64 + u64::from(bits));
        let groups = k.div_ceil(group);
        let mut rows = |rows: usize, limit: u64| {
            let row = |draw: &mut Draw| (0..n).map(|_| draw.below(limit) as u32).collect();
            (0..rows).map(|_| row(&mut draw)).collect::<Vec<Vec<u32>>>()
        };
        let (codes, zeros) = (rows(k, 1 << bits), rows(groups, 1 << bits));
        let scale = |scale: u32| f64::from(scale + 512) / 65536.0;
        let scales = rows(groups, 512).into_iter().map(|row| row.into_iter().map(scale).collect()).collect();
        Layer { bits, codes, index: (0..k).map(|input| input / group).collect(), zeros, scales }
    }

    /// With all zero points in the middle of the codes.
    pub fn symmetric(mut self) -> Layer {
        self.zeros.iter_mut().flatten().for_each(|zero| *zero = 1 << (self.bits - 1));
        self
    }

    /// With inputs in another order.
    pub fn in_act_order(mut self) -> Layer {
        let mut draw = Draw(7);
        for place in (1..self.index.len()).rev() {
            self.index.swap(place, draw.below(place as u64 + 1) as usize);
        }
        self
    }

    pub fn weight(&self, input: usize, output: usize) -> f64 {
        let group = self.index[input];
        let steps = f64::from(self.codes[input][output]) - f64::from(self.zeros[group][output]);
        steps * self.scales[group][output]
    }

    pub fn weights(&self) -> Vec<Vec<f64>> {
        let outputs = 0..self.scales[0].len();
        let row = |input: usize| outputs.clone().map(|output| self.weight(input, output)).collect();
        (0..self.codes.len()).map(row).collect()
    }
}

/// Codes one after the other, bit by bit from the lowest.
fn stream(codes: impl IntoIterator<Item = u32>, bits: u32) -> Vec<u32> {
    let bits: Vec<u32> =
        codes.into_iter().flat_map(|code| (0..bits).map(move |bit| code >> bit & 1)).collect();
    bits.chunks(32).map(|word| word.iter().rev().fold(0, |word, bit| word << 1 | bit)).collect()
}

fn matrix(rows: &[Vec<u32>]) -> Tensor {
    ("I32", vec![rows.len(), rows[0].len()], words(&rows.concat()))
}

/// AutoGPTQ's tensors; version 1 stores zero points less one.
pub fn gptq(layer: &Layer, is_v1: bool) -> Vec<(&'static str, Tensor)> {
    let columns: Vec<Vec<u32>> =
        transposed(&layer.codes).into_iter().map(|column| stream(column, layer.bits)).collect();
    let mask = (1 << layer.bits) - 1;
    let stored = |zero: &u32| if is_v1 { zero.wrapping_sub(1) & mask } else { *zero };
    let zeros: Vec<Vec<u32>> =
        layer.zeros.iter().map(|row| stream(row.iter().map(stored), layer.bits)).collect();
    let index: Vec<u32> = layer.index.iter().map(|group| *group as u32).collect();
    vec![
        ("qweight", matrix(&transposed(&columns))),
        ("qzeros", matrix(&zeros)),
        ("scales", floats("F16", &layer.scales)),
        ("g_idx", ("I32", vec![index.len()], words(&index))),
    ]
}

/// AutoAWQ's tensors in the GEMM layout.
pub fn awq(layer: &Layer) -> Vec<(&'static str, Tensor)> {
    let word = |eight: &[u32]| {
        let in_order = [0, 2, 4, 6, 1, 3, 5, 7].map(|output| eight[output]);
        in_order.iter().rev().fold(0, |word, code| word << 4 | code)
    };
    let packed = |rows: &[Vec<u32>]| {
        matrix(&rows.iter().map(|row| row.chunks(8).map(word).collect()).collect::<Vec<Vec<u32>>>())
    };
    vec![
        ("qweight", packed(&layer.codes)),
        ("qzeros", packed(&layer.zeros)),
        ("scales", floats("F16", &layer.scales)),
    ]
}

/// The tensors of compressed-tensors' pack-quantized, with scales of a type.
pub fn compressed_tensors(
    layer: &Layer,
    dtype: &'static str,
    has_zeros: bool,
    has_index: bool,
) -> Vec<(&'static str, Tensor)> {
    // Words hold whole codes. With the offset of half their range, signed codes are those of the layer.
    let row = |codes: &Vec<u32>| -> Vec<u32> {
        codes.chunks(32 / layer.bits as usize).map(|codes| stream(codes.to_vec(), layer.bits)[0]).collect()
    };
    let packed: Vec<Vec<u32>> = transposed(&layer.codes).iter().map(row).collect();
    let shape = [layer.scales[0].len() as i64, layer.codes.len() as i64];
    let mut tensors = vec![
        ("weight_packed", matrix(&packed)),
        ("weight_scale", floats(dtype, &transposed(&layer.scales))),
        ("weight_shape", ("I64", vec![2], shape.iter().flat_map(|size| size.to_le_bytes()).collect())),
    ];
    if has_zeros {
        let zeros: Vec<Vec<u32>> = layer.zeros.iter().map(row).collect();
        tensors.push(("weight_zero_point", matrix(&transposed(&zeros))));
    }
    if has_index {
        let index: Vec<u32> = layer.index.iter().map(|group| *group as u32).collect();
        tensors.push(("weight_g_idx", ("I32", vec![index.len()], words(&index))));
    }
    tensors
}

/// MLX's tensors; `moved` is added to each bias.
pub fn mlx(layer: &Layer, moved: f64) -> Vec<(&'static str, Tensor)> {
    let rows: Vec<Vec<u32>> =
        transposed(&layer.codes).into_iter().map(|row| stream(row, layer.bits)).collect();
    let (_, shape, data) = matrix(&rows);
    let scales = transposed(&layer.scales);
    let bias = |(zero, scale): (&u32, &f64)| moved - scale * f64::from(*zero);
    let biases: Vec<Vec<f64>> = transposed(&layer.zeros)
        .iter()
        .zip(&scales)
        .map(|(zeros, scales)| zeros.iter().zip(scales).map(bias).collect())
        .collect();
    vec![
        ("weight", ("U32", shape, data)),
        ("scales", floats("F32", &scales)),
        ("biases", floats("F32", &biases)),
    ]
}

/// Tensors of a layer by their whole names.
pub fn named<'t>(prefix: &str, tensors: &'t [(&'static str, Tensor)]) -> Vec<(String, &'t Tensor)> {
    tensors.iter().map(|(name, tensor)| (format!("{prefix}.{name}"), tensor)).collect()
}

/// A GGUF file of matrices, given by name, shape (neighbours first), type and bytes.
pub fn gguf(tensors: &[(&str, [u64; 2], u32, Vec<u8>)]) -> Vec<u8> {
    let tensors: Vec<_> = tensors
        .iter()
        .map(|(name, shape, kind, bytes)| (name.to_string(), shape.to_vec(), *kind, bytes.clone()))
        .collect();
    gguf_with(&[], &tensors)
}

/// The type numbers of a GGUF file's metadata: 32-bit integers and floats.
pub const UINT32: u32 = 4;
pub const FLOAT32: u32 = 6;

/// A GGUF file with a string, an array of strings and a number before the given metadata (name, type, bits) and its tensors.
pub fn gguf_with(metadata: &[(&str, u32, u32)], tensors: &[(String, Vec<u64>, u32, Vec<u8>)]) -> Vec<u8> {
    let string = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let mut file = [&b"GGUF"[..], &3_u32.to_le_bytes()].concat();
    file.extend((tensors.len() as u64).to_le_bytes());
    file.extend((3 + metadata.len() as u64).to_le_bytes());
    file.extend([string("general.architecture"), 8_u32.to_le_bytes().to_vec(), string("llama")].concat());
    file.extend([string("tokens"), 9_u32.to_le_bytes().to_vec(), 8_u32.to_le_bytes().to_vec()].concat());
    file.extend([2_u64.to_le_bytes().to_vec(), string("a"), string("bc")].concat());
    file.extend([string("general.alignment"), 4_u32.to_le_bytes().to_vec()].concat());
    file.extend(64_u32.to_le_bytes());
    for (name, kind, bits) in metadata {
        file.extend([string(name), kind.to_le_bytes().to_vec(), bits.to_le_bytes().to_vec()].concat());
    }
    let mut data: Vec<u8> = vec![];
    for (name, shape, kind, bytes) in tensors {
        data.resize(data.len().next_multiple_of(64), 0);
        file.extend([string(name), (shape.len() as u32).to_le_bytes().to_vec()].concat());
        file.extend(shape.iter().flat_map(|size| size.to_le_bytes()));
        file.extend(kind.to_le_bytes());
        file.extend((data.len() as u64).to_le_bytes());
        data.extend(bytes);
    }
    file.resize(file.len().next_multiple_of(64), 0);
    file.extend(data);
    file
}

/// Q4_0 (`minimum` none) or Q4_1 of a block of 32 codes.
pub fn block_of_q4(scale: f64, minimum: Option<f64>, codes: &[u32]) -> Vec<u8> {
    let mut block = half(scale).to_le_bytes().to_vec();
    block.extend(minimum.into_iter().flat_map(|minimum| half(minimum).to_le_bytes()));
    block.extend((0..16).map(|place| (codes[place] | codes[place + 16] << 4) as u8));
    block
}

/// Q4_K of 256 codes, with a scale and a minimum of 6 bits for each 32.
pub fn block_of_q4k(d: f64, dmin: f64, scales: [u8; 8], minima: [u8; 8], codes: &[u32]) -> Vec<u8> {
    let mut block = [float("F16", d), float("F16", dmin)].concat();
    let upper = |six: u8| six >> 4 << 6;
    block.extend((0..4).map(|group| scales[group] | upper(scales[group + 4])));
    block.extend((0..4).map(|group| minima[group] | upper(minima[group + 4])));
    block.extend((4..8).map(|group| scales[group] & 15 | minima[group] << 4));
    for run in codes.chunks(64) {
        block.extend((0..32).map(|place| (run[place] | run[place + 32] << 4) as u8));
    }
    block
}

/// Q6_K of 256 codes, with a signed scale of 8 bits for each 16.
pub fn block_of_q6k(d: f64, scales: [i8; 16], codes: &[u32]) -> Vec<u8> {
    let (mut low, mut high) = (vec![0_u8; 128], vec![0_u8; 64]);
    for (place, code) in codes.iter().enumerate() {
        let (part, within) = (place / 128, place % 128);
        low[part * 64 + within % 64] |= ((code & 15) << (within / 64 * 4)) as u8;
        high[part * 32 + within % 32] |= ((code >> 4) << (within / 32 * 2)) as u8;
    }
    [low, high, scales.map(|scale| scale as u8).to_vec(), float("F16", d)].concat()
}
