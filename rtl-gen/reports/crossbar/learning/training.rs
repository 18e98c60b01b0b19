//! Epochs of training by a rule, and what they do to the accuracy before and after damage.

use super::array::{Damage, Damaged, Noise, Pulses, Weights};
use super::data::{Data, Labelled};
use super::network::{Network, Pass};
use crate::ReportError;
use blocks::crossbar::cell::random;
use blocks::crossbar::learning::UpdateForm;
use blocks::crossbar::learning::golden::{self, ErrorVector, RandomBits};
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
    /// How weights are updated.
    pub update: UpdateForm,
    /// Pulses of a train.
    pub train: u32,
    /// Places to the right of a gradient before it is a count of pulses.
    pub count_shift: u32,
    /// Of the weights.
    pub noise: Noise,
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
            update: UpdateForm::Signs,
            train: 10,
            count_shift: 10,
            noise: Noise::default(),
        }
    }
}

impl Plan {
    /// The same with updates of another form, and the floors for it.
    pub fn of_form(&self, update: UpdateForm) -> Plan {
        let (activation_floor, delta_floor) = match update {
            UpdateForm::Signs => (self.activation_floor, self.delta_floor),
            // Small values change weights rarely by themselves.
            UpdateForm::Trains | UpdateForm::Counts => (0, 0),
        };
        Plan { update, activation_floor, delta_floor, ..self.clone() }
    }

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
    /// Of pulse trains.
    random: RandomBits,
    /// Samples that have been run.
    reads: u32,
    /// Pulses on the lines so far, one after the other.
    pub(super) slots: u64,
    /// Of each layer.
    pub weights: Vec<Weights>,
}

