//! Blocks of weights along inputs, each with its scales.

use crate::weights::coded::{Coded, Zeros};
use crate::weights::groups::Groups;
use half::f16;
use safetensors::Dtype;

/// The supported types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    F32,
    F16,
    Bf16,
    F64,
    Q4_0,
    Q4_1,
    Q8_0,
    Q4K,
    Q6K,
}

/// All types, by number.
const NAMES: [(u32, &str, Option<Block>); 37] = [
    (0, "F32", Some(Block::F32)),
    (1, "F16", Some(Block::F16)),
    (2, "Q4_0", Some(Block::Q4_0)),
    (3, "Q4_1", Some(Block::Q4_1)),
    (6, "Q5_0", None),
    (7, "Q5_1", None),
    (8, "Q8_0", Some(Block::Q8_0)),
    (9, "Q8_1", None),
    (10, "Q2_K", None),
    (11, "Q3_K", None),
    (12, "Q4_K", Some(Block::Q4K)),
    (13, "Q5_K", None),
    (14, "Q6_K", Some(Block::Q6K)),
    (15, "Q8_K", None),
    (16, "IQ2_XXS", None),
    (17, "IQ2_XS", None),
    (18, "IQ3_XXS", None),
    (19, "IQ1_S", None),
    (20, "IQ4_NL", None),
    (21, "IQ3_S", None),
    (22, "IQ2_S", None),
    (23, "IQ4_XS", None),
    (24, "I8", None),
    (25, "I16", None),
    (26, "I32", None),
    (27, "I64", None),
    (28, "F64", Some(Block::F64)),
    (29, "IQ1_M", None),
    (30, "BF16", Some(Block::Bf16)),
    (31, "Q4_0_4_4", None),
    (32, "Q4_0_4_8", None),
    (33, "Q4_0_8_8", None),
    (34, "TQ1_0", None),
    (35, "TQ2_0", None),
    (36, "IQ4_NL_4_4", None),
    (39, "MXFP4", None),
    (40, "NVFP4", None),
];

/// The name of a type.
pub fn type_name(number: u32) -> &'static str {
    NAMES.iter().find(|(own, ..)| *own == number).map_or("unknown", |(_, name, _)| name)
}

/// The codes of a block, and the scale and offset of each of its groups.
struct Decoded<'d> {
    codes: &'d mut [u8],
    lines: &'d mut [(f64, f64)],
}

impl Block {
    /// The type with a number, if it is supported.
    pub fn of_type(number: u32) -> Option<Block> {
        NAMES.iter().find(|(own, ..)| *own == number)?.2
    }

    /// The float type, for blocks that are not quantised.
    pub fn float(self) -> Option<Dtype> {
        match self {
            Block::F32 => Some(Dtype::F32),
            Block::F16 => Some(Dtype::F16),
            Block::Bf16 => Some(Dtype::BF16),
            Block::F64 => Some(Dtype::F64),
            Block::Q4_0 | Block::Q4_1 | Block::Q8_0 | Block::Q4K | Block::Q6K => None,
        }
    }

    /// Weights per block.
    pub fn weights(self) -> usize {
        match self {
            Block::F32 | Block::F16 | Block::Bf16 | Block::F64 => 1,
            Block::Q4_0 | Block::Q4_1 | Block::Q8_0 => 32,
            Block::Q4K | Block::Q6K => 256,
        }
    }

    /// Bytes per block.
    pub fn bytes(self) -> usize {
        match self {
            Block::F16 | Block::Bf16 => 2,
            Block::F32 => 4,
            Block::F64 => 8,
            Block::Q4_0 => 18,
            Block::Q4_1 => 20,
            Block::Q8_0 => 34,
            Block::Q4K => 144,
            Block::Q6K => 210,
        }
    }

    /// Weights that share a scale.
    fn group(self) -> usize {
        match self {
            Block::F32 | Block::F16 | Block::Bf16 | Block::F64 => 1,
            Block::Q4_0 | Block::Q4_1 | Block::Q8_0 | Block::Q4K => 32,
            Block::Q6K => 16,
        }
    }

    fn bits(self) -> u32 {
        match self {
            Block::Q4_0 | Block::Q4_1 | Block::Q4K => 4,
            Block::Q6K => 6,
            Block::Q8_0 => 8,
            Block::F16 | Block::Bf16 => 16,
            Block::F32 => 32,
            Block::F64 => 64,
        }
    }

