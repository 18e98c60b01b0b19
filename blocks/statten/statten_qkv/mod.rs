#![doc = include_str!("README.md")]

mod model;
mod params;
pub mod rtl;
mod stimulus;

pub use model::beats;
pub use params::Params;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports};
use crate::statten::SOURCE;
use crate::statten::shape::variants;

/// Q times K^T V of spikes, and the neurons.
pub const BLOCK: Block = Block {
    name: "statten_qkv",
    summary: "Q (K^T V) of spiking attention with its neurons, or masks in its place, for packed spikes of tokens",
    source: SOURCE,
    section: "spatial-temporal attention; masks: spike-driven attention",
    documentation: include_str!("README.md"),
    variants: &[variants::UNEVEN, variants::WHOLE_TILE, variants::ONE_UNIT, variants::ONE_STEP],
    small: variants::SMALL,
    mutated: &[
        "rows=2 time_steps=4 tokens=5 columns=2 tiles=2 width=8 units=1 chunks_per_cycle=1 chunk_rows=10 column_words=5 pieces=5 \
         query_words=5",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        let shape = &self.shape;
        let operands = [Channel::new("kv", &shape.values()), shape.operand("q")];
        shape.interface(operands.into(), Channel::new("out", &shape.token_spikes()))
    }
}