impl<'n> Trained<'n> {
    /// With random weights.
    pub fn new(network: &'n Network, plan: &'n Plan, seed: u32) -> Trained<'n> {
        let sizes = network.sizes.windows(2).zip(0..);
        let weights =
            sizes.map(|(sizes, layer)| Weights::new(seed, layer, sizes[0], sizes[1], plan.noise)).collect();
        let block = network.block(plan.update, seed.clamp(1, i32::MAX as u32));
        Trained {
            network,
            feedback: Rc::new(feedback(&block)),
            random: RandomBits::new(block.network.train_seed),
            block,
            pulses: Pulses::new(plan.pulses, plan.cycle_to_cycle),
            plan,
            seed,
            epochs: 0,
            reads: 0,
            slots: 0,
            weights,
        }
    }

    /// The same weights, trained by a block with a plan after its reset.
    pub fn with_plan(&self, plan: &'n Plan) -> Trained<'n> {
        let block = self.network.block(plan.update, self.block.seed);
        let random = RandomBits::new(block.network.train_seed);
        Trained { block, plan, random, slots: 0, ..self.clone() }
    }

    /// Runs a sample.
    pub(super) fn pass(&mut self, inputs: &[i8]) -> Pass {
        self.reads += 1;
        self.network.pass(&self.weights, inputs, self.reads)
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
            let pass = self.pass(data.sample(sample));
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

    /// Trains for some epochs.
    fn learn(
        &mut self,
        rule: Rule,
        epochs: u32,
        data: &Data,
        progress: &dyn Progress,
    ) -> Result<(), ReportError> {
        for _ in 0..epochs {
            if progress.is_cancelled() {
                return Err(ReportError::Cancelled);
            }
            self.epoch(rule, &data.train);
        }
        Ok(())
    }

    /// The errors of the outputs, as the block takes them.
    pub fn errors(&self, pass: &Pass, class: usize) -> ErrorVector {
        let values = self.network.errors(&pass.potentials[self.network.layers() - 1], class);
        let Plan { delta_floor, train, count_shift, .. } = *self.plan;
        ErrorVector { values, floor: delta_floor, pulses: train, count_shift, ..ErrorVector::default() }
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
            let sums = self.weights[layer].transposed(behind, self.reads);
            let derivatives = self.derivatives(&pass.potentials[layer - 1]);
            let own =
                |(sum, derivative): (&i64, &u64)| golden::delta(network, *sum, *derivative, TRANSPOSED_SHIFT);
            let own = sums.iter().zip(&derivatives).map(own).collect();
            all.push(own);
        }
        all.reverse();
        all
    }

    /// Pulses where an activation meets a delta.
    fn update(&mut self, pass: &Pass, deltas: &[Vec<i64>]) {
        let beyond = |values: &Vec<i64>, floor: i64| -> Vec<i64> {
            values.iter().map(|value| golden::beyond(*value, floor)).collect()
        };
        let activations: Vec<Vec<i64>> =
            pass.activations.iter().map(|values| beyond(values, self.plan.activation_floor)).collect();
        let deltas: Vec<Vec<i64>> =
            deltas.iter().map(|values| beyond(values, self.plan.delta_floor)).collect();
        match self.plan.update {
            UpdateForm::Signs => self.coincide(&activations, &deltas, 1),
            UpdateForm::Trains => self.coincide(&activations, &deltas, self.plan.train),
            UpdateForm::Counts => self.count(&activations, &deltas),
        }
    }

    /// A pulse wherever a row and a column of a phase are driven.
    fn coincide(&mut self, activations: &[Vec<i64>], deltas: &[Vec<i64>], length: u32) {
        let driven = |values: &[i64], sign: i64, threshold: i64| -> Vec<usize> {
            (0..values.len()).filter(|line| sign * values[*line] > threshold).collect()
        };
        for phase in golden::phases(&self.block.network, &mut self.random, length) {
            self.slots += 1;
            for ((weights, activations), deltas) in self.weights.iter_mut().zip(activations).zip(deltas) {
                let columns = driven(deltas, phase.column_sign, phase.column_threshold);
                for row in driven(activations, phase.row_sign, phase.row_threshold) {
                    columns.iter().for_each(|column| weights.pulse(&self.pulses, row, *column, phase.grows));
                }
            }
        }
    }

    /// As many pulses as counts say.
    fn count(&mut self, activations: &[Vec<i64>], deltas: &[Vec<i64>]) {
        let errors = ErrorVector { count_shift: self.plan.count_shift, ..ErrorVector::default() };
        let of_layer = |(activations, deltas): (&Vec<i64>, &Vec<i64>)| {
            golden::counts(&self.block.network, activations, deltas, &errors)
        };
        let layers: Vec<Vec<Vec<i64>>> = activations.iter().zip(deltas).map(of_layer).collect();
        self.slots += golden::programming_pulses(&layers);
        for (layer, counts) in layers.iter().enumerate() {
            for (row, counts) in counts.iter().enumerate() {
                counts.iter().enumerate().for_each(|(column, count)| self.steps(layer, row, column, *count));
            }
        }
    }

    /// Pulses on a weight: those that make it grow are positive.
    pub(super) fn steps(&mut self, layer: usize, row: usize, column: usize, count: i64) {
        (0..count.abs()).for_each(|_| self.weights[layer].pulse(&self.pulses, row, column, count > 0));
    }

    /// Samples whose class is found.
    pub fn right(&self, data: &Labelled) -> usize {
        let is_right = |sample: &usize| {
            let read = u32::MAX / 16 - *sample as u32;
            self.network.pass(&self.weights, data.sample(*sample), read).class() == data.labels[*sample]
        };
        (0..data.labels.len()).filter(is_right).count()
    }
}

/// Accuracies with one seed.
#[derive(Clone, Debug, Serialize)]
pub struct Recovery {
    /// What was damaged.
    pub of: Damaged,
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

/// Trains a network with a seed.
pub fn trained<'n>(
    data: &Data,
    plan: &'n Plan,
    network: &'n Network,
    seed: u32,
    progress: &dyn Progress,
) -> Result<Trained<'n>, ReportError> {
    let mut trained = Trained::new(network, plan, seed);
    trained.learn(Rule::BackPropagation, plan.epochs, data, progress)?;
    Ok(trained)
}