    /// Decodes a matrix from rows of blocks, one row for each output.
    pub fn decode(self, k: usize, n: usize, data: &[u8]) -> Coded {
        let (weights, group) = (self.weights(), self.group());
        let count = k / group;
        let mut codes = vec![0; k * n];
        let mut lines = vec![(0.0, 0.0); count * n];
        let (mut own_codes, mut own_lines) = (vec![0; weights], vec![(0.0, 0.0); weights / group]);
        for (number, block) in data.chunks_exact(self.bytes()).enumerate() {
            let (output, place) = (number / (k / weights), number % (k / weights));
            self.decode_block(block, Decoded { codes: &mut own_codes, lines: &mut own_lines });
            for (input, code) in own_codes.iter().enumerate() {
                codes[(place * weights + input) * n + output] = *code;
            }
            for (own, line) in own_lines.iter().enumerate() {
                lines[(place * (weights / group) + own) * n + output] = *line;
            }
        }
        let (scales, offsets) = lines.into_iter().unzip();
        let groups = Groups { count, length: group, order: None };
        Coded { k, n, bits: self.bits(), groups, codes, scales, zeros: Zeros::Offsets(offsets) }
    }

    fn decode_block(self, block: &[u8], into: Decoded) {
        let half = |place: usize| f64::from(f16::from_le_bytes([block[place], block[place + 1]]));
        match self {
            Block::Q4_0 => {
                into.lines[0] = (half(0), -8.0 * half(0));
                halves(&block[2..], into.codes);
            }
            Block::Q4_1 => {
                into.lines[0] = (half(0), half(2));
                halves(&block[4..], into.codes);
            }
            Block::Q8_0 => {
                into.lines[0] = (half(0), -128.0 * half(0));
                for (code, byte) in into.codes.iter_mut().zip(&block[2..]) {
                    *code = byte ^ 0x80;
                }
            }
            Block::Q4K => {
                for (group, line) in into.lines.iter_mut().enumerate() {
                    let (scale, minimum) = scale_of_q4k(&block[4..16], group);
                    *line = (half(0) * f64::from(scale), -half(2) * f64::from(minimum));
                }
                for (bytes, codes) in block[16..].chunks(32).zip(into.codes.chunks_mut(64)) {
                    halves(bytes, codes);
                }
            }
            Block::Q6K => {
                let (low, high, scales) = (&block[..128], &block[128..192], &block[192..208]);
                for (group, line) in into.lines.iter_mut().enumerate() {
                    let scale = half(208) * f64::from(scales[group] as i8);
                    *line = (scale, -32.0 * scale);
                }
                for (place, code) in into.codes.iter_mut().enumerate() {
                    *code = code_of_q6k(low, high, place);
                }
            }
            Block::F32 | Block::F16 | Block::Bf16 | Block::F64 => unreachable!("floats are no blocks"),
        }
    }
}

/// Low nibbles first, then high ones.
fn halves(bytes: &[u8], codes: &mut [u8]) {
    let (low, high) = codes.split_at_mut(bytes.len());
    for ((byte, low), high) in bytes.iter().zip(low).zip(high) {
        (*low, *high) = (byte & 0xf, byte >> 4);
    }
}

/// The 6-bit scale and minimum of one of eight groups, packed in twelve bytes. Those of the first four groups are the
/// low bits of four bytes each; the upper bits of these bytes belong to the other groups.
fn scale_of_q4k(bytes: &[u8], group: usize) -> (u8, u8) {
    match group {
        0..4 => (bytes[group] & 63, bytes[group + 4] & 63),
        _ => {
            let low = bytes[group + 4];
            (low & 0xf | bytes[group - 4] >> 6 << 4, low >> 4 | bytes[group] >> 6 << 4)
        }
    }
}

/// Each half of a block has four runs of 32 codes: their low four bits share 64 bytes, the upper two bits 32.
fn code_of_q6k(low: &[u8], high: &[u8], place: usize) -> u8 {
    let (part, run, column) = (place / 128, place % 128 / 32, place % 32);
    let byte = low[part * 64 + run % 2 * 32 + column];
    let nibble = if run < 2 { byte & 0xf } else { byte >> 4 };
    let upper = high[part * 32 + column] >> (2 * run) & 3;
    nibble | upper << 4
}
