//! Tables and vectors of sums, and the coverage points that they reach.

use super::model::{Done, Golden, Outcome};
use super::params::{Function, Params};
use crate::common::lanes::{corner_weighted, flag, joined};
use crate::meadow::meadow_requantize::SHIFT_BITS;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// The most vectors of a case.
const VECTORS: usize = 6;

const POINTS: [&str; 4] = [
    "vector with a new table",
    "vector that keeps its table",
    "sum that is wrong",
    "vector that does not end with its last output",
];

const OF_SCALE: [&str; 6] = [
    "result saturated above",
    "result saturated below",
    "tie above zero",
    "tie below zero",
    "shift of 0",
    "the greatest shift",
];

/// Those from `OF_SATURATION` on need potentials that saturate.
const OF_SATURATION: usize = 4;
const OF_LIF: [&str; 6] = [
    "neuron that fires",
    "silent neuron",
    "neuron that fires for what it kept",
    "potential below zero before a sum",
    "potential that saturates above",
    "potential that saturates below",
];

/// The coverage points that the parameters allow.
fn points(params: &Params) -> Vec<&'static str> {
    let own = match params.function {
        Function::Scale => &OF_SCALE[..],
        Function::Lif if saturates(params) => &OF_LIF[..],
        Function::Lif => &OF_LIF[..OF_SATURATION],
    };
    POINTS.iter().chain(own).copied().collect()
}

/// Whether some sums can bring a membrane potential out of its range: it leaks too much if it is wider than they are.
fn saturates(params: &Params) -> bool {
    let (sum_bits, membrane_bits) = (params.sum_bits, params.neuron().membrane_bits());
    match params.leak {
        0 => membrane_bits <= sum_bits + 1,
        leak => membrane_bits == sum_bits && leak + 1 < sum_bits,
    }
}

impl Stimulus for Params {
    /// A table and some vectors a case; one case of 64 with mistakes.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let thresholds: Vec<i64> = (0..params.outputs).map(|_| threshold(&params, &mut rng)).collect();
            let kind = rng.u8(..8);
            thresholds.iter().for_each(|threshold| emit(0, &entry(&params, &mut rng, *threshold, kind)));
            let vectors = rng.usize(1..=VECTORS);
            let rests = rng.u8(..4) > 0;
            // Sums that are all alike bring potentials to their limits.
            let steady = (rng.u8(..3) == 0).then(|| rng.u8(..3));
            for vector in 0..vectors {
                let kind = steady.unwrap_or(rng.u8(..12));
                for (place, threshold) in (0..).zip(&thresholds) {
                    let is_last = place + 1 == params.outputs;
                    let wrong = |rng: &mut Rng| index % 64 == 63 && rng.u8(..4) == 0;
                    let first_or = |rng: &mut Rng, first: bool| if place == 0 { first } else { rng.bool() };
                    let mut beat = vec![joined(params.sum_bits, &[sum(&params, &mut rng, *threshold, kind)])];
                    beat.extend([flag(is_last ^ wrong(&mut rng)), flag(wrong(&mut rng))]);
                    beat.push(flag(first_or(&mut rng, vector == 0)));
                    if params.function == Function::Lif {
                        beat.push(flag(first_or(&mut rng, vector == 0 && rests)));
                    }
                    emit(1, &beat);
                }
            }
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.outputs) * (VECTORS as u64 / 2 + 2)
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self), Observer { params: self, golden: Golden::new(self) })
    }
}

/// A threshold of a neuron, most of them within the sums.
fn threshold(params: &Params, rng: &mut Rng) -> i64 {
    let greatest = (1i64 << (params.neuron().threshold_bits())) - 1;
    match rng.u8(..8) {
        0 => 0,
        1 => greatest,
        2 => rng.i64(0..=greatest),
        _ => rng.i64(0..1 << (params.sum_bits - 1)),
    }
}

fn entry(params: &Params, rng: &mut Rng, threshold: i64, kind: u8) -> Vec<Bits> {
    if params.function == Function::Lif {
        return vec![Bits::truncated(threshold as u128, params.neuron().threshold_bits())];
    }
    let (width, least) = (params.multiplier_bits, i64::from(params.multiplier_bits) - 1);
    let bias = if rng.u8(..4) == 0 { 0 } else { corner_weighted(params.sum_bits, rng) };
    let multiplier = match rng.u8(..8) {
        _ if kind == 0 => 1 << least,
        0 => 1 << rng.u32(..width),
        1 => (1 << width) - 1,
        2 => rng.i64(..1 << width),
        _ => rng.i64(1 << least..1 << width),
    };
    let greatest = (1 << SHIFT_BITS) - 1;
    let shift = match rng.u8(..16) {
        // Halves of what is left are ties.
        _ if kind == 0 => least + rng.i64(1..4),
        0 => 0,
        1 => greatest,
        2 => rng.i64(..=greatest),
        _ => rng.i64(least - 3..least + i64::from(params.sum_bits)).min(greatest),
    };
    let field = |value: i64, width: u32| Bits::truncated(value as u128, width);
    vec![joined(params.sum_bits, &[bias]), field(multiplier, width), field(shift, SHIFT_BITS)]
}

/// Any sum: near the threshold, small, of one sign, or any.
fn sum(params: &Params, rng: &mut Rng, threshold: i64, kind: u8) -> i64 {
    let greatest = (1i64 << (params.sum_bits - 1)) - 1;
    match kind {
        0 => greatest,
        1 => -greatest - 1,
        2..=4 => (threshold + rng.i64(-2..=2)).clamp(-greatest - 1, greatest),
        5 => rng.i64(-8..8),
        6 => rng.i64(-greatest - 1..=greatest) >> rng.u32(..params.sum_bits),
        _ => corner_weighted(params.sum_bits, rng),
    }
}

/// Finds the coverage points of sums.
struct Observer<'p> {
    params: &'p Params,
    golden: Golden,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let is_wrong = channel == 1 && beat[2].bit(0);
        let params = self.params;
        self.golden.take(channel, beat, |done| {
            let is_first = done.place == 0;
            let common = [
                is_first && done.has_new_table,
                is_first && !done.has_new_table,
                is_wrong,
                done.is_misplaced,
            ];
            let is_reached: Vec<bool> = common.into_iter().chain(own_points(params, &done)).collect();
            report_reached(&is_reached[..points(params).len()], hit);
        });
    }
}

fn own_points(params: &Params, done: &Done) -> [bool; 6] {
    match done.outcome {
        Outcome::Value { value, biased, scale } => {
            let greatest = (1i64 << (params.value_bits - 1)) - 1;
            let product = i128::from(biased) * i128::from(scale.multiplier);
            let is_tie = scale.shift > 0
                && product.rem_euclid(1 << scale.shift) == 1 << (scale.shift - 1)
                && product.abs() < i128::from(greatest) << scale.shift;
            [
                value == greatest,
                value < -greatest,
                is_tie && product > 0,
                is_tie && product < 0,
                scale.shift == 0,
                scale.shift == (1 << SHIFT_BITS) - 1,
            ]
        }
        Outcome::Spike { fires, before, alone } => {
            let greatest = (1i64 << (params.neuron().membrane_bits() - 1)) - 1;
            let potential = before + done.sum;
            [fires, !fires, fires && !alone, before < 0, potential > greatest, potential < -greatest - 1]
        }
    }
}
