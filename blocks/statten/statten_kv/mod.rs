#![doc = include_str!("README.md")]

pub mod model;
mod params;
pub mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::statten::SOURCE;

/// K^T V of spikes.
pub const BLOCK: Block = Block {
    name: "statten_kv",
    summary: "K^T V of spiking attention: counts of common spikes of two columns, chunk by chunk of time steps",
    source: SOURCE,
    section: "spatial-temporal attention, K^T V first",
    documentation: include_str!("README.md"),
    variants: &[
        "rows=2 time_steps=4 tokens=7 columns=4 tiles=2 width=8 units=2 chunk_rows=14 column_words=8 pieces=6 query_words=8",
        "rows=4 time_steps=3 tokens=9 columns=8 tiles=1 width=8 units=8 chunk_rows=18 column_words=6 pieces=3 query_words=3",
        "rows=2 time_steps=6 tokens=5 columns=2 tiles=3 width=16 units=1 chunk_rows=20 column_words=9 pieces=7 query_words=9",
        "rows=16 time_steps=4 tokens=40 columns=16 tiles=1 width=64 units=4 chunk_rows=80 column_words=4 pieces=4 query_words=3",
    ],
    small: "rows=2 time_steps=2 tokens=4 columns=2 tiles=2 width=4 units=1 chunk_rows=8 column_words=4 pieces=3 query_words=3",
    mutated: &[
        "rows=2 time_steps=4 tokens=5 columns=4 tiles=2 width=8 units=2 chunk_rows=10 column_words=5 pieces=5 query_words=5",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        let shape = &self.shape;
        Interface {
            inputs: vec![
                Channel::new("job", &shape.job()),
                Channel::new("k", &shape.spikes()),
                Channel::new("v", &shape.spikes()),
            ],
            outputs: vec![Channel::new("answer", &shape.answer()), Channel::new("kv", &shape.values())],
            timing: Timing::Elastic,
        }
    }
}
