//! The RTL of `xbar_dfa` in the loop: its pulses change the arrays.

use super::array::{Damage, Weights};
use super::data::Labelled;
use super::network::{Network, Pass};
use super::training::{Plan, Trained};
use crate::ReportError;
use crate::streams::Streams;
use blocks::common::lanes::apart;
use blocks::crossbar::learning::golden::ErrorVector;
use blocks::crossbar::learning::slots::Rule;
use blocks::crossbar::learning::{COUNT_SHIFT_BITS, Network as Shape, SHIFT_BITS, TRAIN_BITS, UpdateForm};
use blocks::crossbar::xbar_dfa::Params;
use hdl::Bits;
use serde::Serialize;
use sim::Compiled;

/// The channels of samples and of errors.
const SAMPLES: usize = 0;
const ERRORS: usize = 1;

/// An epoch with the RTL in the loop, whose arrays are then those of the golden model, weight by weight.
#[derive(Clone, Debug, Serialize)]
pub struct InTheLoop {
    /// Samples of the epoch.
    pub samples: usize,
    /// Weights of all arrays.
    pub weights: usize,
    /// Pulses on them.
    pub pulses: u64,
    /// Cycles of the block.
    pub cycles: u64,
}

/// Repairs a damaged network for an epoch by pulses of the RTL.
pub fn in_the_loop(
    data: &Labelled,
    plan: &Plan,
    damage: Damage,
    network: &Network,
) -> Result<InTheLoop, ReportError> {
    const SEED: u32 = 1;
    let mut trained = Trained::new(network, plan, SEED);
    trained.epoch(Rule::BackPropagation, data);
    trained.weights.iter_mut().for_each(|weights| weights.damage(damage));
    let mut golden = trained.with_plan(plan);
    let mut rtl = golden.clone();
    let pulses = |trained: &Trained| trained.weights.iter().map(Weights::pulses).sum::<u64>();
    let before = pulses(&golden);
    golden.epoch(Rule::Feedback, data);
    let mut block = Block::new(&rtl.block)?;
    rtl.epoch_of_rtl(&mut block, data)?;
    if golden.weights != rtl.weights {
        return Err(ReportError::Wrong(
            "pulses of xbar_dfa leave other weights than the golden model".into(),
        ));
    }
    Ok(InTheLoop {
        samples: data.labels.len(),
        weights: rtl.weights.iter().map(Weights::count).sum(),
        pulses: pulses(&rtl) - before,
        cycles: block.streams.cycles(),
    })
}

/// The simulated block.
struct Block {
    network: Shape,
    streams: Streams<Compiled>,
}

impl Block {
    /// After its reset.
    fn new(params: &Params) -> Result<Block, ReportError> {
        Ok(Block { network: params.network.clone(), streams: Streams::of(params)? })
    }

    /// The beats of the update that a sample makes.
    fn beats(
        &mut self,
        pass: &Pass,
        floor: i64,
        errors: &ErrorVector,
    ) -> Result<Vec<Vec<Bits>>, ReportError> {
        let width = self.network.width as usize;
        let (inputs, hidden) = (&pass.activations[0], &pass.activations[1..]);
        let mut beats: Vec<(i64, i64)> = inputs.iter().map(|input| (*input, 0)).collect();
        // Neurons that a narrow layer does not have are far beyond their derivative.
        let nobody = (0, -(1 << (self.network.potential_bits - 1)));
        for (activations, potentials) in hidden.iter().zip(&pass.potentials) {
            let own = activations.iter().copied().zip(potentials.iter().copied());
            beats.extend(own.chain(std::iter::repeat(nobody)).take(width));
        }
        let signed =
            |value: i64, width: u32| Bits::truncated((value as u64 & ((1 << width) - 1)).into(), width);
        let last = |number: usize, count: usize| Bits::truncated(u128::from(number + 1 == count), 1);
        let Shape { activation_bits, potential_bits, error_bits, delta_bits, .. } = self.network;
        for (number, (activation, potential)) in beats.iter().enumerate() {
            let floor = signed(floor, activation_bits - 1);
            let fields = [
                signed(*activation, activation_bits),
                signed(*potential, potential_bits),
                floor,
                last(number, beats.len()),
            ];
            self.streams.push(SAMPLES, &fields);
        }
        for (number, error) in errors.values.iter().enumerate() {
            let mut fields = vec![
                signed(*error, error_bits),
                signed(errors.shift.into(), SHIFT_BITS),
                signed(errors.floor, delta_bits - 1),
            ];
            let (pulses, count_shift) = (errors.pulses.into(), errors.count_shift.into());
            match self.network.update {
                UpdateForm::Signs => {}
                UpdateForm::Trains => fields.push(signed(pulses, TRAIN_BITS)),
                UpdateForm::Counts => fields.push(signed(count_shift, COUNT_SHIFT_BITS)),
            }
            fields.push(last(number, errors.values.len()));
            self.streams.push(ERRORS, &fields);
        }
        let mut beats: Vec<Vec<Bits>> = vec![];
        while !beats.last().is_some_and(|beat| flags(beat)[0]) {
            self.streams.cycle(&mut |_, beat| beats.push(beat.to_vec()))?;
        }
        Ok(beats)
    }
}

/// The last fields of a beat of an update: it is the last one, and something has a wrong length.
fn flags(beat: &[Bits]) -> [bool; 2] {
    [beat.len() - 3, beat.len() - 2].map(|field| beat[field].bit(0))
}

impl Trained<'_> {
    /// Trains with every sample once, by pulses of the RTL.
    fn epoch_of_rtl(&mut self, block: &mut Block, data: &Labelled) -> Result<(), ReportError> {
        for sample in self.order(data.labels.len()) {
            let pass = self.pass(data.sample(sample));
            let errors = self.errors(&pass, data.labels[sample]);
            let beats = block.beats(&pass, self.activation_floor(), &errors)?;
            if beats.iter().any(|beat| flags(beat)[1]) {
                return Err(ReportError::Wrong(format!("xbar_dfa reports an error in sample {sample}")));
            }
            match self.block.network.update {
                UpdateForm::Signs | UpdateForm::Trains => {
                    beats.iter().for_each(|beat| self.pulse(&beat[0], &beat[1], beat[2].bit(0)));
                }
                UpdateForm::Counts => self.counts(&beats),
            }
        }
        Ok(())
    }

    /// The counts of all arrays.
    fn counts(&mut self, beats: &[Vec<Bits>]) {
        let (mut row, mut column) = (0, 0);
        for beat in beats {
            for (layer, count) in apart(self.block.network.count_bits, &beat[0]).into_iter().enumerate() {
                // Neurons that a narrow layer does not have have a count of 0.
                self.steps(layer, row, column, count);
            }
            (row, column) = if beat[1].bit(0) { (row + 1, 0) } else { (row, column + 1) };
        }
    }

    /// A pulse on the weights of all arrays where a row meets a column.
    fn pulse(&mut self, rows: &Bits, columns: &Bits, increase: bool) {
        let width = self.block.network.width;
        let (mut first_row, mut first_column) = (0, 0);
        for (layer, weights) in self.weights.iter_mut().enumerate() {
            for row in (0..weights.rows).filter(|row| rows.bit(first_row + *row as u32)) {
                for column in (0..weights.columns).filter(|column| columns.bit(first_column + *column as u32))
                {
                    weights.pulse(&self.pulses, row, column, increase);
                }
            }
            first_row += if layer == 0 { self.block.network.inputs } else { width };
            first_column += width;
        }
    }
}
