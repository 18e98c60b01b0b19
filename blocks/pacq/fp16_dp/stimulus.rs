//! Sums of steps, and the coverage points they reach.

use super::model::step;
use super::params::Params;
use crate::common::exact::Exact;
use crate::common::float_stimulus::{corner_weighted, normal, truncated};
use crate::common::lanes::{flag, joined};
use crate::pacq::pacq_dp::model::activations;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use hdl::Bits;
use parts::float::{FloatClass, FloatFormat};

const FP16: FloatFormat = FloatFormat::FP16;

/// Names of the coverage points.
pub const POINTS: [&str; 6] = [
    "sum of one step",
    "sum of many steps",
    "sum zero",
    "sum infinite",
    "sum NaN of no NaN",
    "activation subnormal",
];

impl Stimulus for Params {
    /// Sums of up to eight steps.
    fn random(&self, seed: u64) -> Space {
        sums(self, "random", move |params, index| {
            let mut rng = case_rng(seed, index);
            let kind = rng.u8(..6);
            let level = corner_weighted(FP16, &mut rng);
            let mut float = || match kind {
                0 => corner_weighted(FP16, &mut rng),
                1 => level ^ FP16.zero(rng.bool()),
                2 => 0x7800 | rng.u32(..0x400) | FP16.zero(rng.bool()),
                3 => [0, 0x8000, 0x3c00, 0xbc00, level][rng.usize(..5)],
                _ => truncated(FP16, normal(&mut rng) as f32),
            };
            let floats: Vec<u16> = (0..2 * 8 * params.terms).map(|_| float() as u16).collect();
            let steps = if index % 2 == 0 { 1 } else { 1 + index as usize / 2 % 8 };
            floats.chunks(2 * params.terms as usize).take(steps).map(<[u16]>::to_vec).collect()
        })
    }

    /// Sums of 128 products, normally distributed.
    fn typical(&self, seed: u64) -> Space {
        sums(self, "typical", move |params, index| {
            let mut rng = case_rng(seed, index);
            let mut float = |deviation: f32| truncated(FP16, normal(&mut rng) as f32 * deviation) as u16;
            let mut step = |_| {
                let activations: Vec<u16> = (0..params.terms).map(|_| float(1.0)).collect();
                [activations, (0..params.terms).map(|_| float(0.02)).collect()].concat()
            };
            (0..128 / params.terms).map(&mut step).collect()
        })
    }

    fn cycles_per_case(&self) -> u64 {
        3
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(POINTS, Observer::new(self))
    }
}

/// Activations and weights of each step of a sum.
fn sums(
    params: &Params,
    name: &str,
    steps: impl Fn(&Params, u64) -> Vec<Vec<u16>> + Send + Sync + 'static,
) -> Space {
    let params = params.clone();
    let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
        let steps = steps(&params, index);
        let last = steps.len() - 1;
        for (place, step) in steps.iter().enumerate() {
            let (activations, weights) = step.split_at(params.terms as usize);
            let is_last = flag(place == last);
            let mut beat = vec![joined(16, activations), joined(16, weights), is_last];
            if params.addend {
                let format = params.accumulate.float();
                let addend = Exact::decode(FP16, activations[0].into()).round(format);
                beat.push(Bits::truncated(addend.into(), format.width()));
            }
            emit(0, &beat);
        }
    };
    Space { name: name.into(), cases: u64::MAX, make: Box::new(make), make_many: None }
}

/// Finds the coverage points of sums without addends.
pub struct Observer {
    format: FloatFormat,
    sum: u32,
    steps: u32,
    has_nan: bool,
}

impl Observer {
    /// At the start of a run.
    pub fn new(params: &Params) -> Observer {
        Observer { format: params.accumulate.float(), sum: 0, steps: 0, has_nan: false }
    }
}

impl Observe for Observer {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let (a, b) = (activations(&beat[0]), activations(&beat[1]));
        let class = |float: &u16| FP16.classify((*float).into());
        self.has_nan |= a.iter().chain(&b).any(|float| class(float) == FloatClass::Nan);
        if a.iter().any(|float| class(float) == FloatClass::Subnormal) {
            hit(5);
        }
        self.sum = step(self.format, self.sum, &a, &b);
        self.steps += 1;
        if beat[2].is_zero() {
            return;
        }
        let class = self.format.classify(self.sum);
        let is_reached = [
            self.steps == 1,
            self.steps > 2,
            class == FloatClass::Zero,
            class == FloatClass::Infinite,
            class == FloatClass::Nan && !self.has_nan,
        ];
        report_reached(&is_reached, hit);
        (self.sum, self.steps, self.has_nan) = (0, 0, false);
    }
}
