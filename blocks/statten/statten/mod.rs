#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports};
use crate::statten::SOURCE;
use crate::statten::shape::variants;

/// Spiking attention.
pub const BLOCK: Block = Block {
    name: "statten",
    summary: "spiking attention over tokens and time steps: K^T V of a head while Q is applied to that of the head before",
    source: SOURCE,
    section: "spatial-temporal attention; masks: spike-driven attention",
    documentation: include_str!("README.md"),
    variants: &[variants::UNEVEN, variants::LONG_BEATS, variants::SEVERAL_ROUNDS, variants::ONE_STEP],
    small: variants::SMALL,
    mutated: &[],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        let shape = &self.shape;
        let operands = ["k", "v", "q"].map(|name| shape.operand(name));
        shape.interface(operands.into(), Channel::new("out", &shape.token_spikes()))
    }
}
