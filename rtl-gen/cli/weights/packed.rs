//! Packed weights in a file: words, scales and zero points in the order of the PacQ datapath.

use super::groups::Groups;
use super::tensors::Tensors;
use super::write::{Tensor, write_tensors};
use crate::terminal::error::Error;
use blocks::pacq::weights::{Quantised, Scheme};
use half::f16;
use safetensors::Dtype;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The metadata entry that describes the file.
const METADATA: &str = "gen-rtl";

/// A packed matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Its rows are inputs.
    pub quantised: Quantised,
    /// The input of each row, if rows are not in the order of the layer's inputs: inputs of a group must be neighbours.
    /// Activations go in the same order.
    pub order: Option<Vec<u32>>,
}

/// The contents of the metadata.
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

/// The scheme in a file's metadata, if we wrote it. Its numbers are checked: a file may contain anything.
pub fn scheme(tensors: &Tensors) -> Result<Option<Scheme>, Error> {
    let Some(text) = tensors.text(METADATA) else { return Ok(None) };
    let path = tensors.path().display();
    let wrong = |what: String| Error::new(format!("metadata `{METADATA}` of {path}: {what}"));
    let Description { weight_bits, k, n, group_k, group_n } =
        serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    if !matches!(weight_bits, 2 | 4) || [k, n, group_k, group_n].contains(&0) {
        return Err(wrong(format!(
            "weight_bits is {weight_bits}, k {k}, n {n}, group_k {group_k}, group_n {group_n}: weight_bits must be 2 or \
             4, the others at least 1"
        )));
    }
    Ok(Some(Scheme { k, n, weight_bits, group_k, group_n }))
}

impl Packed {
    /// Writes packed weights.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let scheme = self.quantised.scheme;
        let words = (0..scheme.k).flat_map(|row| self.quantised.words(row)).flat_map(u16::to_le_bytes);
        let shape = vec![scheme.k, scheme.words()];
        let words = Tensor { name: "words", dtype: Dtype::U16, shape, data: words.collect() };
        let order = self.order.as_ref().map(|order| vector("order", Dtype::U32, order));
        let tensors: Vec<Tensor<'_>> = [words].into_iter().chain(self.groups()).chain(order).collect();
        write_tensors(path, &tensors, METADATA, description(scheme))
    }

    /// Writes codes and the weights that they represent, in the order of the layer's inputs.
    pub fn write_codes(&self, path: &Path) -> Result<(), Error> {
        let Packed { quantised, order } = self;
        let Scheme { k, n, group_k, .. } = quantised.scheme;
        let mut rows: Vec<usize> = (0..k).collect();
        if let Some(order) = order {
            rows.sort_by_key(|row| order[*row]);
        }
        let places = rows.iter().flat_map(|row| (0..n).map(move |column| (*row, column)));
        // A code times an FP16 scale has 15 bits.
        let weight = |(row, column)| (quantised.weight(row, column) as f32).to_le_bytes();
        let weights = places.clone().flat_map(weight).collect();
        let codes = places.map(|(row, column)| quantised.codes[row * n + column]).collect();
        let codes = Tensor { name: "codes", dtype: Dtype::U8, shape: vec![k, n], data: codes };
        let weights = Tensor { name: "weights", dtype: Dtype::F32, shape: vec![k, n], data: weights };
        let groups: Vec<u32> = rows.iter().map(|row| (row / group_k) as u32).collect();
        let index = order.as_ref().map(|_| vector("g_idx", Dtype::I32, &groups));
        let tensors: Vec<Tensor<'_>> =
            [codes, weights].into_iter().chain(self.groups()).chain(index).collect();
        write_tensors(path, &tensors, METADATA, description(quantised.scheme))
    }

    fn groups(&self) -> [Tensor<'static>; 2] {
        let quantised = &self.quantised;
        let shape = vec![quantised.scheme.groups(), quantised.scheme.group_columns()];
        let scales = quantised.scales.iter().flat_map(|scale| scale.to_le_bytes()).collect();
        [
            Tensor { name: "scales", dtype: Dtype::F16, shape: shape.clone(), data: scales },
            Tensor { name: "zeros", dtype: Dtype::U8, shape, data: quantised.zeros.clone() },
        ]
    }
}

