#![doc = include_str!("README.md")]

mod baseline;
pub(crate) mod built;
pub(crate) mod cycles;
mod design;
mod figures;
mod items;
mod layer;
pub mod list;
pub(crate) mod machine;
mod networks;
pub mod packings;
pub mod published;
pub(crate) mod simulated;
mod step;
#[cfg(test)]
mod tests;
mod tile;

pub use figures::{Figure, Point, Price, SwitchPrice, Token, decode, prefill};
pub use machine::{MACHINE, MHZ, Machine};
pub use networks::{NETWORKS, Network, POSITIONS};
pub use simulated::{SimulatedLayer, simulated};
use step::Packing;
pub use tile::{Tile, tiles};

/// Assumed for ours: about what canonical Huffman codes give weights with a scale per tensor.
pub const PACKING: f64 = 1.58;

/// Assumed: what they give weights with a scale per channel, as models are shipped.
pub const PACKING_PER_CHANNEL: f64 = 1.11;

/// Assumed: what MEADOW's format gives weights with a scale per channel. They become larger.
pub const MEADOW_PER_CHANNEL: f64 = 0.87;

/// Weights that our unpacker gives in a cycle: as many as an element has multipliers.
pub const UNPACKED_PER_CYCLE: u64 = 64;

/// The most that may be asked for.
pub const MAX_UNPACKED_PER_CYCLE: u64 = 1024;

/// Bandwidths of the paper's sweep, in Gbps.
pub const BANDWIDTHS: [u64; 8] = [1, 2, 4, 6, 8, 12, 25, 51];

/// Lengths of a prompt.
pub const TOKENS: [u64; 3] = [64, 128, 512];

/// Keys in the cache of a decoded token.
pub const KEYS: [u64; 3] = [64, 512, 1024];

/// The greatest bandwidth, in Gbps.
pub const MAX_GBPS: u64 = 1000;

/// Limits of packing ratios.
pub const PACKING_RATIOS: [f64; 2] = [1.0, 8.0];

/// The options of a report.
#[derive(Clone, Debug)]
pub struct Request {
    /// Networks, by name; all if empty.
    pub networks: Vec<String>,
    /// Lengths of a prompt.
    pub tokens: Vec<u64>,
    /// Keys of a decoded token.
    pub keys: Vec<u64>,
    /// Bandwidths, in Gbps.
    pub bandwidths: Vec<u64>,
    /// Packing ratio of ours.
    pub packing: f64,
    /// Weights that our unpacker gives in a cycle.
    pub unpacked_per_cycle: u64,
}

impl Request {
    /// How our weights are packed.
    fn packing(&self) -> Packing {
        Packing { ratio: self.packing, unpacked_per_cycle: self.unpacked_per_cycle as f64 }
    }

    /// The requested networks.
    fn networks(&self) -> impl Iterator<Item = Network> {
        let is_asked = |network: &Network| {
            self.networks.is_empty() || self.networks.iter().any(|name| name == network.name)
        };
        NETWORKS.into_iter().filter(is_asked)
    }
}
