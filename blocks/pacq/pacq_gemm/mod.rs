#![doc = include_str!("README.md")]

pub mod model;
mod packets;
mod params;
mod product;
mod rtl;
mod stimulus;

pub use params::{
    A, ADDRESS_BITS, B, C, Params, READ_ADDRESS, READ_DATA, SCALE, Sizes, WRITE_ADDRESS, WRITE_DATA,
    WRITE_RESPONSE, registers,
};
pub use product::Product;

use crate::block::{Block, Configured, Model, Observe, configure};
use crate::channel::{Channel, Interface, Timing};
use crate::pacq::SOURCE;
use crate::parameters::values_of;
use crate::stimulus::Space;
use hdl::{Design, ModuleRef};

/// Products of matrices of any size on the tile engine.
pub const BLOCK: Block = Block {
    name: "pacq_gemm",
    summary: "products of FP16 and packed integer matrices of any size: pacq_tile under a controller with AXI",
    source: SOURCE,
    documentation: include_str!("README.md"),
    parameters: params::parameters,
    variants: &[
        "max_group=64",
        "weight_bits=2 group_n=4 max_group=64",
        "trees=4 terms=8 result=fp16 max_group=32",
        "terms=16 trees=4 max_group=32",
        "accumulate=fp32 product=rounded max_group=32",
        "accumulate=fp16 product=biased weight_bits=2 terms=8",
    ],
    configure: |settings| configure(&params::parameters(), settings, Params::validate),
};

impl Configured for Params {
    fn values(&self) -> Vec<(String, String)> {
        values_of(self)
    }

    fn interface(&self) -> Interface {
        let channel = |name, fields| Channel { name, fields };
        Interface {
            inputs: vec![
                channel(WRITE_ADDRESS, self.address()),
                channel(WRITE_DATA, self.write_data()),
                channel(READ_ADDRESS, self.address()),
                channel(A, self.a()),
                channel(B, self.b()),
                channel(SCALE, self.scale()),
            ],
            outputs: vec![
                channel(WRITE_RESPONSE, self.write_response()),
                channel(READ_DATA, self.read_data()),
                channel(C, self.c()),
            ],
            timing: Timing::Elastic,
        }
    }

    fn build(&self, design: &Design) -> ModuleRef {
        rtl::build(self, design)
    }

    fn model(&self) -> Box<dyn Model> {
        Box::new(model::Golden::new(self))
    }

    fn random(&self, seed: u64) -> Space {
        stimulus::random(self, seed)
    }

    fn typical(&self, seed: u64) -> Space {
        stimulus::typical(self, seed)
    }

    fn cycles_per_case(&self) -> u64 {
        12 * u64::from(self.tile.cycles())
    }

    fn coverage_points(&self) -> Vec<&'static str> {
        stimulus::POINTS.to_vec()
    }

    fn observer(&self) -> Box<dyn Observe + '_> {
        Box::new(stimulus::Observer::new(self))
    }
}
