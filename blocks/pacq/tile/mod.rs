//! Code shared by the tile engines: an m16 n16 k16 tile (n32 with 2-bit weights) on four dot-product units, each with
//! every fourth row.

pub mod golden;
pub mod rtl;
pub mod stimulus;

use crate::channel::{Channel, Interface, Timing};
use hdl::{Bundle, Field};

/// Rows of a tile.
pub const ROWS: u32 = 16;

/// Activations of a row, and weights of a column.
pub const DEPTH: u32 = 16;

/// Words of weights side by side.
pub const WORDS: u32 = 4;

/// Dot-product units.
pub const UNITS: u32 = 4;

/// A beat of activations: some of a row.
#[derive(Clone, Copy, Bundle)]
pub struct ActivationBeat<T> {
    /// FP16, along k of a row, the first in the lowest bits; row after row.
    pub activations: T,
}

/// A beat of weights: some words of a column.
#[derive(Clone, Copy, Bundle)]
pub struct WeightBeat<T> {
    /// Words along k of a column, the first in the lowest bits; column by column.
    pub weights: T,
}

/// The scales and zero points of a column of words in a group.
#[derive(Clone, Copy, Bundle)]
pub struct ScaleBeat<T> {
    /// FP16, those of the lowest lanes in the lowest bits.
    pub scales: T,
    /// Zero points as codes, in the same order.
    pub zeros: T,
}

/// What follows a tile.
#[derive(Clone, Copy, Bundle)]
pub struct Ends<T> {
    /// This tile is the last of its group of scales.
    pub ends_group: T,
    /// This tile is the last of its results, and of its group.
    pub ends_k: T,
}

/// The parameters that the channels of a tile engine depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Activations, or weights of a lane, in a beat.
    pub terms: u32,
    /// Bits of a weight.
    pub weight_bits: u32,
    /// Lanes side by side that share a scale.
    pub group_n: u32,
}

impl Shape {
    /// Weights in a word.
    pub fn lanes(self) -> u32 {
        16 / self.weight_bits
    }

    /// Beats of a row of activations, or of a column of words.
    pub fn steps(self) -> u32 {
        DEPTH / self.terms
    }

    /// Scales of a word.
    pub fn scales(self) -> u32 {
        self.lanes() / self.group_n
    }

    /// A beat of activations.
    pub fn a(self) -> ActivationBeat<u32> {
        ActivationBeat { activations: self.terms * 16 }
    }

    /// A beat of weights.
    pub fn b(self) -> WeightBeat<u32> {
        WeightBeat { weights: self.terms * 16 }
    }

    /// The scales and zero points of a column of words in a group.
    pub fn scale(self) -> ScaleBeat<u32> {
        ScaleBeat { scales: self.scales() * 16, zeros: self.scales() * self.weight_bits }
    }

    /// The channels of an engine whose results have these fields.
    pub fn interface(self, results: Vec<Field>) -> Interface {
        Interface {
            inputs: vec![
                Channel::new("a", &self.a()),
                Channel::new("b", &self.b()),
                Channel::new("scale", &self.scale()),
                Channel::new("tile", &self.tile()),
            ],
            outputs: vec![Channel { name: "out", fields: results }],
            timing: Timing::Elastic,
        }
    }

    /// What follows a tile.
    pub fn tile(self) -> Ends<u32> {
        Ends { ends_group: 1, ends_k: 1 }
    }
}
