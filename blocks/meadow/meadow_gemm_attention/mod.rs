#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::meadow::SOURCE;
use crate::meadow::meadow_attention_head::params::STATUS;

/// The baseline of the attention head.
pub const BLOCK: Block = Block {
    name: "meadow_gemm_attention",
    summary: "the baseline for the attention head: the same stages, whose results go to memory and come back",
    source: SOURCE,
    section: "the GEMM baseline",
    documentation: include_str!("README.md"),
    variants: &[
        "tokens=1 d_head=8 d_model=4 keys=8 probability_bits=8",
        "tokens=4 d_head=8 d_model=6 keys=12",
        "tokens=2 d_head=16 d_model=4 keys=9 rounding=half_even",
        "tokens=2 d_head=32 d_model=4 keys=8 packed=true",
    ],
    small: "tokens=1 d_head=8 d_model=4 keys=4 probability_bits=8",
    mutated: &["tokens=2 d_head=8 d_model=4 keys=4 probability_bits=8"],
    is_large: true,
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        let mut inputs = self.head().inputs();
        inputs.extend([
            Channel::new("query_in", &self.queries()),
            Channel::new("scores_in", &self.scores()),
            Channel::new("probabilities_in", &self.probabilities()),
        ]);
        Interface {
            inputs,
            outputs: vec![
                Channel::new("query_out", &self.queries()),
                Channel::new("scores_out", &self.scores()),
                Channel::new("probabilities_out", &self.probabilities()),
                Channel::new("out", &self.head().out()),
                Channel::new("status", &STATUS),
            ],
            timing: Timing::Elastic,
        }
    }
}
