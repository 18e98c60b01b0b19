//! The parameters of `pacq_gemm`.

use crate::pacq::pacq_tile;
use crate::pacq::tile::DEPTH;
use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, Shape};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write: those of the tile engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Params {
    /// The tile engine.
    pub tile: pacq_tile::Params,
}

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        self.tile.validate()
    }

    fn name_parts(&self) -> Vec<String> {
        self.tile.name_parts()
    }
}

/// The channel of activations.
pub const A: &str = "s_axis_a_t";
/// The channel of packed weights.
pub const B: &str = "s_axis_b_t";
/// The channel of scales and zero points.
pub const SCALE: &str = "s_axis_scale_t";
/// The channel of results.
pub const C: &str = "m_axis_c_t";

/// The sizes of a product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Rows of A and C.
    pub m: u32,
    /// Columns of B and C.
    pub n: u32,
    /// Columns of A, rows of B.
    pub k: u32,
    /// As in the register.
    pub group: u32,
}

impl Sizes {
    /// Rows of B that share their scales.
    pub fn group_length(self) -> u32 {
        if self.group == 0 { self.k } else { self.group }
    }

    /// Where groups end along k, in whole tiles.
    pub fn group_ends(self) -> Vec<usize> {
        let depth = self.k.next_multiple_of(DEPTH) as usize;
        let step = self.group_length().next_multiple_of(DEPTH) as usize;
        (1..=depth.div_ceil(step)).map(|group| (group * step).min(depth)).collect()
    }

    /// Whether the block computes such a product.
    pub fn is_legal(self, params: &Params) -> bool {
        let has_size = self.m > 0 && self.n > 0 && self.k > 0;
        has_size && self.group.is_multiple_of(16) && self.group_length() <= params.tile.max_group
    }
}

impl Params {
    /// Width of a beat of scales and zero points, whole bytes.
    pub fn scale_bits(&self) -> u32 {
        let shape = self.tile.shape();
        (shape.scales() * (16 + shape.weight_bits)).next_multiple_of(8)
    }

    /// A beat of A.
    pub fn a(&self) -> Beat<Shape> {
        let meaning = "FP16, along k of a tile's row, the first in the lowest bits; ignored beyond K";
        beat(self.tile.terms * 16, meaning)
    }

    /// A beat of B.
    pub fn b(&self) -> Beat<Shape> {
        let meaning = "words along k of a tile's column, the first in the lowest bits; ignored beyond K";
        beat(self.tile.terms * 16, meaning)
    }

    /// A beat of scales.
    pub fn scale(&self) -> Beat<Shape> {
        let meaning = "FP16 scales of a column of words in a group, then its zero points, then 0";
        beat(self.scale_bits(), meaning)
    }

    /// A beat of C.
    pub fn c(&self) -> ResultBeat<u32> {
        ResultBeat { data: self.tile.out().results.width(), last: 1, user: 1 }
    }
}

fn beat(width: u32, meaning: &str) -> Beat<Shape> {
    Beat { data: Shape::bits(width).meaning_of(meaning), last: Shape::bits(1) }
}

/// A beat of a stream into the block.
#[derive(Clone, Copy, Bundle)]
pub struct Beat<T> {
    /// What it carries.
    pub data: T,
    /// Last beat of the product.
    pub last: T,
}

/// A beat of results.
#[derive(Clone, Copy, Bundle)]
pub struct ResultBeat<T> {
    /// A float for each lane of a row and a column of words.
    pub data: T,
    /// Last beat of the product.
    pub last: T,
    /// With last: A, B or scales had the wrong number of beats.
    pub user: T,
}
