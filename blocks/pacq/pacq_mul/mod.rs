#![doc = include_str!("README.md")]

mod interface;
pub mod model;
mod params;
mod rtl;
mod testbench;

pub use params::{Activation, Flow, Params, Product, Structure};

use crate::block::{Block, Configured, Model, Observe};
use crate::channel::{Interface, Pace};
use crate::pure::{OfBeats, PureModel};
use crate::stimulus::Space;
use hdl::{Bits, Design, ModuleRef};

/// The multiplier of PacQ: one float activation by every integer weight of a packed word.
pub const BLOCK: Block = Block {
    name: "pacq_mul",
    summary: "one FP16 or BF16 activation times a packed word of 2, 3, 4 or 8 bit integer weights",
    source: "R. Yin, Y. Li, P. Panda, \"PacQ: A SIMT Microarchitecture for Efficient Dataflow in Hyper-asymmetric \
         GEMMs\", DAC 2025, arXiv 2502.18627, the parallel FP-INT multiplier",
    documentation: include_str!("README.md"),
    variants: &[],
    small: "weight_bits=2 product=rounded stages=1 flow=ready_valid",
    mutated: &[
        "weight_bits=2",
        "product=rounded structure=shared_multiples weight_bits=2",
        "product=biased weight_bits=2 stages=1",
        "product=rounded weight_bits=2 stages=2 flow=ready_valid",
        "product=literal stages=3",
    ],
    ..Block::of::<Params>()
};

impl Configured for Params {
    fn interface(&self) -> Interface {
        interface::interface(self)
    }

    fn pace(&self) -> Option<Pace> {
        (self.flow == Flow::ReadyValid).then_some(Pace { interval: 1, capacity: self.stages })
    }

    fn build(&self, design: &Design) -> ModuleRef {
        rtl::build(self, design)
    }

    fn model(&self) -> Box<dyn Model> {
        Box::new(OfBeats::new(testbench::Golden::new(self), &testbench::Golden::output(self)))
    }

    fn pure_model(&self) -> Option<Box<dyn PureModel>> {
        Some(Box::new(testbench::Golden::new(self)))
    }

    fn spaces(&self) -> Vec<Space> {
        testbench::spaces(self)
    }

    fn random(&self, seed: u64) -> Space {
        testbench::random(self, seed)
    }

    fn typical(&self, seed: u64) -> Space {
        testbench::typical(self, seed)
    }

    fn coverage_points(&self) -> Vec<&'static str> {
        testbench::coverage_points(self)
    }

    fn observer(&self) -> Box<dyn Observe + '_> {
        Box::new(|_: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)| testbench::observe(self, beat, hit))
    }
}
