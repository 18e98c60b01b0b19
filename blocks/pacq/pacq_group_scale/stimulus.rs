//! Results of several groups, and the coverage points they reach.

use super::model::{Groups, OfActivations, constant, removed, sum_of_activations, unpacked};
use super::params::Params;
use crate::common::exact::Exact;
use crate::common::float_stimulus::{corner_weighted, normal, truncated};
use crate::common::lanes::{flag, joined};
use crate::pacq::pacq_dp::model::{activations, packed};
use crate::pacq::pacq_mul::Product;
use crate::pacq::sum::{Form, Sum};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use hdl::Bits;
use parts::float::{FloatClass, FloatFormat};

const FP16: FloatFormat = FloatFormat::FP16;

const POINTS: [&str; 11] = [
    "result of one group",
    "result of several groups",
    "scale zero",
    "scale subnormal",
    "scale infinite",
    "activations' sum infinite",
    "sum infinite",
    "sum zero once the zero point is removed",
    "infinite sum and zero scale",
    "group longer than max_group",
    "zero point that removes nothing",
];

/// Names of the coverage points. With biased sums every zero point removes something.
pub fn points(params: &Params) -> &'static [&'static str] {
    &POINTS[..POINTS.len() - usize::from(params.product == Product::Biased)]
}

impl Stimulus for Params {
    /// Results of up to four groups.
    fn random(&self, seed: u64) -> Space {
        results(self, "random", move |params, index| {
            let mut rng = case_rng(seed, index);
            let groups = if rng.bool() { 1 } else { rng.u32(2..5) };
            (0..groups).map(|_| group(params, &mut rng)).collect()
        })
    }

    /// Typical results of 4 groups.
    fn typical(&self, seed: u64) -> Space {
        results(self, "typical", move |params, index| {
            let mut rng = case_rng(seed, index);
            (0..4).map(|_| typical_group(params, &mut rng)).collect()
        })
    }

    fn cycles_per_case(&self) -> u64 {
        3 * u64::from(self.cycles() + 5)
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self), Observer::new(self))
    }
}

/// The inputs of a group.
struct Group {
    activations: Vec<Vec<u16>>,
    sums: Vec<Sum>,
    scales: Vec<u16>,
    zeros: Vec<u16>,
}

fn group(params: &Params, rng: &mut fastrand::Rng) -> Group {
    let kind = rng.u8(..8);
    let activation = |rng: &mut fastrand::Rng| match kind {
        0 => corner_weighted(FP16, rng) as u16,
        1 => rng.u16(..0x800),
        _ => truncated(FP16, normal(rng) as f32 * 8.0) as u16,
    };
    let beats = match rng.u8(..16) {
        0 => params.max_beats(),
        1 => params.max_beats() + 1,
        _ => rng.u32(1..=4.min(params.max_beats())),
    };
    let activations: Vec<Vec<u16>> =
        (0..beats).map(|_| (0..params.terms).map(|_| activation(rng)).collect()).collect();
    let zeros: Vec<u16> = (0..params.scales()).map(|_| rng.u16(..1 << params.weight_bits)).collect();
    let of_activations = sum_of_activations(&activations.concat());
    let cancels = rng.u8(..4) == 0;
    let mut sum = |lane: u32| {
        let zero = zeros[(lane / params.group_n) as usize];
        let to_remove = constant(params.product, params.weight_bits, zero) * of_activations.steps;
        let bits = params.sum_bits();
        let steps = match rng.u8(..4) {
            _ if cancels => to_remove,
            0 => to_remove + i128::from(rng.i16(..)),
            1 => (1 << rng.u32(..bits - 1)) - i128::from(rng.u8(..2)),
            _ => i128::from(rng.i64(..)) >> rng.u32(64 - bits.min(60)..64),
        };
        let infinite = rng.u8(..32);
        let sum = Sum { steps, positive_infinite: infinite == 0, negative_infinite: infinite < 2 };
        representable(params.form(), sum)
    };
    let sums = (0..params.lanes()).map(&mut sum).collect();
    let mut scale = || match rng.u8(..4) {
        0 => corner_weighted(FP16, rng) as u16,
        1 => rng.u16(..0x400) & (rng.u16(..) | 0x3f0),
        2 => 0,
        _ => truncated(FP16, normal(rng) as f32 * 0.02) as u16,
    };
    let scales = (0..params.scales()).map(|_| scale()).collect();
    Group { activations, sums, scales, zeros }
}

