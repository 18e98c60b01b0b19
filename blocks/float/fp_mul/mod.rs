#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Format, Params, Subnormals};

use crate::block::{Block, Configured, Model, Observe};
use crate::channel::{Channel, Interface, Timing};
use crate::pure::{OfBeats, PureModel};
use crate::stimulus::Space;
use hdl::{Bits, Design, Field, ModuleRef};

/// The product of two floats.
pub const BLOCK: Block = Block {
    name: "fp_mul",
    summary: "the product of two FP16 or BF16 numbers, with subnormal numbers or without",
    source: "IEEE 754-2019, multiplication, round to nearest, ties to even",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "subnormals=flush",
        "format=bf16",
        "format=bf16 subnormals=flush stages=1",
        "stages=2",
        "subnormals=flush stages=2",
    ],
    small: "stages=2",
    mutated: &["format=bf16 subnormals=flush"],
    ..Block::of::<Params>()
};

impl Params {
    fn input(&self) -> Channel {
        let factor = |name: &str| Field::new(name, self.format().width(), "a factor");
        Channel { name: "in", fields: vec![factor("a"), factor("b")] }
    }

    fn output(&self) -> Channel {
        Channel { name: "out", fields: vec![Field::new("product", self.format().width(), "a x b")] }
    }
}

/// The model of a pair.
struct Golden(Params);

impl PureModel for Golden {
    fn answer(&self, beat: &[u64], answer: &mut [u64], _specified: &mut [u64]) {
        let Params { subnormals, .. } = self.0;
        answer[0] = model::product(self.0.format(), subnormals, beat[0] as u16, beat[1] as u16).into();
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
        Box::new(OfBeats::new(Golden(self.clone()), &self.output()))
    }

    fn pure_model(&self) -> Option<Box<dyn PureModel>> {
        Some(Box::new(Golden(self.clone())))
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
        stimulus::points(self).to_vec()
    }

    fn observer(&self) -> Box<dyn Observe + '_> {
        Box::new(|_: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)| stimulus::observe(self, beat, hit))
    }
}
