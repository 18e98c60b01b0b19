//! Sums of steps, and the coverage points they reach.

use super::model::{DotProduct, Golden, activations, packed, words};
use super::params::Params;
use crate::common::exact::Exact;
use crate::common::float_stimulus::{corner_weighted, normal, truncated};
use crate::common::lanes::{flag, joined};
use crate::golden::Model;
use crate::pacq::sum::{Form, Sum};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use hdl::Bits;
use parts::float::{FloatClass, FloatFormat};

const FP16: FloatFormat = FloatFormat::FP16;

const POINTS: [&str; 10] = [
    "sum of one step",
    "sum of many steps",
    "activation subnormal",
    "activation infinite",
    "activation NaN",
    "sum NaN of infinite terms",
    "sum infinite",
    "sum zero of terms that are not",
    "terms cancel to less than a thousandth",
    "sum out of range",
];

/// Names of the coverage points.
pub fn points(params: &Params) -> &'static [&'static str] {
    let leaves_range = steps_out_of_range(params).is_some_and(|steps| chance(steps) <= 128);
    &POINTS[..POINTS.len() - usize::from(!leaves_range)]
}

/// Steps of the longest random sum that stays in its range.
const MOST_STEPS: u32 = 8;

/// Steps of a random sum that leaves its range: addends take it close to the limit, or it is longer than `max_k`.
/// `None` if it cannot leave it, or only in a sum too long for a test.
fn steps_out_of_range(params: &Params) -> Option<u32> {
    match params.kept() {
        Form::Float(_) => None,
        Form::Fixed { .. } if params.addend => Some(2),
        Form::Fixed { .. } => Some(2 * params.max_k / params.terms).filter(|steps| *steps <= 4096),
    }
}

/// Long sums are rare, so that on average they cost at most half a step per sum.
fn chance(steps: u32) -> u32 {
    (2 * steps).max(16)
}

impl Stimulus for Params {
    /// Sums of a few steps: activations around the corners, equal, or with few distinct values so that terms cancel; or
    /// the greatest possible ones, in more steps than a sum may have.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        sums(&params.clone(), "random", move |index, emit| {
            let mut rng = case_rng(seed, index);
            let most = MOST_STEPS.min(params.max_k / params.terms);
            let out_of_range = steps_out_of_range(&params).filter(|steps| rng.u32(..chance(*steps)) == 0);
            let steps = if rng.bool() { 1 } else { rng.u32(1..=most) };
            let steps = out_of_range.unwrap_or(steps);
            let kind = rng.u8(..8);
            let level = corner_weighted(FP16, &mut rng);
            for step in 0..steps {
                let activation = |rng: &mut fastrand::Rng| match kind {
                    _ if out_of_range.is_some() => FP16.infinity(kind.is_multiple_of(2)) - 1,
                    0 => corner_weighted(FP16, rng),
                    1 => level ^ FP16.zero(rng.bool()),
                    2 => [0x7c00, 0xfc00, 0x3c00, 0x7e00, level][rng.usize(..5)],
                    3 => rng.u32(..0x800) | FP16.zero(rng.bool()),
                    4 => 0x7800 | rng.u32(..0x400) | FP16.zero(rng.u8(..8) == 0),
                    _ => truncated(FP16, normal(rng) as f32 * 8.0),
                };
                let a: Vec<u16> = (0..params.terms).map(|_| activation(&mut rng) as u16).collect();
                let same = if out_of_range.is_some() { 0 } else { rng.u16(..) };
                let is_alike = rng.u8(..4) == 0 || out_of_range.is_some();
                let words: Vec<u16> = a.iter().map(|_| if is_alike { same } else { rng.u16(..) }).collect();
                emit(&a, &words, step == steps - 1, &mut rng);
            }
        })
    }

    /// Sums of 128 products, with activations and weights normally distributed.
    fn typical(&self, seed: u64) -> Space {
        let params = self.clone();
        sums(&params.clone(), "typical", move |index, emit| {
            let mut rng = case_rng(seed, index);
            let steps = 128.min(params.max_k) / params.terms;
            for step in 0..steps {
                let a: Vec<u16> =
                    (0..params.terms).map(|_| truncated(FP16, normal(&mut rng) as f32) as u16).collect();
                let words: Vec<u16> =
                    (0..params.terms).map(|_| typical_word(params.weight_bits, &mut rng)).collect();
                emit(&a, &words, step == steps - 1, &mut rng);
            }
        })
    }

    fn cycles_per_case(&self) -> u64 {
        3 * u64::from(self.cycles())
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self), Observer::new(self))
    }
}

