//! The parameters of `weight_unpacker`.

use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, Encoded, bit_length};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Weights in a beat, and lanes of the codes.
    #[default = 16]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32, 64], "x-name" = "x"))]
    pub lanes: u32,
    /// Decodes Huffman codes.
    #[default = true]
    #[schemars(extend("x-tag" = "huffman"))]
    pub huffman: bool,
    /// Most classes of outputs, each with a code of its own.
    #[default = 4]
    #[schemars(extend("enum" = [1, 2, 4], "x-tag" = "c"))]
    pub classes: u32,
    /// Decodes IDs of unique chunks; needs two lanes or more.
    #[default = true]
    #[schemars(extend("x-tag" = "meadow"))]
    pub meadow: bool,
    /// Bits of a packet of IDs.
    #[default = 256]
    #[schemars(extend("enum" = [64, 128, 256, 512], "x-tag" = "p"))]
    pub packet_bits: u32,
    /// Most unique chunks.
    #[default = 2048]
    #[schemars(range(min = 2, max = 65536), extend("x-tag" = "u"))]
    pub unique: u32,
}

/// Bits of a weight.
pub const WEIGHT_BITS: u32 = 8;

/// Bits of a word: what lanes take, and the least part of the stream.
pub const WORD_BITS: u32 = 16;

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        let conflict = |message: &str| Err(ParameterError::Conflict(message.into()));
        match (self.huffman, self.meadow, self.lanes) {
            (false, false, _) => {
                conflict("huffman and meadow cannot both be false: nothing would be unpacked")
            }
            (_, true, 1) => conflict("meadow needs lanes of 2 or more: lanes is 1"),
            _ => Ok(()),
        }
    }
}

impl Params {
    /// Words in a beat of the input, as many bits as a beat of weights, but one at least.
    pub fn beat_words(&self) -> u32 {
        (self.lanes * WEIGHT_BITS / WORD_BITS).max(1)
    }

    /// Words that wait for use, at most.
    pub fn buffer_words(&self) -> u32 {
        self.lanes + self.beat_words()
    }

    /// Width of a number of words.
    pub fn count_bits(&self) -> u32 {
        bit_length(self.buffer_words().into())
    }

    /// Width of a number of weights of a beat.
    pub fn weights_bits(&self) -> u32 {
        bit_length(self.lanes.into())
    }

    /// Chunks that are looked up in a cycle.
    pub fn chunk_lanes(&self) -> u32 {
        self.lanes / 2
    }

    /// A beat in.
    pub fn input(&self) -> Container<u32> {
        Container { data: WORD_BITS * self.beat_words(), last: 1 }
    }

    /// A beat out.
    pub fn output(&self) -> Weights<u32> {
        Weights {
            weights: WEIGHT_BITS * self.lanes,
            keep: self.lanes,
            last: 1,
            error: Error::WIDTH,
            failed: 1,
        }
    }
}

/// A beat of a container.
#[derive(Clone, Copy, Bundle)]
pub struct Container<T> {
    /// Its next bytes, the first in the lowest bits.
    pub data: T,
    /// The last beat of the container.
    pub last: T,
}

/// A beat of weights.
#[derive(Clone, Copy, Bundle)]
pub struct Weights<T> {
    /// Two's complement, the first in the lowest bits; 0 where there is none.
    pub weights: T,
    /// 1 for each weight; all ones but in the last beat of a matrix.
    pub keep: T,
    /// The last beat of the matrix.
    pub last: T,
    /// What is wrong with the container, in its last beat; 0 if nothing is.
    pub error: T,
    /// Since reset, this container or an earlier one was wrong.
    pub failed: T,
}

/// What is wrong with a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
pub enum Error {
    /// Nothing.
    None,
    /// The header, or a field of it that these parameters do not support.
    Header,
    /// The lengths of a code.
    Table,
    /// The mode of a packet, or an ID.
    Packet,
    /// The container ends before the last weight.
    Early,
    /// The CRC.
    Check,
}
