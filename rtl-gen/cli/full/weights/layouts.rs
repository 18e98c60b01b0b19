//! Weights of 4 bits that others have packed, eight in a word of 32 bits.

use super::file::Tensors;
use crate::error::Error;
use blocks::pacq::weights::{Quantised, Scheme};
use clap::ValueEnum;
use safetensors::Dtype;

/// The layouts.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Layout {
    /// vLLM's: `qweight` of (inputs / 8, outputs), the first input in the lowest bits; `qzeros` of (groups, outputs / 8)
    Vllm,
    /// AutoAWQ's: `qweight` of (inputs, outputs / 8), outputs 0 2 4 6 1 3 5 7 from the lowest bits up; `qzeros` likewise
    Awq,
}

/// Codes in a word.
const CODES: usize = 8;

/// The output that each nibble of a word of AutoAWQ holds, from the lowest bits up.
const AWQ_ORDER: [usize; CODES] = [0, 2, 4, 6, 1, 3, 5, 7];

impl Layout {
    /// Reads `<prefix>.qweight`, `<prefix>.qzeros` and `<prefix>.scales` of (groups, outputs).
    pub fn read(self, tensors: &Tensors, prefix: &str) -> Result<Quantised, Error> {
        let name =
            |tensor: &str| if prefix.is_empty() { tensor.into() } else { format!("{prefix}.{tensor}") };
        let (words, _) = tensors.matrix(&name("qweight"), &[Dtype::I32])?;
        let (scales, _) = tensors.matrix(&name("scales"), &[Dtype::F16])?;
        let (k, n) = match self {
            Layout::Vllm => (words.rows * CODES, words.columns),
            Layout::Awq => (words.rows, words.columns * CODES),
        };
        let groups = scales.rows;
        if groups == 0 || k == 0 || n == 0 || !k.is_multiple_of(groups) || scales.columns != n {
            let what = format!(
                "its shape is [{groups}, {}]: with {k} inputs and {n} outputs it is to be [groups, {n}], the groups a \
                 divisor of {k}",
                scales.columns
            );
            return Err(tensors.wrong(&name("scales"), &what));
        }
        let zeros = tensors.of_shape(&name("qzeros"), Dtype::I32, [groups, n.div_ceil(CODES)])?;
        let scheme = Scheme { k, n, weight_bits: 4, group_k: k / groups, group_n: 1 };
        let (words, zero_words) = (words.u32s(), zeros.u32s());
        let along_n = |words: &[u32], row: usize, column: usize| {
            let place = match self {
                Layout::Vllm => column % CODES,
                Layout::Awq => AWQ_ORDER
                    .iter()
                    .position(|output| *output == column % CODES)
                    .expect("each output is there"),
            };
            nibble(words[row * n.div_ceil(CODES) + column / CODES], place)
        };
        let code = |(row, column): (usize, usize)| match self {
            Layout::Vllm => nibble(words[row / CODES * n + column], row % CODES),
            Layout::Awq => along_n(&words, row, column),
        };
        let places = |rows: usize| (0..rows).flat_map(move |row| (0..n).map(move |column| (row, column)));
        Ok(Quantised {
            scheme,
            codes: places(k).map(code).collect(),
            scales: scales.u16s(),
            zeros: places(groups).map(|(row, column)| along_n(&zero_words, row, column)).collect(),
        })
    }
}

fn nibble(word: u32, place: usize) -> u8 {
    (word >> (4 * place)) as u8 & 0xf
}
