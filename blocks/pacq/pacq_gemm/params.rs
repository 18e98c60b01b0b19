//! The parameters of `pacq_gemm`.

use crate::pacq::pacq_tile;
use crate::parameters::{Parameter, ParameterError, Settings, read};
use hdl::Field;
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write: those of the tile engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Params {
    /// The tile engine.
    pub tile: pacq_tile::Params,
}

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    pacq_tile::parameters()
}

/// Names of the channels.
pub const WRITE_ADDRESS: &str = "s_axi_aw";
pub const WRITE_DATA: &str = "s_axi_w";
pub const WRITE_RESPONSE: &str = "s_axi_b";
pub const READ_ADDRESS: &str = "s_axi_ar";
pub const READ_DATA: &str = "s_axi_r";
pub const A: &str = "s_axis_a_t";
pub const B: &str = "s_axis_b_t";
pub const SCALE: &str = "s_axis_scale_t";
pub const C: &str = "m_axis_c_t";

/// Bits of an address.
pub const ADDRESS_BITS: u32 = 5;

/// Bits of a size.
pub const SIZE_BITS: u32 = 16;

/// The registers, by their addresses.
pub mod registers {
    /// Write 1: the product of the sizes below begins, or waits for the one before it.
    pub const START: u32 = 0x00;
    /// Read: bit 0 is 1 while a product is on its way; bits 1, 2 and 3 since the streams of A, B and scales were wrong: `tlast`
    /// came before the last beat of a product, or not with it. Written, a 1 clears the error.
    pub const STATUS: u32 = 0x04;
    /// Rows of A and C.
    pub const M: u32 = 0x08;
    /// Columns of B and C.
    pub const N: u32 = 0x0c;
    /// Columns of A, rows of B.
    pub const K: u32 = 0x10;
    /// Rows of B that share their scales, a multiple of 16; 0: all.
    pub const GROUP: u32 = 0x14;
    /// Read: bits 7:0 lanes of a word, 15:8 terms of a beat, 23:16 bits of a weight, 31:24 lanes that share a scale.
    pub const INFO: u32 = 0x18;
}

/// Answers of AXI.
pub const OKAY: u64 = 0;
/// The access was refused.
pub const SLAVE_ERROR: u64 = 2;

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

    /// Whether the block computes such a product.
    pub fn is_legal(self, params: &Params) -> bool {
        let has_size = self.m > 0 && self.n > 0 && self.k > 0;
        has_size && self.group.is_multiple_of(16) && self.group_length() <= params.tile.max_group
    }
}

impl Params {
    /// The parameters of these settings, the others at their defaults.
    pub fn of_settings(settings: &Settings) -> Result<Params, ParameterError> {
        let params: Params = read(&parameters(), settings)?;
        params.validate()?;
        Ok(params)
    }

    /// Refuses combinations that make no sense.
    pub fn validate(&self) -> Result<(), ParameterError> {
        self.tile.validate()
    }

    /// What INFO reads as.
    pub fn info(&self) -> u32 {
        let shape = self.tile.shape();
        shape.lanes() | shape.terms << 8 | shape.weight_bits << 16 | shape.group_n << 24
    }

    /// Width of a beat of scales and zero points, whole bytes.
    pub fn scale_bits(&self) -> u32 {
        let shape = self.tile.shape();
        (shape.scales() * (16 + shape.weight_bits)).next_multiple_of(8)
    }

    /// An address.
    pub fn address(&self) -> Vec<Field> {
        vec![
            Field::new("addr", ADDRESS_BITS, "byte address of a register"),
            Field::new("prot", 3, "not looked at"),
        ]
    }

    /// What is written.
    pub fn write_data(&self) -> Vec<Field> {
        vec![
            Field::new("data", 32, "what is written"),
            Field::new("strb", 4, "not looked at: registers are written whole"),
        ]
    }

    /// How a write ended.
    pub fn write_response(&self) -> Vec<Field> {
        vec![Field::new("resp", 2, "0: done; 2: refused")]
    }

    /// What is read.
    pub fn read_data(&self) -> Vec<Field> {
        vec![
            Field::new("data", 32, "the register"),
            Field::new("resp", 2, "0: done; 2: there is no such register"),
        ]
    }

    /// A beat of A.
    pub fn a(&self) -> Vec<Field> {
        let meaning = "FP16 of a row of a tile along k, the first in the lowest bits; beyond K not looked at";
        vec![Field::new("data", self.tile.terms * 16, meaning), last()]
    }

    /// A beat of B.
    pub fn b(&self) -> Vec<Field> {
        let meaning =
            "words of a column of a tile along k, the first in the lowest bits; beyond K not looked at";
        vec![Field::new("data", self.tile.terms * 16, meaning), last()]
    }

    /// A beat of scales.
    pub fn scale(&self) -> Vec<Field> {
        let meaning = "FP16 scales of a column of words in a group, above them its zero points, above them 0";
        vec![Field::new("data", self.scale_bits(), meaning), last()]
    }

    /// A beat of C.
    pub fn c(&self) -> Vec<Field> {
        vec![
            Field::new("data", self.tile.out()[0].width, "a float a lane of a row and a column of words"),
            Field::new("last", 1, "the product ends"),
            Field::new("user", 1, "with last: A, B or scales had another number of beats than the product"),
        ]
    }
}

fn last() -> Field {
    Field::new("last", 1, "the last beat of the product")
}
