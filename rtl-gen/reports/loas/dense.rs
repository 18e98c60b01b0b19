//! The reference: a dense matrix product, and the neuron.

use super::layers::{Layer, TIME_STEPS};
use super::operands::Operands;
use blocks::loas::loas_plif;

/// For each row, the spike word of each column.
pub fn spikes(layer: &Layer, operands: &Operands, neuron: &loas_plif::Params) -> Vec<Vec<u8>> {
    let mut matrix = vec![vec![0i64; layer.n]; layer.k];
    for (column, weights) in operands.weights.iter().enumerate() {
        weights.iter().for_each(|(row, weight)| matrix[*row][column] = i64::from(*weight));
    }
    operands.spikes.iter().map(|row| row_of_spikes(row, &matrix, layer.n, neuron)).collect()
}

fn row_of_spikes(row: &[u8], matrix: &[Vec<i64>], columns: usize, neuron: &loas_plif::Params) -> Vec<u8> {
    let mut sums = vec![vec![0i64; TIME_STEPS as usize]; columns];
    for (word, weights) in row.iter().zip(matrix) {
        for step in 0..TIME_STEPS {
            let spike = i64::from(word >> (TIME_STEPS - 1 - step) & 1);
            sums.iter_mut().zip(weights).for_each(|(sums, weight)| sums[step as usize] += spike * weight);
        }
    }
    let word = |sums: &Vec<i64>| {
        let fires = loas_plif::model::spikes(neuron, neuron.threshold().into(), sums);
        fires.iter().fold(0, |word, fires| word << 1 | u8::from(*fires))
    };
    sums.iter().map(word).collect()
}
