//! Samples with their errors, and the coverage points that they reach.

use super::golden::{ErrorVector, Sample, counts};
use super::network::{COUNT_SHIFT_BITS, ErrorValue, Network, SHIFT_BITS, TRAIN_BITS, UpdateForm};
use crate::common::lanes::{corner_weighted, flag, joined};
use fastrand::Rng;
use hdl::Bits;

/// One case of so many may have mistakes, the first one too: nothing is stored then.
const MISTAKES: u64 = 8;

/// The length of a vector of a case: mostly the right one, else any shorter one, or up to twice as long, as if a `last` was lost.
pub fn length(right: u32, index: u64, rng: &mut Rng) -> u32 {
    match rng.u8(..8) {
        _ if !index.is_multiple_of(MISTAKES) => right,
        0 => right - 1,
        1 => right + rng.u32(1..=2),
        2 => rng.u32(1..right),
        3 => right + rng.u32(1..=right),
        _ => right,
    }
}

/// A sample with its errors.
pub struct Case {
    samples: Vec<Vec<Bits>>,
    errors: Vec<Vec<Bits>>,
    /// Both have the right length.
    pub is_right: bool,
}

impl Case {
    /// The case of a number. Its errors are beats of a shape; whether the stored feedback ends with them is said.
    pub fn new(network: &Network, shape: &ErrorValue<u32>, ends: bool, index: u64, rng: &mut Rng) -> Case {
        let (beats, classes) = (length(network.rows(), index, rng), length(network.classes, index, rng));
        Case {
            samples: sample(network, beats, rng),
            errors: errors(network, shape, ends, classes, rng),
            is_right: beats == network.rows() && classes == network.classes,
        }
    }

    /// Gives `emit` the beats, as channels 0 and 1, in a random order of the channels.
    pub fn emit(&self, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
        let mut channels = [(0, &self.samples), (1, &self.errors)];
        rng.shuffle(&mut channels);
        for (channel, beats) in channels {
            beats.iter().for_each(|beat| emit(channel, beat));
        }
    }
}

fn sample(network: &Network, length: u32, rng: &mut Rng) -> Vec<Vec<Bits>> {
    let floor_bits = network.activation_bits - 1;
    let kind = rng.u8(..8);
    let floor = value_below(floor_bits, rng);
    let beat = |place: u32| {
        let floor = if kind == 0 { value_below(floor_bits, rng) } else { floor };
        let activation = match rng.u8(..4) {
            _ if kind == 1 => 0,
            0 => floor * rng.i64(-1..=1),
            _ => corner_weighted(network.activation_bits, rng),
        };
        vec![
            joined(network.activation_bits, &[activation]),
            joined(network.potential_bits, &[potential(network, rng)]),
            joined(floor_bits, &[floor]),
            flag(place + 1 == length),
        ]
    };
    (0..length).map(beat).collect()
}

/// Half of the potentials are near those from which on the derivative is 0.
fn potential(network: &Network, rng: &mut Rng) -> i64 {
    let (gamma, greatest) = (1i64 << network.gamma_bits, (1i64 << (network.potential_bits - 1)) - 1);
    let sign = if rng.bool() { 1 } else { -1 };
    match rng.u8(..8) {
        0 | 1 => (sign * (gamma + rng.i64(-2..=1))).clamp(-greatest - 1, greatest),
        2..=4 => rng.i64(-gamma..gamma),
        _ => corner_weighted(network.potential_bits, rng),
    }
}

fn errors(
    network: &Network,
    shape: &ErrorValue<u32>,
    ends: bool,
    length: u32,
    rng: &mut Rng,
) -> Vec<Vec<Bits>> {
    let kind = rng.u8(..8);
    let (shift, floor) = (shift(network, rng), value_below(network.delta_bits - 1, rng));
    let (pulses, count_shift) = (train(rng), count_shift(network, rng));
    let beat = |class: u32| {
        let is_last = class + 1 == length;
        let greatest = (1 << (network.error_bits - 1)) - 1;
        let value = match kind {
            0 => 0,
            // At the floor of the deltas.
            1 => (rng.i64(-1..=1) * (floor << shift)).clamp(-greatest - 1, greatest),
            2 => rng.i64(-2..=1),
            _ => corner_weighted(network.error_bits, rng),
        };
        // What other beats than the last one say does not matter.
        let mut own =
            |bits: u32, value: i64| joined(bits, &[if is_last { value } else { rng.i64(0..1 << bits) }]);
        let mut beat = vec![
            joined(network.error_bits, &[value]),
            own(SHIFT_BITS, shift),
            own(network.delta_bits - 1, floor),
        ];
        let optional =
            [(shape.pulses, pulses), (shape.count_shift, count_shift), (shape.feedback_ends, ends.into())];
        beat.extend(optional.into_iter().filter_map(|(bits, value)| bits.map(|bits| own(bits, value))));
        beat.push(flag(is_last));
        beat
    };
    (0..length).map(beat).collect()
}

/// Pulses of a train, mostly few.
fn train(rng: &mut Rng) -> i64 {
    match rng.u8(..16) {
        0 => 0,
        1 => (1 << TRAIN_BITS) - 1,
        2 => rng.i64(0..1 << TRAIN_BITS),
        _ => rng.i64(1..=5),
    }
}

