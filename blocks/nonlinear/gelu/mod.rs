#![doc = include_str!("README.md")]

pub mod model;
mod params;

pub use params::Params;

use crate::block::{Block, Configured, Model, Observe};
use crate::channel::{Channel, Interface, Timing};
use crate::common::rtl::module::module;
use crate::common::rtl::pipeline::Pipeline;
use crate::parameters::{Parameters, values_of};
use crate::pure::{OfBeats, PureModel, extract, insert};
use crate::stimulus::{Space, case_rng, report_reached};
use hdl::{Bits, Design, Field, Module, ModuleRef, Signal, bit_length, limbs_for};

/// The Gaussian error linear unit.
pub const BLOCK: Block = Block {
    name: "gelu",
    summary: "the Gaussian error linear unit of fixed-point numbers, rounded to nearest",
    source: "D. Hendrycks, K. Gimpel, \"Gaussian Error Linear Units\", arXiv 1606.08415",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "lanes=3 bits=8 fraction_bits=4 stages=1",
        "bits=8 fraction_bits=7",
        "bits=12 fraction_bits=9",
        "bits=12 fraction_bits=10 lanes=2 stages=1",
        "bits=4 fraction_bits=2 lanes=2",
        "bits=6 fraction_bits=0",
        "lanes=64 bits=4 fraction_bits=1",
    ],
    ..Block::of::<Params>()
};

const POINTS: [&str; 4] = ["zero", "least", "greatest", "negative with a result other than 0"];

impl Params {
    fn numbers(&self, name: &str, meaning: &str) -> Channel {
        let field = Field::new(name, self.lanes * self.bits, meaning);
        Channel { name: if name == "x" { "in" } else { "out" }, fields: vec![field] }
    }

    fn input(&self) -> Channel {
        self.numbers("x", "numbers in two's complement, the first in the lowest bits")
    }

    fn output(&self) -> Channel {
        self.numbers("y", "GELU of each")
    }

    /// The number in some bits, with its sign.
    fn signed(&self, word: u64) -> i32 {
        let above = 32 - self.bits;
        ((word as u32) << above) as i32 >> above
    }
}

/// The model of a beat.
struct Golden(Params);

impl PureModel for Golden {
    fn answer(&self, beat: &[u64], answer: &mut [u64], _specified: &mut [u64]) {
        let Params { lanes, bits, .. } = self.0;
        for lane in 0..lanes {
            let x = self.0.signed(extract(beat, lane * bits, bits));
            insert(answer, lane * bits, bits, model::gelu(&self.0, x) as u64);
        }
    }
}

/// A lane: x itself or 0, less what the distribution's tail takes, which is the same for x and -x.
fn lane<'m>(m: &'m Module, params: &Params, x: Signal<'m>) -> Signal<'m> {
    let negative = x.msb().named("negative");
    let magnitude = negative.mux(m.lit(0, x.width()) - x, x).named("magnitude");
    let half = 1i32 << (params.bits - 1);
    // -x has no distance of its own above half the range.
    let tail: Vec<u64> = (0..2 * half).map(|x| -model::gelu(params, -x.min(half)) as u64).collect();
    let width = bit_length(tail.iter().copied().max().unwrap_or_default().max(1).into());
    let entries: Vec<Signal> = tail.iter().map(|entry| m.lit((*entry).into(), width)).collect();
    let tail = m.select(magnitude, &entries).named("tail");
    (x.gated(!negative) - tail.zext(x.width())).named("y")
}

impl Configured for Params {
    fn values(&self) -> Vec<(String, String)> {
        values_of(self)
    }

    fn interface(&self) -> Interface {
        Interface {
            inputs: vec![self.input()],
            outputs: vec![self.output()],
            timing: Timing::Fixed { latency: self.stages },
        }
    }

    fn build(&self, design: &Design) -> ModuleRef {
        module(design, "gelu", &self.name_parts(), |m| {
            m.describe("GELU of fixed-point numbers, rounded to nearest.");
            m.describe(&format!("Latency: {} cycles. Throughput: a beat a cycle.", self.stages));
            self.values().into_iter().for_each(|(name, value)| m.parameter(&name, value));
            let (input, output) = (self.input(), self.output());
            let x = m.input("x", input.fields[0].width, &input.fields[0].meaning);
            let lanes = x.split_lsb(self.bits).into_iter().enumerate();
            let lanes: Vec<Signal> =
                lanes.map(|(index, x)| m.scope(&format!("lane{index}"), || lane(m, self, x))).collect();
            let mut result = m.concat_lsb(&lanes).named("results");
            let mut pipeline = Pipeline::free_running(m);
            (0..self.stages).for_each(|_| pipeline.stage(&mut result));
            m.output("y", result, &output.fields[0].meaning);
        })
    }

    fn model(&self) -> Box<dyn Model> {
        Box::new(OfBeats::new(Golden(self.clone()), &self.output()))
    }

    fn pure_model(&self) -> Option<Box<dyn PureModel>> {
        Some(Box::new(Golden(self.clone())))
    }

    fn spaces(&self) -> Vec<Space> {
        let (lanes, bits) = (self.lanes, self.bits);
        vec![Space::of_limbs("x", 1 << bits, vec![lanes * bits], move |index, beat| {
            (0..lanes).for_each(|lane| insert(beat, lane * bits, bits, index + 5 * u64::from(lane)));
        })]
    }

    fn random(&self, seed: u64) -> Space {
        let width = self.lanes * self.bits;
        Space::of_limbs("random", u64::MAX, vec![width], move |index, beat| {
            let mut rng = case_rng(seed, index);
            beat.iter_mut().for_each(|limb| *limb = rng.u64(..));
            if !width.is_multiple_of(64) {
                beat[limbs_for(width) - 1] &= (1 << (width % 64)) - 1;
            }
        })
    }

    fn coverage_points(&self) -> Vec<&'static str> {
        // Of coarse numbers none below zero has a result of its own.
        let has_tail = (1..1i32 << (self.bits - 1)).any(|x| model::gelu(self, -x) != 0);
        POINTS[..POINTS.len() - usize::from(!has_tail)].to_vec()
    }

    fn observer(&self) -> Box<dyn Observe + '_> {
        Box::new(|_: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)| {
            let half = 1i32 << (self.bits - 1);
            for lane in 0..self.lanes {
                let x = self.signed(beat[0].slice((lane + 1) * self.bits - 1, lane * self.bits).to_u64());
                let is_reached = [x == 0, x == -half, x == half - 1, x < 0 && model::gelu(self, x) != 0];
                report_reached(&is_reached, hit);
            }
        })
    }
}
