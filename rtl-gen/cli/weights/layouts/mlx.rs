//! MLX's affine layout: `weight` (outputs, inputs x bits / 32), `scales` and `biases` (outputs, groups); a weight is
//! scale x code + bias.

use super::words::dense;
use super::{Source, transposed};
use crate::terminal::error::Error;
use crate::weights::coded::{Coded, Zeros};
use crate::weights::config::Config;
use crate::weights::groups::Groups;
use safetensors::Dtype;

/// Reads a layer. Shapes alone do not fix bits and groups: the configuration must give one of them.
pub fn read(source: &mut Source) -> Result<Coded, Error> {
    let config = source.config.map(|config| config.of_layer(source.prefix));
    if let Some(mode) = config.as_ref().map(|config| config.text(&["mode"])).transpose()?.flatten()
        && mode != "affine"
    {
        return Err(super::refused(source, &format!("MLX's mode `{mode}`")));
    }
    let said_bits = config.as_ref().map(Config::bits).transpose()?.flatten();
    let said_group = config.as_ref().map(|config| config.integer(&["group_size"])).transpose()?.flatten();
    let words = source.tensors.matrix(&source.name("weight"), &[Dtype::U32])?;
    let [_, count] = source.tensors.shape(&source.name("scales"))?;
    let (n, columns) = (words.rows, words.columns);
    let row_bits = columns.saturating_mul(32);
    let k = match (said_bits, said_group) {
        (Some(bits), _) => row_bits / bits as usize,
        (None, Some(length @ 1..)) => count.saturating_mul(length as usize),
        _ => {
            return Err(Error::new(format!(
                "no file gives the bits or the group size of `{}`",
                source.prefix
            ))
            .help("put the model's config.json, with `quantization`, beside the file"));
        }
    };
    let bits = row_bits.checked_div(k).unwrap_or_default();
    if !matches!(bits, 2 | 3 | 4 | 8) || k * bits != row_bits || n == 0 {
        let what =
            format!("its shape is [{n}, {columns}], which does not fit {k} inputs of 2, 3, 4 or 8 bits");
        return Err(source.wrong("weight", &what));
    }
    let bits = bits as u32;
    let groups = Groups::of_config(k, count, config.as_ref(), source.notes)?;
    let scales = transposed(&source.floats("scales", [n, count])?, n, count);
    let offsets = transposed(&source.floats("biases", [n, count])?, n, count);
    let words = words.u32s();
    let places = (0..k).flat_map(|input| (0..n).map(move |output| (input, output)));
    let code = |(input, output)| dense(|index| words[output * columns + index], input, bits);
    Ok(Coded {
        k,
        n,
        bits,
        groups,
        codes: places.map(code).collect(),
        scales,
        zeros: Zeros::Offsets(offsets),
    })
}