/// Damages a trained network in each way, and repairs it by both rules.
pub fn recoveries(
    data: &Data,
    trained: &Trained<'_>,
    damages: &[Damage],
    progress: &dyn Progress,
) -> Result<Vec<Recovery>, ReportError> {
    let (plan, seed) = (trained.plan, trained.seed);
    let before = trained.right(&data.test);
    let recovery = |damage: &Damage| {
        let mut hurt = trained.clone();
        hurt.weights.iter_mut().for_each(|weights| weights.damage(*damage));
        let repaired = |rule| -> Result<usize, ReportError> {
            let mut repaired = hurt.clone();
            repaired.learn(rule, plan.repair_epochs, data, progress)?;
            Ok(repaired.right(&data.test))
        };
        Ok(Recovery {
            of: damage.of,
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

/// Repair by updates of a form, with one seed.
#[derive(Clone, Debug, Serialize)]
pub struct Repair {
    /// The form.
    pub update: UpdateForm,
    /// Of weights, pulses and the order of samples.
    pub seed: u32,
    /// Samples of the test.
    pub samples: usize,
    /// Of them, those that are found after the damage.
    pub damaged: usize,
    /// After repair by direct feedback alignment.
    pub aligned: usize,
    /// After repair by back-propagation.
    pub propagated: usize,
    /// Pulses, one after the other, that an update by direct feedback alignment takes on average.
    pub slots: f64,
}

/// Damages a trained network, and repairs it by updates of each form.
pub fn repairs(
    data: &Data,
    trained: &Trained<'_>,
    damage: Damage,
    progress: &dyn Progress,
) -> Result<Vec<Repair>, ReportError> {
    let mut hurt = trained.clone();
    hurt.weights.iter_mut().for_each(|weights| weights.damage(damage));
    let of_form = |update: UpdateForm| {
        let plan = trained.plan.of_form(update);
        let repaired = |rule| -> Result<(usize, u64), ReportError> {
            let mut repaired = hurt.with_plan(&plan);
            repaired.learn(rule, plan.repair_epochs, data, progress)?;
            Ok((repaired.right(&data.test), repaired.slots))
        };
        let (aligned, slots) = repaired(Rule::Feedback)?;
        let updates = data.train.labels.len() as u64 * u64::from(plan.repair_epochs);
        Ok(Repair {
            update,
            seed: trained.seed,
            samples: data.test.labels.len(),
            damaged: hurt.right(&data.test),
            aligned,
            propagated: repaired(Rule::BackPropagation)?.0,
            slots: slots as f64 / updates as f64,
        })
    };
    [UpdateForm::Signs, UpdateForm::Trains, UpdateForm::Counts].into_iter().map(of_form).collect()
}

/// Accuracies of networks that learn with noisy weights, with one seed.
#[derive(Clone, Debug, Serialize)]
pub struct Noisy {
    /// The noise.
    #[serde(flatten)]
    pub noise: Noise,
    /// Of weights, pulses and the order of samples.
    pub seed: u32,
    /// Samples of the test.
    pub samples: usize,
    /// Of them, those that are found after learning by direct feedback alignment.
    pub aligned: usize,
    /// By back-propagation.
    pub propagated: usize,
}

/// Trains a network with a seed by both rules, with noise from the start and in the test.
pub fn noisy(
    data: &Data,
    plan: &Plan,
    network: &Network,
    noise: Noise,
    seed: u32,
    progress: &dyn Progress,
) -> Result<Noisy, ReportError> {
    let plan = Plan { noise, ..plan.clone() };
    let learnt = |rule| -> Result<usize, ReportError> {
        let mut trained = Trained::new(network, &plan, seed);
        trained.learn(rule, plan.epochs, data, progress)?;
        Ok(trained.right(&data.test))
    };
    Ok(Noisy {
        noise,
        seed,
        samples: data.test.labels.len(),
        aligned: learnt(Rule::Feedback)?,
        propagated: learnt(Rule::BackPropagation)?,
    })
}
