//! Epochs of training by a rule, and what they do to the accuracy before and after damage.

use super::array::{Damage, Pulses, Weights};
use super::data::{Data, Labelled};
use super::network::{Network, Pass};
use crate::ReportError;
use blocks::crossbar::cell::random;
use blocks::crossbar::learning::golden::{self, ErrorVector};
use blocks::crossbar::learning::slots::Rule;
use blocks::crossbar::xbar_dfa::Params;
use blocks::crossbar::xbar_dfa::model::{deltas, feedback};
use serde::Serialize;
use std::rc::Rc;
use testbenches::Progress;

/// How a network is trained.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Hidden neurons of each layer.
    pub hidden: Vec<usize>,
    /// Epochs before the damage, by back-propagation.
    pub epochs: u32,
    /// Epochs of repair.
    pub repair_epochs: u32,
    /// Pulses that take a weight from one end to the other.
    pub pulses: i32,
    /// The standard deviation of the logarithm of a pulse, in thousandths.
    pub cycle_to_cycle: u32,
    /// Activations of at most this absolute value count as 0.
    pub activation_floor: i64,
    /// Deltas of at most this absolute value count as 0.
    pub delta_floor: i64,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            hidden: vec![64, 32],
            epochs: 60,
            repair_epochs: 30,
            pulses: 300,
            cycle_to_cycle: 350,
            activation_floor: 24,
            delta_floor: 8,
        }
    }
}

impl Plan {
    /// The network for such samples.
    pub fn network(&self, data: &Data) -> Network {
        let hidden = self.hidden.iter().copied();
        let sizes: Vec<usize> = [data.train.inputs].into_iter().chain(hidden).chain([data.classes]).collect();
        Network::new(&sizes)
    }
}

/// Places to the right of a transposed sum before it is a delta.
const TRANSPOSED_SHIFT: u32 = 10;

/// Which random number of a plan.
const ORDER: u32 = 32;

/// A network in training.
#[derive(Clone)]
pub struct Trained<'n> {
    pub(super) network: &'n Network,
    pub(super) block: Params,
    feedback: Rc<Vec<Vec<Vec<i64>>>>,
    pub(super) pulses: Pulses,
    plan: &'n Plan,
    seed: u32,
    epochs: u32,
    /// Of each layer.
    pub weights: Vec<Weights>,
}

impl<'n> Trained<'n> {
    /// With random weights.
    pub fn new(network: &'n Network, plan: &'n Plan, seed: u32) -> Trained<'n> {
        let sizes = network.sizes.windows(2).zip(0..);
        let weights = sizes.map(|(sizes, layer)| Weights::new(seed, layer, sizes[0], sizes[1])).collect();
        let block = network.block(seed.clamp(1, i32::MAX as u32));
        let feedback = Rc::new(feedback(&block));
        let pulses = Pulses::new(plan.pulses, plan.cycle_to_cycle);
        Trained { network, block, feedback, pulses, plan, seed, epochs: 0, weights }
    }

    /// The order of the samples of the next epoch.
    pub fn order(&mut self, samples: usize) -> Vec<usize> {
        let epoch = self.epochs;
        self.epochs += 1;
        let mut order: Vec<usize> = (0..samples).collect();
        order.sort_by_key(|sample| (random(self.seed, ORDER, epoch, *sample as u32), *sample));
        order
    }

    /// Trains with every sample once.
    pub fn epoch(&mut self, rule: Rule, data: &Labelled) {
        let mut last: Option<(Pass, Vec<Vec<i64>>)> = None;
        for sample in self.order(data.labels.len()) {
            let pass = self.network.pass(&self.weights, data.sample(sample));
            // Where updates overlap, the pass does not see that of the sample before.
            if let Some((pass, deltas)) = last.take() {
                self.update(&pass, &deltas);
            }
            let errors = self.errors(&pass, data.labels[sample]);
            match rule {
                Rule::BackPropagation => self.update(&pass, &self.propagated(&pass, &errors)),
                Rule::Feedback => self.update(&pass, &self.aligned(&pass, &errors)),
                Rule::OverlappedFeedback => {
                    let deltas = self.aligned(&pass, &errors);
                    last = Some((pass, deltas));
                }
            }
        }
        if let Some((pass, deltas)) = last {
            self.update(&pass, &deltas);
        }
    }

    /// The errors of the outputs, as the block takes them.
    pub fn errors(&self, pass: &Pass, class: usize) -> ErrorVector {
        let values = self.network.errors(&pass.potentials[self.network.layers() - 1], class);
        ErrorVector { values, floor: self.plan.delta_floor, ..ErrorVector::default() }
    }

    /// Activations of at most this absolute value count as 0.
    pub fn activation_floor(&self) -> i64 {
        self.plan.activation_floor
    }

    fn derivatives(&self, potentials: &[i64]) -> Vec<u64> {
        let network = &self.block.network;
        potentials.iter().map(|potential| golden::derivative(network, *potential)).collect()
    }

    fn aligned(&self, pass: &Pass, errors: &ErrorVector) -> Vec<Vec<i64>> {
        let hidden = &pass.potentials[..self.network.layers() - 1];
        let derivatives: Vec<Vec<u64>> = hidden.iter().map(|layer| self.derivatives(layer)).collect();
        deltas(&self.block, &self.feedback, &derivatives, errors)
    }

    fn propagated(&self, pass: &Pass, errors: &ErrorVector) -> Vec<Vec<i64>> {
        let network = &self.block.network;
        let mut all = vec![errors.values.clone()];
        for layer in (1..self.network.layers()).rev() {
            let behind = &all[all.len() - 1];
            let sum = |row| -> i64 {
                let weights = self.weights[layer].row(row);
                weights.iter().zip(behind).map(|(weight, delta)| i64::from(*weight) * delta).sum()
            };
            let derivatives = self.derivatives(&pass.potentials[layer - 1]);
            let own = |(row, derivative): (usize, &u64)| {
                golden::delta(network, sum(row), *derivative, TRANSPOSED_SHIFT)
            };
            let own = derivatives.iter().enumerate().map(own).collect();
            all.push(own);
        }
        all.reverse();
        all
    }

    /// Pulses where an activation meets a delta.
    fn update(&mut self, pass: &Pass, deltas: &[Vec<i64>]) {
        for ((weights, activations), deltas) in self.weights.iter_mut().zip(&pass.activations).zip(deltas) {
            let signs = |values: &[i64], floor: i64| -> Vec<(usize, i8)> {
                let signs = values.iter().map(|value| golden::sign(*value, floor)).enumerate();
                signs.filter(|(_, sign)| *sign != 0).collect()
            };
            let columns = signs(deltas, self.plan.delta_floor);
            for (row, activation) in signs(activations, self.plan.activation_floor) {
                for (column, delta) in &columns {
                    weights.pulse(&self.pulses, row, *column, activation != *delta);
                }
            }
        }
    }

    /// Samples whose class is found.
    pub fn right(&self, data: &Labelled) -> usize {
        let is_right = |sample: &usize| {
            self.network.pass(&self.weights, data.sample(*sample)).class() == data.labels[*sample]
        };
        (0..data.labels.len()).filter(is_right).count()
    }
}

