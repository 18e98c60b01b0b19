//! The parameters of `xbar_attention_reuse`, and its ports.

use crate::parameters::Parameters;
use hdl::{Bundle, Encoded, bit_length, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// The most encoders of a table.
    #[default = 16]
    #[schemars(range(min = 2, max = 64), extend("x-name" = "e"))]
    pub encoders: u32,
    /// Attentions that can be kept at once.
    #[default = 1]
    #[schemars(range(min = 1, max = 4), extend("x-name" = "b"))]
    pub buffers: u32,
    /// The most words of an attention: tokens x channels x bits / `word_bits`.
    #[default = 9456]
    #[schemars(range(min = 2, max = 65536), extend("x-name" = "n"))]
    pub buffer_words: u32,
    /// Width of a word of an attention.
    #[default = 64]
    #[schemars(range(min = 1, max = 512), extend("x-name" = "w"))]
    pub word_bits: u32,
    /// Width of a counter of clocks, which stays at its greatest value.
    #[default = 32]
    #[schemars(range(min = 4, max = 48), extend("x-tag" = "t"))]
    pub clock_bits: u32,
}

impl Parameters for Params {}

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
pub enum Kind {
    /// The attention is computed.
    Attention,
    /// The transformation block makes it from the one that is reused.
    Transform,
    /// The rest of the encoder.
    Mlp,
}

/// Why a table or a run was refused or stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
#[encoded(width = 3)]
pub enum Fault {
    /// It was not.
    None,
    /// The table reuses an attention from before the first encoder.
    Distance,
    /// The table has more encoders than there is room for.
    Length,
    /// The table keeps more attentions at once than there are buffers.
    Buffers,
    /// A run with 0 words, or more than a buffer has.
    Words,
    /// A step ended before the words that it keeps were written, or those that it reuses were read.
    Incomplete,
}

/// An encoder of the table.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct Entry<T> {
    /// 0: computes its attention; r: reuses that of the encoder r before it.
    pub distance: T,
    /// The last one of the table.
    pub last: T,
}

/// A run.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct Start<T> {
    /// Words of each attention of the run.
    pub words: T,
}

/// A step: stays until it is done.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct Step<T> {
    /// 0: compute the attention; 1: transform the one that is read; 2: the rest of the encoder.
    pub kind: T,
    /// The encoder, from 0.
    pub encoder: T,
    /// Its attention is kept: all its words must be written.
    pub keep: T,
    /// The last step of the run.
    pub last: T,
}

/// A word of an attention.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct Word<T> {
    /// Any format.
    pub data: T,
}

/// What is known of the block besides its streams.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct Status<T> {
    /// A run is under way.
    pub busy: T,
    /// 1 for the clock after the end of a run.
    pub done: T,
    /// 0: none; 1: distance; 2: length; 3: buffers; 4: words; 5: incomplete.
    pub error: T,
    /// The encoder of an error 1, 3 or 5.
    pub error_encoder: T,
    /// Clocks of the run.
    pub run_clocks: T,
    /// Those of them in which attentions are computed.
    pub attention_clocks: T,
    /// Those in which attentions are transformed.
    pub transform_clocks: T,
    /// Those of the rest of the encoders.
    pub mlp_clocks: T,
    /// Attentions of the run that are computed.
    pub attentions: T,
}

/// Every input in a cycle.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct Inputs<T> {
    pub entry_valid: T,
    pub entry: Entry<T>,
    pub start_valid: T,
    pub start: Start<T>,
    pub step_ready: T,
    pub step_done: T,
    pub write_valid: T,
    pub write: Word<T>,
    pub read_ready: T,
}

/// Every output in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Outputs<T> {
    pub entry_ready: T,
    pub start_ready: T,
    pub step_valid: T,
    pub step: Step<T>,
    pub write_ready: T,
    pub read_valid: T,
    pub read: Word<T>,
    #[bundle(flatten)]
    pub status: Status<T>,
}

impl Params {
    /// Width of the number of an encoder.
    pub fn encoder_bits(&self) -> u32 {
        index_width(self.encoders.into())
    }

    /// Width of a number of encoders.
    pub fn count_bits(&self) -> u32 {
        bit_length(self.encoders.into())
    }

    /// Width of a number of words.
    pub fn words_bits(&self) -> u32 {
        bit_length(self.buffer_words.into())
    }

    /// An encoder of the table.
    pub fn entry(&self) -> Entry<u32> {
        Entry { distance: self.encoder_bits(), last: 1 }
    }

    /// A run.
    pub fn start(&self) -> Start<u32> {
        Start { words: self.words_bits() }
    }

    /// A step.
    pub fn step(&self) -> Step<u32> {
        Step { kind: Kind::WIDTH, encoder: self.encoder_bits(), keep: 1, last: 1 }
    }

    /// A word of an attention.
    pub fn word(&self) -> Word<u32> {
        Word { data: self.word_bits }
    }

    /// What is known besides the streams.
    pub fn status(&self) -> Status<u32> {
        Status {
            busy: 1,
            done: 1,
            error: Fault::WIDTH,
            error_encoder: self.encoder_bits(),
            run_clocks: self.clock_bits,
            attention_clocks: self.clock_bits,
            transform_clocks: self.clock_bits,
            mlp_clocks: self.clock_bits,
            attentions: self.count_bits(),
        }
    }

    /// Every input.
    pub fn inputs(&self) -> Inputs<u32> {
        Inputs {
            entry_valid: 1,
            entry: self.entry(),
            start_valid: 1,
            start: self.start(),
            step_ready: 1,
            step_done: 1,
            write_valid: 1,
            write: self.word(),
            read_ready: 1,
        }
    }

    /// Every output.
    pub fn outputs(&self) -> Outputs<u32> {
        Outputs {
            entry_ready: 1,
            start_ready: 1,
            step_valid: 1,
            step: self.step(),
            write_ready: 1,
            read_valid: 1,
            read: self.word(),
            status: self.status(),
        }
    }
}
