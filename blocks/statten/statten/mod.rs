#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::statten::SOURCE;

/// Spiking attention.
pub const BLOCK: Block = Block {
    name: "statten",
    summary: "spiking attention over tokens and time steps: K^T V of a head while Q is applied to that of the head before",
    source: SOURCE,
    section: "spatial-temporal attention; masks: spike-driven attention",
    documentation: include_str!("README.md"),
    variants: &[
        "rows=2 time_steps=4 tokens=7 columns=4 tiles=2 width=8 units=2 chunk_rows=14 column_words=8 pieces=6 query_words=8",
        "rows=16 time_steps=4 tokens=40 columns=8 tiles=2 width=64 units=4 chunk_rows=80 column_words=8 pieces=8 query_words=6",
        "rows=2 time_steps=1 tokens=4 columns=2 tiles=1 width=4 units=2 chunk_rows=4 column_words=2 pieces=2 query_words=2",
    ],
    small: "rows=2 time_steps=2 tokens=4 columns=2 tiles=2 width=4 units=1 chunk_rows=8 column_words=4 pieces=3 query_words=3",
    mutated: &[],
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
                Channel::new("q", &shape.spikes()),
            ],
            outputs: vec![
                Channel::new("answer", &shape.answer()),
                Channel::new("out", &shape.token_spikes()),
            ],
            timing: Timing::Elastic,
        }
    }
}
