#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Fault, Kind, Params};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use hdl::Bundle;

/// Encoders that compute their attention, or reuse one.
pub const BLOCK: Block = Block {
    name: "xbar_attention_reuse",
    summary: "schedules the encoders of a transformer, some of which reuse the attention of an earlier one, and keeps what they reuse",
    source: "A. Moitra, A. Bhattacharjee, Y. Kim, P. Panda, \"TReX: Reusing Vision Transformer's Attention for Efficient \
             Xbar-based Computing\", arXiv 2408.12742",
    section: "attention reuse",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "encoders=2 buffers=4 buffer_words=2 word_bits=1 clock_bits=5",
        "encoders=5 buffers=2 buffer_words=3 word_bits=8",
        "encoders=16 buffers=3 buffer_words=5 word_bits=16",
        "encoders=64 buffers=4 buffer_words=4 word_bits=12 clock_bits=6",
    ],
    small: "encoders=4 buffers=2 buffer_words=3 word_bits=2 clock_bits=5",
    mutated: &[
        "encoders=6 buffers=2 buffer_words=3 word_bits=2 clock_bits=5",
        "encoders=4 buffer_words=2 word_bits=2 clock_bits=4",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs().fields(), self.outputs().fields(), Timing::Fixed { latency: 0 })
    }
}
