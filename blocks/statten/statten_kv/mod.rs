#![doc = include_str!("README.md")]

pub mod model;
mod params;
pub mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports};
use crate::statten::SOURCE;
use crate::statten::shape::variants;

/// K^T V of spikes.
pub const BLOCK: Block = Block {
    name: "statten_kv",
    summary: "K^T V of spiking attention: counts of common spikes of two columns, chunk by chunk of time steps",
    source: SOURCE,
    section: "spatial-temporal attention, K^T V first",
    documentation: include_str!("README.md"),
    variants: &[
        variants::UNEVEN,
        variants::WHOLE_TILE,
        variants::ONE_UNIT,
        variants::LONG_BEATS,
        variants::SEVERAL_ROUNDS,
    ],
    small: variants::SMALL,
    mutated: &[
        "rows=2 time_steps=4 tokens=5 columns=8 tiles=2 width=8 units=4 chunks_per_cycle=2 chunk_rows=10 column_words=5 pieces=5 \
         query_words=5",
        "rows=2 time_steps=5 tokens=5 columns=8 tiles=2 width=8 units=4 chunks_per_cycle=4 chunk_rows=10 column_words=5 pieces=5 \
         query_words=5",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        let shape = &self.shape;
        let operands = ["k", "v"].map(|name| shape.operand(name));
        shape.interface(operands.into(), Channel::new("kv", &shape.values()))
    }
}
