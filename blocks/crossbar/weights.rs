//! Signed weights to levels of cells.

use super::xbar_shift_add::{Params, Scheme};

/// The levels of the cells of a row that share a converter, in the order of its columns: for a weight of each output.
pub fn cells_of_row(params: &Params, weights: &[i64]) -> Vec<u64> {
    let dummy = (params.scheme == Scheme::DummyColumn).then(|| 1 << (params.cell_bits - 1));
    let own = weights.iter().flat_map(|weight| cells(params, *weight));
    dummy.into_iter().chain(own).collect()
}

/// What an ideal array has in its cells for a weight, in the order of the columns.
fn cells(params: &Params, weight: i64) -> Vec<u64> {
    let size = 1i64 << params.weight_bits();
    let mask = (1 << params.cell_bits) - 1;
    let slices = |stored: i64| {
        (0..params.slices).rev().map(move |slice| (stored >> (slice * params.cell_bits)) as u64 & mask)
    };
    match params.scheme {
        Scheme::DifferentialPair => {
            let (plus, minus) = (slices(weight.max(0)), slices((-weight).max(0)));
            plus.zip(minus).flat_map(|(plus, minus)| [plus, minus]).collect()
        }
        Scheme::NegativeCount => {
            [u64::from(weight < 0)].into_iter().chain(slices(weight.rem_euclid(size))).collect()
        }
        Scheme::DummyColumn => slices(weight + size / 2).collect(),
    }
}
