//! The forward pass: products in arrays, activations, and the errors of the outputs.

use super::array::{LEVELS, SEEN_BITS, Weights};
use blocks::crossbar::learning::{self, Derivative, UpdateForm};
use blocks::crossbar::xbar_dfa::Params;
use blocks::nonlinear::softmax::{self, model::Row, model::Softmax};

/// Potentials have steps of 1 / 64.
pub const STEPS: i64 = 64;

/// Fraction bits of the scale of a product.
const SCALE_BITS: u32 = 20;

/// Potentials from which on a neuron is saturated: 2^7.
const GAMMA_BITS: u32 = 7;

/// Width of a potential.
const POTENTIAL_BITS: u32 = 12;

/// The greatest activation, and the error of an output that is wholly wrong.
pub const ONE: i64 = 127;

/// Steps of a score of the softmax for each of a potential, with 10 fraction bits: 32 steps double its power.
const SCORE: i64 = 739;

/// Fully connected layers.
pub struct Network {
    /// Inputs, hidden neurons of each layer, outputs.
    pub sizes: Vec<usize>,
    softmax: Softmax,
}

/// What a sample does in a network.
pub struct Pass {
    /// The inputs of each layer.
    pub activations: Vec<Vec<i64>>,
    /// Those of each layer's neurons.
    pub potentials: Vec<Vec<i64>>,
}

impl Pass {
    /// The output with the greatest potential.
    pub fn class(&self) -> usize {
        let outputs = &self.potentials[self.potentials.len() - 1];
        // The first one of several.
        (0..outputs.len()).rev().max_by_key(|output| outputs[*output]).expect("a network has outputs")
    }
}

impl Network {
    /// A network with these inputs, hidden neurons of each layer, and outputs.
    pub fn new(sizes: &[usize]) -> Network {
        let length = sizes[sizes.len() - 1].next_multiple_of(2) as u32;
        let params = softmax::Params { lanes: 2, length, output_bits: 8, ..softmax::Params::default() };
        Network { sizes: sizes.to_vec(), softmax: Softmax::new(&params) }
    }

    /// Number of layers.
    pub fn layers(&self) -> usize {
        self.sizes.len() - 1
    }

    /// The block that trains it by updates of a form, with a seed of its feedback.
    pub fn block(&self, update: UpdateForm, seed: u32) -> Params {
        let hidden = &self.sizes[1..self.layers()];
        let network = learning::Network {
            inputs: self.sizes[0] as u32,
            hidden_layers: hidden.len() as u32,
            width: *hidden.iter().max().expect("there is a hidden layer") as u32,
            classes: self.sizes[self.layers()] as u32,
            potential_bits: POTENTIAL_BITS,
            derivative: Derivative::Triangle,
            gamma_bits: GAMMA_BITS,
            update,
            ..learning::Network::default()
        };
        Params { network, seed, ..Params::default() }
    }

    /// Runs a sample; arrays are read the `read`-th time.
    pub fn pass(&self, weights: &[Weights], inputs: &[i8], read: u32) -> Pass {
        let mut activations = vec![inputs.iter().map(|input| i64::from(*input)).collect::<Vec<i64>>()];
        let mut potentials = vec![];
        for (layer, weights) in weights.iter().enumerate() {
            let own = layer_potentials(weights, &activations[layer], read);
            if layer + 1 < self.layers() {
                activations.push(own.iter().map(|potential| activation(*potential)).collect());
            }
            potentials.push(own);
        }
        Pass { activations, potentials }
    }

    /// Outputs minus targets: softmax of the outputs, and 1 for the class.
    pub fn errors(&self, outputs: &[i64], class: usize) -> Vec<i64> {
        let greatest = outputs.iter().max().expect("a network has outputs");
        let score = |output: &i64| Some((127 + (((output - greatest) * SCORE) >> 10)).max(-128) as i8);
        let scores: Vec<Option<i8>> = outputs.iter().map(score).collect();
        let row = self.softmax.add(Row::default(), &scores);
        let share = |score: Option<i8>| (self.softmax.probability(row, score).div_ceil(2) as i64).min(ONE);
        let target = |output: usize| if output == class { ONE } else { 0 };
        scores.iter().enumerate().map(|(output, score)| share(*score) - target(output)).collect()
    }
}

/// The potentials of the neurons of a layer.
fn layer_potentials(weights: &Weights, inputs: &[i64], read: u32) -> Vec<i64> {
    let scale = scale(weights.rows);
    let limit = (1 << (POTENTIAL_BITS - 1)) - 1;
    let scaled = |sum: i64| ((sum * scale + (1 << (SCALE_BITS - 1))) >> SCALE_BITS).clamp(-limit, limit);
    weights.products(inputs, read).into_iter().map(scaled).collect()
}

/// What a sum is multiplied by: the full scale of a weight is 3 / sqrt(rows), as that of inputs is 1.
fn scale(rows: usize) -> i64 {
    let unit = (i64::from(LEVELS) * ONE) << SEEN_BITS;
    let root = ((rows as i64) << 20).isqrt();
    ((3 * STEPS) << (SCALE_BITS + 10)) / (unit * root)
}

/// 2 u - u |u| / gamma, which saturates at gamma.
fn activation(potential: i64) -> i64 {
    let gamma = 1 << GAMMA_BITS;
    let potential = potential.clamp(-gamma, gamma);
    (2 * potential - ((potential * potential.abs()) >> GAMMA_BITS)).clamp(-ONE, ONE)
}