/// Mostly one that leaves the bits of a count.
fn count_shift(network: &Network, rng: &mut Rng) -> i64 {
    let greatest = (1 << COUNT_SHIFT_BITS) - 1;
    match rng.u8(..8) {
        0 => rng.i64(0..=greatest),
        _ => {
            let bits = i64::from(network.activation_bits + network.delta_bits);
            (bits - i64::from(network.count_bits) + rng.i64(-3..=1)).clamp(0, greatest)
        }
    }
}

/// Mostly one that leaves some bits of a delta.
fn shift(network: &Network, rng: &mut Rng) -> i64 {
    let greatest = (1 << SHIFT_BITS) - 1;
    match rng.u8(..8) {
        0 => greatest,
        1 => rng.i64(0..=greatest),
        2 | 3 => 0,
        _ => rng.i64(0..=i64::from(network.error_bits / 2)).min(greatest),
    }
}

/// Unsigned, mostly small.
fn value_below(bits: u32, rng: &mut Rng) -> i64 {
    match rng.u8(..8) {
        0 => (1 << bits) - 1,
        1..=3 => 0,
        4 => rng.i64(0..1 << bits),
        _ => rng.i64(0..1 << bits.div_ceil(2)),
    }
}

/// The coverage points of both blocks.
const POINTS: [&str; 14] = [
    "delta that saturates above",
    "delta that saturates below",
    "delta at its floor",
    "delta below its floor",
    "neuron whose derivative is 0",
    "neuron whose derivative is the greatest",
    "update that changes no weight",
    "update that changes weights",
    "sample or errors of a wrong length",
    "right sample after a wrong one",
    "trains of no pulse",
    "trains of the most pulses",
    "count that saturates above",
    "count that saturates below",
];

/// The points of samples that the parameters allow.
pub struct Points<'p> {
    network: &'p Network,
    places: Vec<usize>,
    has_been_wrong: bool,
}

impl<'p> Points<'p> {
    /// Where values of `value_bits` become deltas.
    pub fn new(network: &'p Network, value_bits: u32) -> Points<'p> {
        let has_small_deltas = network.delta_bits > 2;
        let saturates = value_bits >= network.delta_bits;
        let is_reachable = |place: &usize| match place {
            0 | 1 => saturates,
            2 | 3 => has_small_deltas,
            10 | 11 => network.update == UpdateForm::Trains,
            12 | 13 => {
                let gradient_bits = network.activation_bits + network.delta_bits - 2;
                network.update == UpdateForm::Counts && gradient_bits >= network.count_bits
            }
            _ => true,
        };
        let places = (0..POINTS.len()).filter(is_reachable).collect();
        Points { network, places, has_been_wrong: false }
    }

    /// Their names.
    pub fn names(&self) -> Vec<&'static str> {
        self.places.iter().map(|place| POINTS[*place]).collect()
    }

    /// Whether each is reached by a sample with its deltas; by one of a wrong length, which is none.
    pub fn reached(&mut self, learnt: Option<(&Sample, &ErrorVector, &[Vec<i64>])>) -> Vec<bool> {
        let all = match learnt {
            None => POINTS.map(|point| point == POINTS[8]),
            Some((sample, errors, deltas)) => self.reached_by(sample, errors, deltas),
        };
        self.has_been_wrong |= learnt.is_none();
        self.places.iter().map(|place| all[*place]).collect()
    }

    fn reached_by(&self, sample: &Sample, errors: &ErrorVector, deltas: &[Vec<i64>]) -> [bool; 14] {
        let network = self.network;
        let greatest = (1 << (network.delta_bits - 1)) - 1;
        let any_delta = |is: &dyn Fn(i64) -> bool| deltas.iter().flatten().any(|delta| is(*delta));
        let any_derivative =
            |is: u64| sample.derivatives.iter().flatten().any(|derivative| *derivative == is);
        // The rows of a layer meet its columns.
        let (inputs, hidden) = sample.activations.split_at(network.inputs as usize);
        let rows = || [inputs].into_iter().chain(hidden.chunks(network.width as usize)).zip(deltas);
        let changes = rows().any(|(rows, deltas)| {
            rows.iter().any(|row| *row != 0) && deltas.iter().any(|delta| delta.abs() > errors.floor)
        });
        let most = (1 << (network.count_bits - 1)) - 1;
        let any_count = |is: i64| {
            network.update == UpdateForm::Counts
                && rows().any(|(rows, deltas)| counts(network, rows, deltas, errors).concat().contains(&is))
        };
        [
            any_delta(&|delta| delta == greatest),
            any_delta(&|delta| delta < -greatest),
            any_delta(&|delta| delta != 0 && delta.abs() == errors.floor),
            any_delta(&|delta| delta != 0 && delta.abs() < errors.floor),
            any_derivative(0),
            any_derivative(1 << network.fraction_bits()),
            !changes,
            changes,
            false,
            self.has_been_wrong,
            errors.pulses == 0,
            errors.pulses == (1 << TRAIN_BITS) - 1,
            any_count(most),
            any_count(-most - 1),
        ]
    }
}

/// About how many beats an update has.
pub fn beats(network: &Network) -> u64 {
    match network.update {
        UpdateForm::Signs => 4,
        UpdateForm::Trains => 24,
        UpdateForm::Counts => {
            u64::from(network.longest_row_side()) * u64::from(network.longest_column_side())
        }
    }
}
