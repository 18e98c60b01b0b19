#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Format, Params};

use crate::block::{Block, Configured, Model, Observe};
use crate::channel::{Channel, Interface, Timing};
use crate::pure::{OfBeats, PureModel};
use crate::stimulus::Space;
use hdl::{Bits, Design, Field, ModuleRef};
use parts::float::FloatFormat;

/// The sum of two floats.
pub const BLOCK: Block = Block {
    name: "fp_add",
    summary: "the sum of two FP16, BF16 or FP32 numbers",
    source: "IEEE 754-2019, addition, round to nearest, ties to even",
    documentation: include_str!("README.md"),
    variants: &["", "format=bf16", "format=fp32", "format=fp32 stages=2", "stages=1", "stages=2"],
    small: "stages=1",
    mutated: &[""],
    ..Block::of::<Params>()
};

impl Params {
    fn input(&self) -> Channel {
        let term = |name: &str| Field::new(name, self.format().width(), "a term");
        Channel { name: "in", fields: vec![term("a"), term("b")] }
    }

    fn output(&self) -> Channel {
        Channel { name: "out", fields: vec![Field::new("sum", self.format().width(), "a + b")] }
    }
}

/// The model of a pair.
struct Golden(FloatFormat);

impl PureModel for Golden {
    fn answer(&self, beat: &[u64], answer: &mut [u64], _specified: &mut [u64]) {
        answer[0] = model::sum(self.0, beat[0] as u32, beat[1] as u32).into();
    }
}

impl Configured for Params {
    fn interface(&self) -> Interface {
        Interface {
            inputs: vec![self.input()],
            outputs: vec![self.output()],
            timing: Timing::Fixed { latency: self.stages },
        }
    }

    fn build(&self, design: &Design) -> ModuleRef {
        rtl::build(self, design)
    }

    fn model(&self) -> Box<dyn Model> {
        Box::new(OfBeats::new(Golden(self.format()), &self.output()))
    }

    fn pure_model(&self) -> Option<Box<dyn PureModel>> {
        Some(Box::new(Golden(self.format())))
    }

    fn spaces(&self) -> Vec<Space> {
        stimulus::spaces(self)
    }

    fn random(&self, seed: u64) -> Space {
        stimulus::random(self, seed)
    }

    fn typical(&self, seed: u64) -> Space {
        stimulus::typical(self, seed)
    }

    fn coverage_points(&self) -> Vec<&'static str> {
        stimulus::POINTS.to_vec()
    }

    fn observer(&self) -> Box<dyn Observe + '_> {
        Box::new(|_: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)| stimulus::observe(self, beat, hit))
    }
}
