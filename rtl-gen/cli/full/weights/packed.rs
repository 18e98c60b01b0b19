//! Packed weights in a file: words, scales and zero points in the order of the PacQ datapath.

use super::file::{self, Tensor, Tensors, write_tensors};
use crate::error::Error;
use blocks::pacq::weights::{Quantised, Scheme};
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The entry of a file's metadata that describes it.
pub const METADATA: &str = "gen-rtl";

/// What the metadata say.
#[derive(Serialize, Deserialize)]
struct Description {
    weight_bits: u32,
    k: usize,
    n: usize,
    group_k: usize,
    group_n: usize,
}

fn description(scheme: Scheme) -> String {
    let Scheme { k, n, weight_bits, group_k, group_n } = scheme;
    serde_json::to_string(&Description { weight_bits, k, n, group_k, group_n }).expect("numbers serialise")
}

/// The scheme in a file's metadata, if it is one of ours. The numbers are checked: a file may say anything.
pub fn scheme(path: &Path, bytes: &[u8]) -> Result<Option<Scheme>, Error> {
    let Ok((_, metadata)) = SafeTensors::read_metadata(bytes) else { return Ok(None) };
    let Some(text) = metadata.metadata().as_ref().and_then(|metadata| metadata.get(METADATA)) else {
        return Ok(None);
    };
    let wrong = |what: String| Error::new(format!("metadata `{METADATA}` of {}: {what}", path.display()));
    let Description { weight_bits, k, n, group_k, group_n } =
        serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    if !matches!(weight_bits, 2 | 4) || [k, n, group_k, group_n].contains(&0) {
        return Err(wrong(format!(
            "weight_bits is {weight_bits}, k {k}, n {n}, group_k {group_k}, group_n {group_n}: weight_bits is to be 2 or \
             4, the others at least 1"
        )));
    }
    Ok(Some(Scheme { k, n, weight_bits, group_k, group_n }))
}

/// Writes packed weights.
pub fn write(path: &Path, quantised: &Quantised) -> Result<(), Error> {
    let scheme = quantised.scheme;
    let words = (0..scheme.k).flat_map(|row| quantised.words(row)).flat_map(u16::to_le_bytes).collect();
    let words = Tensor { name: "words", dtype: Dtype::U16, shape: [scheme.k, scheme.words()], data: words };
    let [scales, zeros] = groups(quantised);
    write_tensors(path, &[words, scales, zeros], description(scheme))
}

/// Writes codes and the weights that they stand for.
pub fn write_codes(path: &Path, quantised: &Quantised) -> Result<(), Error> {
    let scheme = quantised.scheme;
    let shape = [scheme.k, scheme.n];
    let places = (0..scheme.k).flat_map(|row| (0..scheme.n).map(move |column| (row, column)));
    // A code times an FP16 scale has 15 bits.
    let weights =
        places.flat_map(|(row, column)| (quantised.weight(row, column) as f32).to_le_bytes()).collect();
    let codes = Tensor { name: "codes", dtype: Dtype::U8, shape, data: quantised.codes.clone() };
    let weights = Tensor { name: "weights", dtype: Dtype::F32, shape, data: weights };
    let [scales, zeros] = groups(quantised);
    write_tensors(path, &[codes, weights, scales, zeros], description(scheme))
}

fn groups(quantised: &Quantised) -> [Tensor; 2] {
    let shape = [quantised.scheme.groups(), quantised.scheme.group_columns()];
    let scales = quantised.scales.iter().flat_map(|scale| scale.to_le_bytes()).collect();
    [
        Tensor { name: "scales", dtype: Dtype::F16, shape, data: scales },
        Tensor { name: "zeros", dtype: Dtype::U8, shape, data: quantised.zeros.clone() },
    ]
}

/// Reads packed weights.
pub fn read(path: &Path) -> Result<Quantised, Error> {
    let bytes = file::read(path)?;
    let tensors = Tensors::open(path, &bytes)?;
    let Some(scheme) = scheme(path, &bytes)?.filter(|_| tensors.has("words")) else {
        return Err(Error::new(format!("{} holds no packed weights", path.display()))
            .help("`gen-rtl pack` makes such files"));
    };
    let words = tensors.of_shape("words", Dtype::U16, [scheme.k, scheme.words()])?.u16s();
    let (scales, zeros) = read_groups(&tensors, scheme)?;
    Ok(Quantised::of_words(scheme, &words, scales, zeros))
}

/// Reads the codes that [`write_codes`] wrote.
pub fn read_codes(tensors: &Tensors, scheme: Scheme) -> Result<Quantised, Error> {
    let codes = tensors.of_shape("codes", Dtype::U8, [scheme.k, scheme.n])?.data.to_vec();
    if let Some(code) = codes.iter().find(|code| u16::from(**code) > scheme.greatest()) {
        let what = format!("the code {code} does not fit {} bits", scheme.weight_bits);
        return Err(tensors.wrong("codes", &what));
    }
    let (scales, zeros) = read_groups(tensors, scheme)?;
    Ok(Quantised { scheme, codes, scales, zeros })
}

fn read_groups(tensors: &Tensors, scheme: Scheme) -> Result<(Vec<u16>, Vec<u8>), Error> {
    let shape = [scheme.groups(), scheme.group_columns()];
    let scales = tensors.of_shape("scales", Dtype::F16, shape)?.u16s();
    let zeros = tensors.of_shape("zeros", Dtype::U8, shape)?.data.to_vec();
    if let Some(zero) = zeros.iter().find(|zero| u16::from(**zero) > scheme.greatest()) {
        let what = format!("the zero point {zero} does not fit {} bits", scheme.weight_bits);
        return Err(tensors.wrong("zeros", &what));
    }
    Ok((scales, zeros))
}