/// Accuracies with one seed.
#[derive(Clone, Debug, Serialize)]
pub struct Recovery {
    /// Weights that are stuck, in percent.
    pub stuck_percent: u32,
    /// The standard deviation of the logarithm of the drift, in thousandths.
    pub drift_thousandths: u32,
    /// Of weights, pulses and the order of samples.
    pub seed: u32,
    /// Samples of the test.
    pub samples: usize,
    /// Of them, those that are found before the damage.
    pub before: usize,
    /// Behind it.
    pub damaged: usize,
    /// After repair by direct feedback alignment.
    pub aligned: usize,
    /// The same, updates beside the forward pass of the next sample.
    pub overlapped: usize,
    /// After repair by back-propagation.
    pub propagated: usize,
}

/// Trains a network with a seed, damages it in each way, and repairs it by both rules.
pub fn recoveries(
    data: &Data,
    plan: &Plan,
    network: &Network,
    damages: &[Damage],
    seed: u32,
    progress: &dyn Progress,
) -> Result<Vec<Recovery>, ReportError> {
    let epochs = |trained: &mut Trained, rule, count| {
        for _ in 0..count {
            if progress.is_cancelled() {
                return Err(ReportError::Cancelled);
            }
            trained.epoch(rule, &data.train);
        }
        Ok(())
    };
    let mut trained = Trained::new(network, plan, seed);
    epochs(&mut trained, Rule::BackPropagation, plan.epochs)?;
    let before = trained.right(&data.test);
    let recovery = |damage: &Damage| {
        let mut hurt = trained.clone();
        hurt.weights.iter_mut().for_each(|weights| weights.damage(*damage));
        let repaired = |rule| -> Result<usize, ReportError> {
            let mut repaired = hurt.clone();
            epochs(&mut repaired, rule, plan.repair_epochs)?;
            Ok(repaired.right(&data.test))
        };
        Ok(Recovery {
            stuck_percent: damage.stuck_percent,
            drift_thousandths: damage.drift_thousandths,
            seed,
            samples: data.test.labels.len(),
            before,
            damaged: hurt.right(&data.test),
            aligned: repaired(Rule::Feedback)?,
            overlapped: repaired(Rule::OverlappedFeedback)?,
            propagated: repaired(Rule::BackPropagation)?,
        })
    };
    damages.iter().map(recovery).collect()
}
