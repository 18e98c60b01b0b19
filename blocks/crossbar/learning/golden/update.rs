//! Updates, beat for beat, and the pulses that weights see.

use super::super::network::{Network, UpdateForm};
use super::{ErrorVector, RandomBits, Sample, beyond};
use crate::common::lanes::{flag, joined};
use hdl::Bits;

/// The phases of an update: the sign of its rows, that of its columns, and whether weights grow.
const PHASES: [(i64, i64, bool); 4] = [(1, -1, true), (1, 1, false), (-1, 1, true), (-1, -1, false)];

/// A pulse on some rows and columns.
#[derive(Clone, Copy, Debug)]
pub struct Phase {
    /// Rows times this sign are driven if they are above `row_threshold`.
    pub row_sign: i64,
    /// What they must be above.
    pub row_threshold: i64,
    /// The same of columns.
    pub column_sign: i64,
    /// What they must be above.
    pub column_threshold: i64,
    /// Weights grow; else they shrink.
    pub grows: bool,
}

/// The phases of an update, with trains of a length in each; one pulse without trains.
pub fn phases(network: &Network, random: &mut RandomBits, length: u32) -> Vec<Phase> {
    let mut phases = vec![];
    for (row_sign, column_sign, grows) in PHASES {
        for _ in 0..length {
            let [row_threshold, column_threshold] = thresholds(network, random);
            phases.push(Phase { row_sign, row_threshold, column_sign, column_threshold, grows });
        }
    }
    phases
}

/// What absolute values of rows and columns must be above in the next beat: with trains, random numbers.
fn thresholds(network: &Network, random: &mut RandomBits) -> [i64; 2] {
    match network.update {
        UpdateForm::Signs | UpdateForm::Counts => [0; 2],
        UpdateForm::Trains => {
            [network.activation_bits, network.delta_bits].map(|bits| random.number(bits - 1))
        }
    }
}

/// Makes updates.
pub struct Updates {
    network: Network,
    random: RandomBits,
    /// Some sample was wrong.
    error_seen: bool,
}

/// What a right sample changes: the sample with its errors, and the deltas of all layers, the output layer last.
pub type Learnt<'s> = (&'s Sample, &'s ErrorVector, &'s [Vec<i64>]);

impl Updates {
    /// After a reset.
    pub fn new(network: &Network) -> Updates {
        let random = RandomBits::new(network.train_seed);
        Updates { network: network.clone(), random, error_seen: false }
    }

    /// The beats of an update: one that changes nothing of a wrong sample, which is none.
    pub fn beats(&mut self, learnt: Option<Learnt<'_>>) -> Vec<Vec<Bits>> {
        self.error_seen |= learnt.is_none();
        let mut beats = match self.network.update {
            UpdateForm::Signs => self.pulses(learnt.map(|learnt| (learnt, 1))),
            UpdateForm::Trains => {
                self.pulses(learnt.map(|learnt| (learnt, learnt.1.pulses)).filter(|(_, pulses)| *pulses > 0))
            }
            UpdateForm::Counts => self.counts(learnt),
        };
        let count = beats.len();
        for (number, beat) in (1..).zip(&mut beats) {
            beat.extend([flag(number == count), flag(learnt.is_none()), flag(self.error_seen)]);
        }
        beats
    }

