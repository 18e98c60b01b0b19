#![doc = include_str!("README.md")]

pub mod model;
pub mod params;
pub mod rtl;
pub mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::meadow::SOURCE;
use params::{STATUS, TABLE};

/// The attention head.
pub const BLOCK: Block = Block {
    name: "meadow_attention_head",
    summary: "an attention head as one pipeline, several tokens at once: queries, scores, softmax and values without a memory \
              access between them",
    source: SOURCE,
    section: "token-parallel head-sequential attention",
    documentation: include_str!("README.md"),
    variants: &[
        "tokens=1 d_head=8 d_model=8 keys=8",
        "tokens=4 d_head=8 d_model=12 keys=16",
        "tokens=3 d_head=8 d_model=5 keys=2 probability_bits=8",
        "tokens=2 d_head=16 d_model=6 keys=9 rounding=half_even",
        "tokens=4 d_head=32 d_model=8 keys=16",
        "tokens=2 d_head=64 d_model=8 keys=16 probability_bits=8",
        "tokens=2 d_head=8 d_model=6 keys=8 probability_bits=8 packed=true",
        "tokens=2 d_head=8 d_model=9 keys=5 lends=true",
        "tokens=1 d_head=16 d_model=4 keys=4 probability_bits=8 packed=true lends=true",
        "tokens=2 d_head=8 d_model=5 keys=6 keeps=true",
    ],
    small: "tokens=1 d_head=8 d_model=4 keys=4 probability_bits=8",
    mutated: &[
        "tokens=2 d_head=8 d_model=4 keys=4 probability_bits=8 keeps=true",
        "tokens=1 d_head=8 d_model=4 keys=4 probability_bits=8 lends=true",
    ],
    is_large: true,
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface {
            inputs: self.inputs(),
            outputs: vec![Channel::new("out", &self.out()), Channel::new("status", &STATUS)],
            timing: Timing::Elastic,
        }
    }
}

impl Params {
    /// The channels of a job and of its data.
    pub fn inputs(&self) -> Vec<Channel> {
        vec![
            Channel::new("job", &self.job()),
            Channel::new("weights", &self.row()),
            Channel::new("table", &TABLE),
            Channel::new("keys", &self.row()),
            Channel::new("values", &self.row()),
            Channel::new("x", &self.x()),
        ]
    }
}
