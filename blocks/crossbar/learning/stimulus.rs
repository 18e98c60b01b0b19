//! Samples with their errors, and the coverage points that they reach.

use super::golden::{ErrorVector, Sample};
use super::network::{Network, SHIFT_BITS};
use crate::common::lanes::{corner_weighted, flag, joined};
use fastrand::Rng;
use hdl::Bits;

/// One case of so many has mistakes.
const MISTAKES: u64 = 32;

/// Whether a beat of a case has a wrong `last`.
pub fn is_mistaken(index: u64, rng: &mut Rng) -> bool {
    index % MISTAKES == MISTAKES - 1 && rng.u8(..8) == 0
}

/// Gives `emit` the beats of a sample and of its errors, as channels 0 and 1, in a random order of the channels.
pub fn case(network: &Network, index: u64, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let is_wrong = |rng: &mut Rng| is_mistaken(index, rng);
    let samples: Vec<Vec<Bits>> = sample(network, rng, is_wrong);
    let errors: Vec<Vec<Bits>> = errors(network, rng, is_wrong);
    let mut give = |channel, beats: &[Vec<Bits>]| beats.iter().for_each(|beat| emit(channel, beat));
    match rng.bool() {
        true => {
            give(0, &samples);
            give(1, &errors);
        }
        false => {
            give(1, &errors);
            give(0, &samples);
        }
    }
}

fn sample(network: &Network, rng: &mut Rng, is_wrong: impl Fn(&mut Rng) -> bool) -> Vec<Vec<Bits>> {
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
            flag((place + 1 == network.rows()) ^ is_wrong(rng)),
        ]
    };
    (0..network.rows()).map(beat).collect()
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

fn errors(network: &Network, rng: &mut Rng, is_wrong: impl Fn(&mut Rng) -> bool) -> Vec<Vec<Bits>> {
    let kind = rng.u8(..8);
    let (shift, floor) = (shift(network, rng), value_below(network.delta_bits - 1, rng));
    let beat = |class: u32| {
        let is_last = class + 1 == network.classes;
        let greatest = (1 << (network.error_bits - 1)) - 1;
        let value = match kind {
            0 => 0,
            // At the floor of the deltas.
            1 => (rng.i64(-1..=1) * (floor << shift)).clamp(-greatest - 1, greatest),
            2 => rng.i64(-2..=1),
            _ => corner_weighted(network.error_bits, rng),
        };
        // What other beats than the last one say does not matter.
        let own = |rng: &mut Rng, value: i64, bits: u32| if is_last { value } else { rng.i64(0..1 << bits) };
        vec![
            joined(network.error_bits, &[value]),
            joined(SHIFT_BITS, &[own(rng, shift, SHIFT_BITS)]),
            joined(network.delta_bits - 1, &[own(rng, floor, network.delta_bits - 1)]),
            flag(is_last ^ is_wrong(rng)),
        ]
    };
    (0..network.classes).map(beat).collect()
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
pub const POINTS: [&str; 9] = [
    "delta that saturates above",
    "delta that saturates below",
    "delta at its floor",
    "delta below its floor",
    "neuron whose derivative is 0",
    "neuron whose derivative is the greatest",
    "update that changes no weight",
    "update that changes weights",
    "beat with a wrong last",
];

/// Whether each point is reached by a sample with its deltas.
pub fn reached(
    network: &Network,
    sample: &Sample,
    errors: &ErrorVector,
    deltas: &[Vec<i64>],
    is_wrong: bool,
) -> [bool; 9] {
    let greatest = (1 << (network.delta_bits - 1)) - 1;
    let any_delta = |is: &dyn Fn(i64) -> bool| deltas.iter().flatten().any(|delta| is(*delta));
    let any_derivative = |is: u64| sample.derivatives.iter().flatten().any(|derivative| *derivative == is);
    // The rows of a layer meet its columns.
    let (inputs, hidden) = sample.rows.split_at(network.inputs as usize);
    let rows = [inputs].into_iter().chain(hidden.chunks(network.width as usize));
    let changes = rows.zip(deltas).any(|(rows, deltas)| {
        rows.iter().any(|row| *row != 0) && deltas.iter().any(|delta| delta.abs() > errors.floor)
    });
    [
        any_delta(&|delta| delta == greatest),
        any_delta(&|delta| delta < -greatest),
        any_delta(&|delta| delta != 0 && delta.abs() == errors.floor),
        any_delta(&|delta| delta != 0 && delta.abs() < errors.floor),
        any_derivative(0),
        any_derivative(1 << network.fraction_bits()),
        !changes,
        changes,
        is_wrong,
    ]
}

/// The places of the points that the widths allow, where values of `value_bits` become deltas.
pub fn reachable(network: &Network, value_bits: u32) -> Vec<usize> {
    let has_small_deltas = network.delta_bits > 2;
    let saturates = value_bits >= network.delta_bits;
    let is_reachable = |place: &usize| match place {
        0 | 1 => saturates,
        2 | 3 => has_small_deltas,
        _ => true,
    };
    (0..POINTS.len()).filter(is_reachable).collect()
}
