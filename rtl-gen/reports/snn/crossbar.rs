//! A network on crossbars: the products of each layer go through the golden model of `xbar_mvm`, with what its cells and converters
//! are like. Neurons are exact.

use super::matrix::{Matrix, Prepared, Step};
use super::network::{Network, Operation};
use super::run::params_of;
use super::state::State;
use crate::ReportError;
use blocks::crossbar::device::EXACT_STEP;
use blocks::crossbar::phase::Encoding;
use blocks::crossbar::xbar_mvm::Params;
use blocks::crossbar::xbar_mvm::model::vectors::Programmed;
use blocks::loas::{loas_array, loas_plif};
use testbenches::Progress;

/// The widest sum of `loas_array`.
const WIDEST_SUM: u32 = 48;

/// The greatest seed.
const MOST_SEED: u32 = i32::MAX as u32;

/// The matrix of a layer in macros, each with as many inputs and outputs as there is room for, and with random numbers of its own.
struct Tiles {
    inputs: usize,
    outputs: usize,
    columns: usize,
    /// By first output, then by first input.
    tiles: Vec<Vec<Programmed>>,
}

impl Tiles {
    fn new(params: &Params, matrix: &Matrix, macros: &mut u32) -> Tiles {
        let (inputs, outputs) = (params.inputs_of_vector() as usize, (params.outputs * params.adcs) as usize);
        let mut tile = |columns: &[Vec<(usize, i16)>], first: usize| {
            let mut weights = vec![vec![0; outputs]; inputs];
            for (output, column) in columns.iter().enumerate() {
                for (place, weight) in
                    column.iter().filter(|(place, _)| (first..first + inputs).contains(place))
                {
                    weights[place - first][output] = i64::from(*weight);
                }
            }
            let mut own = params.clone();
            own.device.seed = (own.device.seed + *macros) & MOST_SEED;
            *macros += 1;
            Programmed::new(&own, &weights)
        };
        let of_columns = |columns: &[Vec<(usize, i16)>]| {
            (0..matrix.k).step_by(inputs).map(|first| tile(columns, first)).collect()
        };
        let tiles = matrix.columns.chunks(outputs).map(of_columns).collect();
        Tiles { inputs, outputs, columns: matrix.columns.len(), tiles }
    }

    /// The sums of a row of spikes at a time step, by column.
    fn sums(&mut self, row: &[u64]) -> Vec<i64> {
        let mut sums = vec![0; self.columns];
        for (macros, sums) in self.tiles.iter_mut().zip(sums.chunks_mut(self.outputs)) {
            for (tile, row) in macros.iter_mut().zip(row.chunks(self.inputs)) {
                for (sum, total) in sums.iter_mut().zip(tile.sums(row)) {
                    *sum += total.sum as i64;
                }
            }
        }
        sums
    }
}

/// Refuses arrays that spikes cannot drive.
pub fn check(params: &Params) -> Result<(), String> {
    match (params.input_bits, params.encoding) {
        (1, Encoding::TwosComplement | Encoding::SignMagnitude) => {
            Err("input_bits is 1: a spike counts -1 unless encoding is `unsigned`".into())
        }
        (_, Encoding::Unsigned | Encoding::TwosComplement | Encoding::SignMagnitude) => Ok(()),
    }
}

/// The outputs of samples, each with a word for each value of the input, the first of so many time steps in the most significant bit.
pub fn on_crossbars(
    network: &Network,
    prepared: &Prepared,
    params: &Params,
    steps: u32,
    samples: &[Vec<u16>],
    progress: &dyn Progress,
) -> Result<Vec<Vec<i64>>, ReportError> {
    check(params).map_err(ReportError::Wrong)?;
    let mut states: Vec<State> = samples.iter().map(|sample| State::new(prepared, sample)).collect();
    let mut macros = 0;
    let converted = |threshold: &i64| in_steps(*threshold, params.adc_step());
    for (number, step) in prepared.steps.iter().enumerate() {
        let own = prepared.gathered.first[number + 1];
        match (step, &network.nodes[number].operation) {
            (Step::Or(under), _) => {
                let own = own.expect("a maximum has spikes of its own");
                states.iter_mut().for_each(|state| state.or(under, own));
            }
            (Step::Product(matrix), Operation::Product(product)) => {
                let mut tiles = Tiles::new(params, matrix, &mut macros);
                let neurons = product.neuron.as_ref().map(|_| {
                    let mut base = loas_array::Params::default();
                    base.element.time_steps = steps;
                    // So wide that no potential saturates.
                    base.element.sum_bits = Some(WIDEST_SUM);
                    params_of(&base, product).neuron()
                });
                let thresholds: Option<Vec<i64>> =
                    matrix.thresholds.as_ref().map(|of| of.iter().map(converted).collect());
                let neurons = neurons.zip(thresholds);
                for state in &mut states {
                    if progress.is_cancelled() {
                        return Err(ReportError::Cancelled);
                    }
                    layer(matrix, &mut tiles, neurons.as_ref(), steps, own, state);
                }
            }
            (Step::Nothing | Step::Product(_), _) => {}
        }
    }
    Ok(states.iter().map(|state| state.outputs(network, prepared)).collect())
}

/// A threshold in steps of the converters, as sums are: to nearest.
fn in_steps(threshold: i64, adc_step: u32) -> i64 {
    let step = i64::from(adc_step);
    (threshold * i64::from(EXACT_STEP) + step / 2).div_euclid(step)
}

/// Runs a layer, whose spikes have numbers from `own` on; without neurons its sums are the result.
fn layer(
    matrix: &Matrix,
    tiles: &mut Tiles,
    neurons: Option<&(loas_plif::Params, Vec<i64>)>,
    steps: u32,
    own: Option<u32>,
    state: &mut State,
) {
    let always = ((1u32 << steps) - 1) as u16;
    let mut totals = vec![0; matrix.columns.len() * matrix.places];
    for place in 0..matrix.places {
        let words = matrix.row(place, &state.spikes, always);
        let (mut membranes, mut spikes) = (vec![0; matrix.columns.len()], vec![0u16; matrix.columns.len()]);
        for step in (0..steps).rev() {
            let row: Vec<u64> = words.iter().map(|word| u64::from(word >> step & 1)).collect();
            for (column, sum) in tiles.sums(&row).into_iter().enumerate() {
                totals[column * matrix.places + place] += sum;
                if let Some((params, thresholds)) = neurons {
                    let fires =
                        loas_plif::model::step(params, thresholds[column], &mut membranes[column], sum);
                    spikes[column] = spikes[column] << 1 | u16::from(fires);
                }
            }
        }
        if let Some(own) = own {
            for (column, word) in spikes.into_iter().enumerate() {
                state.spikes[own as usize + column * matrix.places + place] = word;
            }
        }
    }
    if own.is_none() {
        state.sums = totals;
    }
}