    /// The phases with their trains of a length: rows, columns and whether weights grow.
    fn pulses(&mut self, learnt: Option<(Learnt<'_>, u32)>) -> Vec<Vec<Bits>> {
        let (rows, columns) = (self.network.rows(), self.network.columns());
        let Some(((sample, errors, deltas), length)) = learnt else {
            // Its random numbers are not used.
            thresholds(&self.network, &mut self.random);
            return vec![vec![Bits::zero(rows), Bits::zero(columns), flag(true)]];
        };
        let columns: Vec<i64> = deltas.iter().flatten().map(|delta| beyond(*delta, errors.floor)).collect();
        let beat = |phase: Phase| {
            vec![
                driven(&sample.activations, phase.row_sign, phase.row_threshold),
                driven(&columns, phase.column_sign, phase.column_threshold),
                flag(phase.grows),
            ]
        };
        phases(&self.network, &mut self.random, length).into_iter().map(beat).collect()
    }

    /// The counts of each row and column in the arrays of all layers, and whether the row ends.
    fn counts(&self, learnt: Option<Learnt<'_>>) -> Vec<Vec<Bits>> {
        let network = &self.network;
        let layers = network.hidden_layers as usize + 1;
        let of_beat = |counts: &[i64], row_last| vec![joined(network.count_bits, counts), flag(row_last)];
        let Some((sample, errors, deltas)) = learnt else { return vec![of_beat(&vec![0; layers], true)] };
        let (inputs, hidden) = sample.activations.split_at(network.inputs as usize);
        let rows: Vec<&[i64]> = [inputs].into_iter().chain(hidden.chunks(network.width as usize)).collect();
        let counts: Vec<Vec<Vec<i64>>> =
            rows.iter().zip(deltas).map(|(rows, deltas)| counts(network, rows, deltas, errors)).collect();
        let mut beats = vec![];
        for row in 0..network.longest_row_side() as usize {
            for column in 0..network.longest_column_side() as usize {
                let of_layer = |layer: &Vec<Vec<i64>>| {
                    layer.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0)
                };
                let is_last = column + 1 == network.longest_column_side() as usize;
                beats.push(of_beat(&counts.iter().map(of_layer).collect::<Vec<_>>(), is_last));
            }
        }
        beats
    }
}

/// The lines whose value has a sign and is above a threshold.
fn driven(values: &[i64], sign: i64, threshold: i64) -> Bits {
    let mut lines = Bits::zero(values.len() as u32);
    (0..).zip(values).for_each(|(line, value)| lines.set_bit(line, sign * value > threshold));
    lines
}

/// The pulses of the weights of a layer, row by row: those that make it grow are positive.
pub fn counts(network: &Network, activations: &[i64], deltas: &[i64], errors: &ErrorVector) -> Vec<Vec<i64>> {
    let most = (1 << (network.count_bits - 1)) - 1;
    let count = |activation: i64, delta: i64| {
        let gradient = activation * beyond(delta, errors.floor);
        let rounded = (2 * gradient.abs() + (1 << errors.count_shift)) >> (errors.count_shift + 1);
        (-gradient.signum() * rounded).clamp(-most - 1, most)
    };
    let row = |activation: &i64| deltas.iter().map(|delta| count(*activation, *delta)).collect();
    activations.iter().map(row).collect()
}

/// The pulses, one after the other, in which the arrays of all layers take their counts: row after row, all columns at once, first
/// as many as the greatest count that makes a weight grow, then as many as the greatest that makes one shrink.
pub fn programming_pulses(layers: &[Vec<Vec<i64>>]) -> u64 {
    let rows = layers.iter().map(Vec::len).max().unwrap_or(0);
    let of_row = |row: usize| {
        let counts = || layers.iter().filter_map(move |layer| layer.get(row)).flatten();
        let most = |sign: i64| counts().map(|count| sign * count).max().unwrap_or(0).max(0) as u64;
        most(1) + most(-1)
    };
    (0..rows).map(of_row).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_rounded_half_away_and_saturate_and_a_row_takes_its_greatest_of_both_signs() {
        let network = Network { update: UpdateForm::Counts, ..Network::default() };
        let errors = ErrorVector { count_shift: 3, floor: 1, ..ErrorVector::default() };
        let counts = counts(&network, &[4, -100, 0], &[3, -3, 1, 127], &errors);
        assert_eq!(counts, [vec![-2, 2, 0, -8], vec![7, -8, 0, 7], vec![0; 4]]);
        // The second layer grows more in the first row, and has no third one.
        let second = vec![vec![5, 0, 0, -1], vec![0; 4]];
        assert_eq!(programming_pulses(&[counts, second]), (5 + 8) + (7 + 8));
    }

    #[test]
    fn coincidences_are_as_many_as_the_product_says() {
        let network = Network { update: UpdateForm::Trains, ..Network::default() };
        let mut random = RandomBits::new(1);
        let (activation, delta, updates) = (96, 40, 4000);
        let coincides = |phase: &Phase| activation > phase.row_threshold && delta > phase.column_threshold;
        let coincidences: usize = (0..updates)
            .map(|_| phases(&network, &mut random, 10).iter().filter(|phase| coincides(phase)).count())
            .sum();
        // Each of four phases of ten, on average 96 / 128 x 40 / 128.
        let expected = 40.0 * f64::from(updates) * (96.0 / 128.0) * (40.0 / 128.0);
        assert!((coincidences as f64 / expected - 1.0).abs() < 0.02, "{coincidences}, not {expected}");
    }
}
