//! compressed-tensors' pack-quantized layout: `weight_packed` (outputs, inputs / codes per word), `weight_scale`
//! (outputs, groups), `weight_shape` and, if needed, `weight_zero_point` and `weight_g_idx`. Codes are offset by half
//! their range.

use super::words::whole;
use super::{Source, gptq, transposed};
use crate::terminal::error::Error;
use crate::weights::coded::{Coded, Zeros};
use crate::weights::groups::Groups;
use safetensors::Dtype;

/// Reads a layer.
pub fn read(source: &mut Source) -> Result<Coded, Error> {
    let words = source.tensors.matrix(&source.name("weight_packed"), &[Dtype::I32])?;
    let [n, k] = shape(source)?;
    if words.rows != n || n == 0 || k == 0 {
        let what = format!(
            "its shape is [{}, {}], which does not fit {n} outputs and {k} inputs",
            words.rows, words.columns
        );
        return Err(source.wrong("weight_packed", &what));
    }
    let bits = bits(source, k, words.columns)?;
    let [_, count] = source.tensors.shape(&source.name("weight_scale"))?;
    let scales = transposed(&source.floats("weight_scale", [n, count])?, n, count);
    let zeros = zeros(source, n, count, bits)?;
    let groups = groups(source, k, count)?;
    let (columns, words) = (words.columns, words.u32s());
    let places = (0..k).flat_map(|input| (0..n).map(move |output| (input, output)));
    let code = |(input, output)| whole(|index| words[output * columns + index], input, bits);
    Ok(Coded { k, n, bits, groups, codes: places.map(code).collect(), scales, zeros: Zeros::Codes(zeros) })
}

/// Outputs and inputs, from `weight_shape`.
fn shape(source: &Source) -> Result<[usize; 2], Error> {
    let name = source.name("weight_shape");
    let numbers = source.tensors.integers(&name)?;
    match numbers.as_slice() {
        &[n, k] if n >= 0 && k >= 0 => Ok([n as usize, k as usize]),
        _ => Err(source.wrong("weight_shape", &format!("it is {numbers:?}: expected [outputs, inputs]"))),
    }
}

/// The number of bits with which the codes fill the words of a row; it must agree with the configuration.
fn bits(source: &Source, k: usize, words: usize) -> Result<u32, Error> {
    let fits = |bits: &u32| k.div_ceil(32 / *bits as usize) == words;
    let mut said = vec![];
    for config in source.config.map(|config| config.of_weights()).into_iter().flatten() {
        said.extend(config.integer(&["num_bits"])?);
    }
    let is_said = |bits: &u32| said.is_empty() || said.contains(&i64::from(*bits));
    let bits: Vec<u32> = [2, 3, 4, 8].into_iter().filter(|bits| fits(bits) && is_said(bits)).collect();
    match bits.as_slice() {
        &[bits] => Ok(bits),
        _ => {
            let said = if said.is_empty() { String::new() } else { format!(" and num_bits {said:?}") };
            let what = format!(
                "a row has {words} words for {k} inputs{said}, which fits none of 2, 3, 4 and 8 bits"
            );
            Err(source.wrong("weight_packed", &what))
        }
    }
}

/// Zero points as codes: words along outputs, 8-bit integers, or none if weights are symmetric.
fn zeros(source: &Source, n: usize, count: usize, bits: u32) -> Result<Vec<u8>, Error> {
    let middle = 1_u8 << (bits - 1);
    let name = source.name("weight_zero_point");
    let Some(tensor) = source.tensors.get(&name) else {
        let mut is_symmetric = true;
        for config in source.config.map(|config| config.of_weights()).into_iter().flatten() {
            is_symmetric &= config.flag("symmetric")?.unwrap_or(true);
        }
        return match is_symmetric {
            true => Ok(vec![middle; n * count]),
            false => Err(Error::new(format!(
                "the configuration says that weights are not symmetric, but `{name}` is missing"
            ))),
        };
    };
    if tensor.dtype == Dtype::I8 {
        let stored = source.tensors.of_shape(&name, &[Dtype::I8], [n, count])?.data;
        let code = |stored: u8| (i16::from(stored as i8) + i16::from(middle)) as u8;
        let is_code =
            |stored: &&u8| (0..1 << bits).contains(&(i16::from(**stored as i8) + i16::from(middle)));
        return match stored.iter().find(|stored| !is_code(stored)) {
            None => Ok(transposed(&stored.into_iter().map(code).collect::<Vec<u8>>(), n, count)),
            Some(zero) => {
                let what = format!("the zero point {} does not fit {bits} bits", *zero as i8);
                Err(source.wrong("weight_zero_point", &what))
            }
        };
    }
    let rows = n.div_ceil(32 / bits as usize);
    let words = source.tensors.of_shape(&name, &[Dtype::I32], [rows, count])?.u32s();
    let places = (0..count).flat_map(|group| (0..n).map(move |output| (group, output)));
    Ok(places.map(|(group, output)| whole(|index| words[index * count + group], output, bits)).collect())
}

fn groups(source: &mut Source, k: usize, count: usize) -> Result<Groups, Error> {
    if source.has("weight_g_idx") {
        let index = source.tensors.vector(&source.name("weight_g_idx"), Dtype::I32)?;
        // An index that was created but never filled.
        if !index.iter().all(|group| *group as i32 == -1) {
            return gptq::of_g_idx(source, "weight_g_idx", k, count);
        }
    }
    let said = source.config.map(|config| config.of_weights()).unwrap_or_default();
    let own = said.iter().find(|config| fits(config, k, count));
    Groups::of_config(k, count, own.or(said.first()), source.notes)
}

/// Whether the configuration's groups match the number of scales.
fn fits(config: &crate::weights::config::Config, k: usize, count: usize) -> bool {
    match config.integer(&["group_size"]) {
        Ok(Some(length @ 1..)) => k.div_ceil(length as usize) == count,
        Ok(_) => count == 1,
        Err(_) => false,
    }
}
