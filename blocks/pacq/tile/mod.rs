//! What the tile engines share: an m16 n16 k16 tile (n32 with weights of 2 bits) on four dot-product units, each of which
//! has every fourth row.

pub mod golden;
pub mod rtl;
pub mod stimulus;

use crate::channel::{Channel, Interface, Timing};
use hdl::Field;

/// Rows of a tile.
pub const ROWS: u32 = 16;

/// Activations of a row, and weights of a column.
pub const DEPTH: u32 = 16;

/// Words of weights side by side.
pub const WORDS: u32 = 4;

/// Dot-product units.
pub const UNITS: u32 = 4;

/// What the channels of a tile engine depend on.
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

    /// A beat of activations: some of a row.
    pub fn a(self) -> Vec<Field> {
        let meaning = "FP16, of a row along k, the first in the lowest bits; row after row";
        vec![Field::new("activations", self.terms * 16, meaning)]
    }

    /// A beat of weights: some words of a column.
    pub fn b(self) -> Vec<Field> {
        let meaning = "words of a column along k, the first in the lowest bits; column of words after column";
        vec![Field::new("weights", self.terms * 16, meaning)]
    }

    /// The scales and zero points of a column of words in a group.
    pub fn scale(self) -> Vec<Field> {
        vec![
            Field::new("scales", self.scales() * 16, "FP16, of the lowest lanes in the lowest bits"),
            Field::new("zeros", self.scales() * self.weight_bits, "zero points as codes, in the same order"),
        ]
    }

    /// The channels of an engine whose results have these fields.
    pub fn interface(self, results: Vec<Field>) -> Interface {
        let channel = |name, fields| Channel { name, fields };
        Interface {
            inputs: vec![
                channel("a", self.a()),
                channel("b", self.b()),
                channel("scale", self.scale()),
                channel("tile", self.tile()),
            ],
            outputs: vec![channel("out", results)],
            timing: Timing::Elastic,
        }
    }

    /// What follows a tile.
    pub fn tile(self) -> Vec<Field> {
        vec![
            Field::new("ends_group", 1, "the group of scales ends with this tile"),
            Field::new("ends_k", 1, "the results end with this tile, and its group does"),
        ]
    }
}