fn vector(name: &'static str, dtype: Dtype, values: &[u32]) -> Tensor<'static> {
    let data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Tensor { name, dtype, shape: vec![values.len()], data }
}

/// Reads packed weights.
pub fn read(path: &Path) -> Result<Packed, Error> {
    let tensors = Tensors::open(path)?;
    let Some(scheme) = scheme(&tensors)?.filter(|_| tensors.get("words").is_some()) else {
        return Err(Error::new(format!("{} holds no packed weights", path.display()))
            .help("`gen-rtl pack` writes such files"));
    };
    let words = tensors.of_shape("words", &[Dtype::U16], [scheme.k, scheme.words()])?.u16s();
    let (scales, zeros) = read_groups(&tensors, scheme)?;
    let order = tensors.get("order").map(|_| read_order(&tensors, scheme)).transpose()?;
    Ok(Packed { quantised: Quantised::of_words(scheme, &words, scales, zeros), order })
}

/// Reads the codes that [`Packed::write_codes`] wrote.
pub fn read_codes(tensors: &Tensors, scheme: Scheme) -> Result<Packed, Error> {
    let Scheme { k, n, .. } = scheme;
    let mut codes = tensors.of_shape("codes", &[Dtype::U8], [k, n])?.data;
    if let Some(code) = codes.iter().find(|code| u16::from(**code) > scheme.greatest()) {
        let what = format!("the code {code} does not fit {} bits", scheme.weight_bits);
        return Err(tensors.wrong("codes", &what));
    }
    let (scales, zeros) = read_groups(tensors, scheme)?;
    let mut order = None;
    if tensors.get("g_idx").is_some() {
        let index = tensors.vector("g_idx", Dtype::I32)?;
        let wrong = |what: String| tensors.wrong("g_idx", &what);
        if index.len() != k {
            return Err(wrong(format!("it has {} entries for {k} inputs", index.len())));
        }
        let groups = Groups::of_index(&index, scheme.groups()).map_err(wrong)?;
        if groups.length != scheme.group_k.min(k) {
            return Err(wrong(format!("a group has {} inputs, not {}", groups.length, scheme.group_k)));
        }
        codes = (0..k).flat_map(|row| &codes[groups.input(row) * n..][..n]).copied().collect();
        order = groups.order;
    }
    Ok(Packed { quantised: Quantised { scheme, codes, scales, zeros }, order })
}

fn read_groups(tensors: &Tensors, scheme: Scheme) -> Result<(Vec<u16>, Vec<u8>), Error> {
    let shape = [scheme.groups(), scheme.group_columns()];
    let scales = tensors.of_shape("scales", &[Dtype::F16], shape)?.u16s();
    if let Some(place) = scales.iter().position(|scale| !f16::from_bits(*scale).is_finite()) {
        let (group, column) = (place / shape[1], place % shape[1]);
        let scale = f16::from_bits(scales[place]);
        return Err(tensors.wrong("scales", &format!("that of row {group}, column {column} is {scale}")));
    }
    let zeros = tensors.of_shape("zeros", &[Dtype::U8], shape)?.data;
    if let Some(zero) = zeros.iter().find(|zero| u16::from(**zero) > scheme.greatest()) {
        let what = format!("the zero point {zero} does not fit {} bits", scheme.weight_bits);
        return Err(tensors.wrong("zeros", &what));
    }
    Ok((scales, zeros))
}

/// The order of inputs: each occurs once.
fn read_order(tensors: &Tensors, scheme: Scheme) -> Result<Vec<u32>, Error> {
    let order = tensors.vector("order", Dtype::U32)?;
    let mut sorted = order.clone();
    sorted.sort_unstable();
    match sorted.len() == scheme.k && sorted.iter().enumerate().all(|(place, input)| place == *input as usize)
    {
        true => Ok(order),
        false => Err(tensors.wrong("order", &format!("it is not a permutation of {} inputs", scheme.k))),
    }
}