/// The nearest sum that an accumulator of this form can hold.
fn representable(form: Form, sum: Sum) -> Sum {
    match form {
        Form::Float(format) => Sum::of(Exact::decode(format, sum.exact().round(format))),
        Form::Fixed { .. } => sum,
    }
}

fn typical_group(params: &Params, rng: &mut fastrand::Rng) -> Group {
    let beats = params.max_group.min(128) / params.terms;
    let activation = |rng: &mut fastrand::Rng| truncated(FP16, normal(rng) as f32) as u16;
    let activations: Vec<Vec<u16>> =
        (0..beats).map(|_| (0..params.terms).map(|_| activation(rng)).collect()).collect();
    let deviation = f64::from(1 << (params.weight_bits - 1)) / 3.0 * 11.0;
    let sums = (0..params.lanes())
        .map(|_| {
            let steps = (normal(rng) * deviation * f64::from(1 << 24)) as i128;
            representable(params.form(), Sum { steps, ..Sum::default() })
        })
        .collect();
    let scales =
        (0..params.scales()).map(|_| truncated(FP16, 0.01 + 0.002 * normal(rng) as f32) as u16).collect();
    let middle = 1 << (params.weight_bits - 1);
    let zeros = (0..params.scales()).map(|_| middle - rng.u16(..2)).collect();
    Group { activations, sums, scales, zeros }
}

fn results(
    params: &Params,
    name: &str,
    groups: impl Fn(&Params, u64) -> Vec<Group> + Send + Sync + 'static,
) -> Space {
    let params = params.clone();
    let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
        let groups = groups(&params, index);
        let count = groups.len();
        for (number, group) in groups.into_iter().enumerate() {
            let beats = group.activations.len();
            for (place, beat) in group.activations.iter().enumerate() {
                emit(0, &[joined(16, beat), flag(place == beats - 1)]);
            }
            let w = params.weight_bits;
            let zeros: Vec<Bits> =
                group.zeros.iter().rev().map(|zero| Bits::truncated((*zero).into(), w)).collect();
            let sums = packed(params.form(), &group.sums);
            let is_last = flag(number == count - 1);
            emit(1, &[sums, joined(16, &group.scales), Bits::concat(&zeros), is_last]);
        }
    };
    Space { name: name.into(), cases: u64::MAX, make: Box::new(make), make_many: None }
}

/// Finds the coverage points of results.
pub struct Observer {
    params: Params,
    channels: Groups,
    /// Groups of the result so far.
    groups: u32,
}

impl Observer {
    /// At the start of a run.
    pub fn new(params: &Params) -> Observer {
        Observer { params: params.clone(), channels: Groups::default(), groups: 0 }
    }

    fn group(
        &mut self,
        OfActivations { sum: of_activations, count }: OfActivations,
        beat: &[Bits],
        hit: &mut dyn FnMut(usize),
    ) {
        let Params { product, weight_bits: w, group_n, .. } = self.params;
        self.groups += 1;
        let is_last = !beat[3].is_zero();
        let scales = activations(&beat[1]);
        let has = |class| scales.iter().any(|scale| FP16.classify((*scale).into()) == class);
        let infinite = |sum: &Sum| sum.positive_infinite | sum.negative_infinite;
        let sums: Vec<Sum> =
            unpacked(&self.params, &beat[0]).into_iter().map(Option::unwrap_or_default).collect();
        let lanes = sums.iter().enumerate().map(|(lane, sum)| {
            let place = lane as u32 / group_n;
            let constant =
                constant(product, w, beat[2].slice((place + 1) * w - 1, place * w).to_u64() as u16);
            (constant, removed(*sum, of_activations, constant), scales[place as usize])
        });
        let lanes: Vec<_> = lanes.collect();
        let is_reached = [
            is_last && self.groups == 1,
            is_last && self.groups > 2,
            has(FloatClass::Zero),
            has(FloatClass::Subnormal),
            has(FloatClass::Infinite),
            infinite(&of_activations),
            sums.iter().any(infinite),
            lanes.iter().zip(&sums).any(|((_, after, _), sum)| after.steps == 0 && sum.steps != 0),
            lanes.iter().any(|(_, after, scale)| infinite(after) && scale & 0x7fff == 0),
            count > self.params.max_group as usize,
            lanes.iter().any(|(constant, ..)| *constant == 0),
        ];
        report_reached(&is_reached, hit);
        if is_last {
            self.groups = 0;
        }
    }
}

impl Observe for Observer {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        if let Some((of_activations, beat)) = self.channels.take(channel, beat) {
            self.group(of_activations, &beat, hit);
        }
    }
}
