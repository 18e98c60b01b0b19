#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use crate::crossbar::SOURCE;
use hdl::Bundle;

/// Inputs to word lines.
pub const BLOCK: Block = Block {
    name: "xbar_input_driver",
    summary: "drives the word lines of a crossbar bit by bit, block of rows by block, phases without a 1 left out",
    source: SOURCE,
    section: "bit-serial inputs",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "rows=4 input_bits=1 encoding=unsigned lanes=1",
        "rows=6 rows_at_once=4 input_bits=2 lanes=2",
        "rows=8 rows_at_once=1 input_bits=3 encoding=sign_magnitude lanes=4",
        "rows=16 rows_at_once=5 input_bits=4 encoding=unsigned lanes=16",
        "rows=16 input_bits=1 encoding=sign_magnitude lanes=2",
        "rows=32 rows_at_once=8 input_bits=5 lanes=32",
        "rows=64 rows_at_once=16 input_bits=6 encoding=sign_magnitude lanes=64",
        "rows=64 input_bits=1 encoding=unsigned lanes=64",
        "rows=128 rows_at_once=8 input_bits=16 lanes=16",
        "rows=256 rows_at_once=64 input_bits=7 encoding=sign_magnitude lanes=32",
        "rows=3 input_bits=1 lanes=1",
    ],
    small: "rows=8 input_bits=4 lanes=2",
    mutated: &[
        "rows=4 rows_at_once=3 input_bits=2 lanes=2",
        "rows=4 input_bits=2 encoding=sign_magnitude lanes=4",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs().fields(), self.driven().fields(), Timing::Elastic)
    }
}
