//! AutoAWQ's GEMM layout, with 4-bit codes: `qweight` (inputs, outputs / 8), `qzeros` (groups, outputs / 8), `scales`
//! (groups, outputs).

use super::Source;
use crate::terminal::error::Error;
use crate::weights::coded::{Coded, Zeros};
use crate::weights::config::Config;
use crate::weights::groups::Groups;
use safetensors::Dtype;

/// Codes per word.
const CODES: usize = 8;

/// The place of each of eight outputs in a word, from the lowest bits up: words hold outputs 0 2 4 6 1 3 5 7.
const PLACES: [usize; CODES] = [0, 4, 1, 5, 2, 6, 3, 7];

/// Reads a layer.
pub fn read(source: &mut Source) -> Result<Coded, Error> {
    if let Some(bits @ (2 | 3 | 8)) = source.config.map(Config::bits).transpose()?.flatten() {
        return Err(Error::new(format!(
            "the configuration gives `{}` {bits} bits: AutoAWQ's codes have 4",
            source.prefix
        )));
    }
    let words = source.tensors.matrix(&source.name("qweight"), &[Dtype::I32])?;
    let (k, columns) = (words.rows, words.columns);
    let [count, n] = source.tensors.shape(&source.name("scales"))?;
    let scales = source.floats("scales", [count, n])?;
    let zeros = source.tensors.of_shape(&source.name("qzeros"), &[Dtype::I32], [count, columns])?;
    let groups = Groups::of_config(k, count, source.config, source.notes)
        .map_err(|error| error.help(format!("the layer is `{}`", source.prefix)))?;
    let codes = |words: &[u32], rows: usize| {
        let places = (0..rows).flat_map(|row| (0..n).map(move |column| (row, column)));
        let code = |(row, column): (usize, usize)| {
            (words[row * columns + column / CODES] >> (4 * PLACES[column % CODES])) as u8 & 0xf
        };
        places.map(code).collect::<Vec<u8>>()
    };
    let (codes, zeros) = (codes(&words.u32s(), k), codes(&zeros.u32s(), count));
    Ok(Coded { k, n, bits: 4, groups, codes, scales, zeros: Zeros::Codes(zeros) })
}
