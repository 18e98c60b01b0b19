//! The operands of a layer: real spikes, or generated ones, with random weights.

use super::layers::{Layer, RESNET19, TIME_STEPS};
use crate::{ReportError, npy};
use fastrand::Rng;
use std::fs;
use std::path::Path;

/// Spikes and weights.
pub struct Operands {
    /// For each row of A, the word of each column, with the first time step in bit T - 1. Neurons that fire once are
    /// silent.
    pub spikes: Vec<Vec<u8>>,
    /// For each column of B, its weights with their rows, in order; none is 0.
    pub weights: Vec<Vec<(usize, i8)>>,
}

/// Side of a filter.
const FILTER: usize = 3;

impl Operands {
    /// The operands of a layer: spikes from the folder `traces` if given, else random ones with the layer's number of
    /// firing neurons and about its number of spikes.
    pub fn of(layer: &Layer, traces: Option<&Path>, seed: u64) -> Result<Operands, ReportError> {
        let mut rng = Rng::with_seed(seed ^ u64::from(layer.number));
        let spikes = match traces {
            Some(folder) if layer.network == RESNET19 => {
                let reason =
                    format!("maps of {RESNET19} are not read: its layers differ in filter and stride");
                return Err(ReportError::Spikes { path: folder.into(), reason });
            }
            Some(folder) => read(layer, folder)?,
            None => random_spikes(layer, &mut rng),
        };
        Ok(Operands { spikes, weights: random_weights(layer, &mut rng) })
    }
}

impl Operands {
    /// The sum of `count(word)` over all words that meet a weight.
    pub fn meeting(&self, count: impl Fn(u8) -> u64) -> u64 {
        let mut weights = vec![0; self.spikes[0].len()];
        self.weights.iter().flatten().for_each(|(row, _)| weights[*row] += 1);
        let of_row = |row: &Vec<u8>| -> u64 {
            row.iter().zip(&weights).map(|(word, weights)| count(*word) * weights).sum()
        };
        self.spikes.iter().map(of_row).sum()
    }
}

/// Firing neurons at random places; each fires at least twice.
fn random_spikes(layer: &Layer, rng: &mut Rng) -> Vec<Vec<u8>> {
    let chance = layer.spikes_per_match as f64 / 1000.0 / f64::from(TIME_STEPS);
    let mut spikes = vec![vec![0u8; layer.k]; layer.m];
    let mut left = layer.neurons;
    while left > 0 {
        let word = &mut spikes[rng.usize(..layer.m)][rng.usize(..layer.k)];
        let is_new = *word == 0;
        while word.count_ones() < 2 {
            *word = (0..TIME_STEPS).fold(0, |word, _| word << 1 | u8::from(rng.f64() < chance));
        }
        left -= usize::from(is_new);
    }
    spikes
}

/// Nonzero weights at random places.
fn random_weights(layer: &Layer, rng: &mut Rng) -> Vec<Vec<(usize, i8)>> {
    let mut matrix = vec![vec![0; layer.k]; layer.n];
    let mut left = layer.weights;
    while left > 0 {
        let weight = &mut matrix[rng.usize(..layer.n)][rng.usize(..layer.k)];
        let is_new = *weight == 0;
        while *weight == 0 {
            *weight = rng.i8(..);
        }
        left -= usize::from(is_new);
    }
    let column =
        |column: Vec<i8>| column.into_iter().enumerate().filter(|(_, weight)| *weight != 0).collect();
    matrix.into_iter().map(column).collect()
}

/// The spike map of a layer, `<network>_layer<number>.npy` of shape (T, C, H, W), lowered to the rows of a 3 x 3
/// convolution with a border of silent neurons.
fn read(layer: &Layer, folder: &Path) -> Result<Vec<Vec<u8>>, ReportError> {
    let path = folder.join(format!("{}_layer{:02}.npy", layer.network, layer.number));
    let wrong = |reason: String| ReportError::Spikes { path: path.clone(), reason };
    let bytes = fs::read(&path).map_err(|error| wrong(error.to_string()))?;
    let file =
        npy::open(&bytes).map_err(|error| wrong(format!("it is not a complete .npy file: {error}")))?;
    let shape: Vec<usize> = file.shape().iter().map(|size| *size as usize).collect();
    let expected = || {
        let side = layer.m.isqrt();
        format!("({TIME_STEPS}, {}, {side}, {side})", layer.k / FILTER / FILTER)
    };
    let &[steps, channels, height, width] = shape.as_slice() else {
        return Err(wrong(format!("its shape is {shape:?}: expected {}", expected())));
    };
    if steps != TIME_STEPS as usize || channels * FILTER * FILTER != layer.k || height * width != layer.m {
        return Err(wrong(format!("its shape is {shape:?}: expected {}", expected())));
    }
    if file.order() != npyz::Order::C {
        return Err(wrong("it is in Fortran order: expected C order".into()));
    }
    let values = npy::zeros_and_ones(file).map_err(|error| wrong(error.to_string()))?;
    let plane = channels * height * width;
    let mut words = vec![0; plane];
    for step in values.chunks(plane) {
        words.iter_mut().zip(step).for_each(|(word, spike)| *word = *word << 1 | spike);
    }
    words.iter_mut().filter(|word| word.count_ones() < 2).for_each(|word| *word = 0);
    Ok(lowered(&words, [channels, height, width]))
}

/// For each position of a map, the neurons under a filter centred there.
fn lowered(words: &[u8], [channels, height, width]: [usize; 3]) -> Vec<Vec<u8>> {
    let at = |channel: usize, y: usize, x: usize| {
        // One row and one column of the border come first.
        let is_inside = (1..=height).contains(&y) && (1..=width).contains(&x);
        if is_inside { words[(channel * height + y - 1) * width + x - 1] } else { 0 }
    };
    let place = |place: usize| {
        let (y, x) = (place / width, place % width);
        let column = |column: usize| {
            let (channel, tap) = (column / FILTER / FILTER, column % (FILTER * FILTER));
            at(channel, y + tap / FILTER, x + tap % FILTER)
        };
        (0..channels * FILTER * FILTER).map(column).collect()
    };
    (0..height * width).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::super::layers::LAYERS;
    use super::*;

    #[test]
    fn generated_operands_have_the_sparsity_of_the_layer() {
        let layer = &LAYERS[1];
        let operands = Operands::of(layer, None, 1).unwrap();
        let fire = operands.spikes.iter().flatten().filter(|word| **word != 0).count();
        assert_eq!(fire, layer.neurons);
        assert!(operands.spikes.iter().flatten().all(|word| *word == 0 || word.count_ones() >= 2));
        assert_eq!(operands.weights.iter().map(Vec::len).sum::<usize>(), layer.weights);
    }

    #[test]
    fn a_map_is_lowered_channel_by_channel() {
        // Two channels of 2 x 2.
        let rows = lowered(&[1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
        assert_eq!(rows[0], [0, 0, 0, 0, 1, 2, 0, 3, 4, 0, 0, 0, 0, 5, 6, 0, 7, 8]);
        assert_eq!(rows[3], [1, 2, 0, 3, 4, 0, 0, 0, 0, 5, 6, 0, 7, 8, 0, 0, 0, 0]);
    }
}
