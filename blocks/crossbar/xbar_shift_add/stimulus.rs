//! Vectors of phases, some skipped, and the coverage points that they reach.

use super::Params;
use super::model::{Converted, Sums, Total};
use crate::common::lanes::flag;
use crate::crossbar::phase::{Encoding, Phase};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// A vector has at most so many phases, and about so many conversions.
const MOST_PHASES: u32 = 24;
const CONVERSIONS: u32 = 256;

const POINTS: [&str; 9] = [
    "vector of one phase",
    "vector of several phases",
    "negative sum",
    "all codes of a vector 0",
    "vector that only subtracts",
    "sum out of range",
    "bit that inputs do not have",
    "sum of conversions that saturated",
    "sum of conversions that did not",
];

/// The coverage points that the parameters allow, each with its place among all.
fn numbered_points(params: &Params) -> impl Iterator<Item = (usize, &'static str)> {
    let is_signed = params.encoding.is_signed();
    let overflows = too_many_phases(params) <= most_phases(params);
    let has_gap = has_gap(params);
    (0..).zip(POINTS).filter(move |(place, _)| match place {
        4 => is_signed,
        5 => overflows,
        6 => has_gap,
        7 | 8 => params.saturation,
        _ => true,
    })
}

/// The most phases of a vector.
fn most_phases(params: &Params) -> u32 {
    (CONVERSIONS / params.columns()).clamp(3, MOST_PHASES)
}

/// So many phases of the highest bit can bring a sum out of its range.
fn too_many_phases(params: &Params) -> u32 {
    8 * params.row_blocks + 2
}

/// Whether the number of a bit can be that of no bit.
fn has_gap(params: &Params) -> bool {
    params.conversion().phase.bit.is_some_and(|width| 1 << width > params.input_bits)
}

impl Stimulus for Params {
    /// One vector a case: phases in their order, some of them skipped, or more of the highest bit than there can be.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let phases = phases(&params, &mut rng);
            let mut codes = codes(&params, &mut rng);
            let saturated_of_64 = [0, 1, 32][rng.usize(..3)];
            for (number, (bit, subtract)) in phases.iter().enumerate() {
                let last = number + 1 == phases.len();
                for column in 0..params.columns() {
                    let code = codes(&mut rng, column, *subtract);
                    let saturated = params.saturation && rng.u8(..64) < saturated_of_64;
                    emit(0, &beat(&params, (code, saturated), (*bit, *subtract), last));
                }
            }
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.columns() * most_phases(self) / 2)
    }

    fn coverage(&self) -> Coverage<'_> {
        let points: Vec<&'static str> = numbered_points(self).map(|(_, point)| point).collect();
        Coverage::new(points, Observer { params: self, sums: Sums::new(self), vector: Vector::default() })
    }
}

/// Bits, and whether they subtract.
fn phases(params: &Params, rng: &mut Rng) -> Vec<(u64, bool)> {
    let top = u64::from(params.input_bits - 1);
    let all = (0..=top).flat_map(|bit| match params.encoding {
        Encoding::Unsigned => vec![(bit, false)],
        Encoding::TwosComplement => vec![(bit, bit == top)],
        Encoding::SignMagnitude => vec![(bit, false), (bit, true)],
    });
    let mut phases: Vec<(u64, bool)> =
        all.flat_map(|phase| std::iter::repeat_n(phase, params.row_blocks as usize)).collect();
    match rng.u8(..16) {
        0..=3 => phases = vec![phases[phases.len() - 1 - rng.usize(..2.min(phases.len()))]],
        4..=8 => phases.retain(|_| rng.u8(..4) == 0),
        9..=12 => phases.retain(|_| rng.bool()),
        13 => phases = vec![(top, params.encoding.is_signed()); too_many_phases(params) as usize],
        _ => {}
    }
    let first = phases.len().saturating_sub(most_phases(params) as usize);
    phases.drain(..first);
    if phases.is_empty() {
        phases.push((top, params.encoding.is_signed()));
    }
    if has_gap(params) && rng.u8(..8) == 0 {
        phases[0].0 = top + 1;
    }
    phases
}

/// Gives the codes of a vector by column and sign of the phase: any, all 0, or those of the greatest or the least sum.
fn codes(params: &Params, rng: &mut Rng) -> impl FnMut(&mut Rng, u32, bool) -> u64 + use<> {
    let (kind, greatest) = (rng.u8(..8), (1 << params.adc_bits) - 1);
    let params = params.clone();
    move |rng, column, subtract| match kind {
        0 => 0,
        1 | 2 => {
            let adds = params.adds(column) != subtract;
            if adds == (kind == 1) { greatest } else { 0 }
        }
        _ => match rng.u8(..4) {
            0 => 0,
            1 => greatest,
            _ => rng.u64(0..=greatest),
        },
    }
}

fn beat(
    params: &Params,
    (code, saturated): (u64, bool),
    (bit, subtract): (u64, bool),
    last: bool,
) -> Vec<Bits> {
    let Phase { bit: bit_width, subtract: sign, .. } = params.conversion().phase;
    [Bits::truncated(code.into(), params.adc_bits)]
        .into_iter()
        .chain(params.saturation.then(|| flag(saturated)))
        .chain(bit_width.map(|width| Bits::truncated(bit.into(), width)))
        .chain(sign.map(|_| flag(subtract)))
        .chain([flag(last)])
        .collect()
}

/// What is known of the vector under way.
#[derive(Default)]
struct Vector {
    conversions: u32,
    has_code: bool,
    adds: bool,
    has_wrong_bit: bool,
}

/// Finds the coverage points of vectors.
struct Observer<'p> {
    params: &'p Params,
    sums: Sums,
    vector: Vector,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let converted = Converted::of(self.params, beat);
        let Phase { bit, subtract, .. } = converted.phase;
        let vector = &mut self.vector;
        vector.conversions += 1;
        vector.has_code |= converted.code > 0;
        vector.adds |= subtract != Some(1);
        vector.has_wrong_bit |= bit >= Some(self.params.input_bits.into());
        let Some((output, Total { sum, error, saturated })) = self.sums.take(&converted) else { return };
        let is_reached = [
            vector.conversions <= self.params.columns(),
            vector.conversions > self.params.columns(),
            sum < 0,
            !vector.has_code,
            !vector.adds,
            error && !vector.has_wrong_bit,
            vector.has_wrong_bit,
            saturated,
            !saturated,
        ];
        let is_reached: Vec<bool> =
            numbered_points(self.params).map(|(place, _)| is_reached[place]).collect();
        report_reached(&is_reached, hit);
        if output + 1 == self.params.outputs as usize {
            *vector = Vector::default();
        }
    }
}