/// A word of normally distributed weights; the largest code is at three standard deviations.
pub fn typical_word(weight_bits: u32, rng: &mut fastrand::Rng) -> u16 {
    let half = f64::from(1u32 << (weight_bits - 1));
    (0..16 / weight_bits).fold(0, |word, lane| {
        let code = (normal(rng) * half / 3.0 + half).round().clamp(0.0, 2.0 * half - 1.0);
        word | (code as u16) << (lane * weight_bits)
    })
}

/// Takes the activations and words of a step, whether it is the last one, and a generator for the rest.
type EmitStep<'e> = &'e mut dyn FnMut(&[u16], &[u16], bool, &mut fastrand::Rng);

fn sums(params: &Params, name: &str, steps: impl Fn(u64, EmitStep) + Send + Sync + 'static) -> Space {
    let params = params.clone();
    let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
        steps(index, &mut |a, words, is_last, rng| {
            let mut beat = vec![joined(16, a), joined(16, words), flag(is_last)];
            if params.addend {
                let addends: Vec<Sum> = (0..params.lanes()).map(|_| addend(params.kept(), rng)).collect();
                beat.push(packed(params.kept(), &addends));
            }
            emit(0, &beat);
        });
    };
    Space { name: name.into(), cases: u64::MAX, make: Box::new(make), make_many: None }
}

/// Any FP16 number or, in fixed point, occasionally one at the end of the range.
fn addend(form: Form, rng: &mut fastrand::Rng) -> Sum {
    match form {
        Form::Fixed { bits } if rng.u8(..64) == 0 => {
            let most = (1i128 << (bits - 1)) - 1;
            Sum { steps: if rng.bool() { most } else { -most - 1 }, ..Sum::default() }
        }
        _ => Sum::of(Exact::decode(FP16, corner_weighted(FP16, rng))),
    }
}

/// Finds the coverage points of sums.
pub struct Observer {
    params: Params,
    /// The last coverage point can be reached.
    counts_range: bool,
    /// The dot product of the lanes of a step, without addends.
    dot: DotProduct,
    /// The sums, as the block adds them.
    golden: Golden,
    activations: Vec<u16>,
    steps: u32,
}

impl Observer {
    /// At the start of a run.
    pub fn new(params: &Params) -> Observer {
        let exact = Params {
            product: crate::pacq::pacq_mul::Product::Exact,
            accumulate: crate::pacq::sum::Accumulate::Exact,
            sum: super::SumOutput::Fixed,
            ..params.clone()
        };
        Observer {
            dot: DotProduct::new(&exact),
            golden: Golden::new(params),
            counts_range: points(params).len() == POINTS.len(),
            params: exact,
            activations: vec![],
            steps: 0,
        }
    }
}

impl Observe for Observer {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let mut leaves_range = false;
        self.golden.accept(0, beat, &mut |_, sums| {
            leaves_range =
                sums.get(1).is_some_and(|error| error.as_ref().is_some_and(|error| !error.is_zero()));
        });
        let own = activations(&beat[0]);
        self.dot.step(&own, &words(self.params.weight_bits, &beat[1]));
        self.activations.extend(own);
        self.steps += 1;
        if beat[2].is_zero() {
            return;
        }
        let has = |class| self.activations.iter().any(|a| FP16.classify((*a).into()) == class);
        let largest = self.activations.iter().map(|a| a & 0x7fff).filter(|a| *a < 0x7c00).max().unwrap_or(0);
        let largest = Sum::of_float(FP16, largest.into()).steps;
        let sums = self.dot.kept();
        let nan = |sum: &Sum| sum.positive_infinite && sum.negative_infinite;
        let infinite = |sum: &Sum| sum.positive_infinite != sum.negative_infinite;
        let finite = |sum: &Sum| !sum.positive_infinite && !sum.negative_infinite;
        let is_reached = [
            self.steps == 1,
            self.steps > 2,
            has(FloatClass::Subnormal),
            has(FloatClass::Infinite),
            has(FloatClass::Nan),
            !has(FloatClass::Nan) && sums.iter().any(nan),
            sums.iter().any(infinite),
            largest > 0 && sums.iter().any(|sum| finite(sum) && sum.steps == 0),
            sums.iter().any(|sum| finite(sum) && sum.steps != 0 && sum.steps.abs() * 1000 < largest),
            leaves_range && self.counts_range,
        ];
        report_reached(&is_reached, hit);
        (self.activations, self.steps) = (vec![], 0);
        self.dot.begin(&vec![Sum::default(); self.params.lanes() as usize]);
    }
}
