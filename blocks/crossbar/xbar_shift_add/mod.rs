#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Conversion, Params, Scheme};

use crate::block::Block;
use crate::channel::{Interface, Pace, Ports, Timing};
use crate::crossbar::SOURCE;
use hdl::Bundle;

/// Conversions to sums.
pub const BLOCK: Block = Block {
    name: "xbar_shift_add",
    summary: "adds up conversions of a crossbar over input bits, weight slices and row blocks, signed weights in three schemes",
    source: SOURCE,
    section: "shift and add, and the treatment of negative weights",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "adc_bits=1 input_bits=1 encoding=unsigned cell_bits=1 slices=1 outputs=1 row_blocks=1",
        "adc_bits=6 input_bits=1 encoding=unsigned scheme=negative_count cell_bits=4 outputs=4",
        "adc_bits=5 input_bits=2 encoding=sign_magnitude cell_bits=2 slices=4 outputs=1 row_blocks=2",
        "adc_bits=8 input_bits=3 scheme=negative_count cell_bits=3 outputs=3",
        "adc_bits=7 input_bits=4 encoding=sign_magnitude scheme=dummy_column cell_bits=1 slices=8 outputs=2",
        "adc_bits=10 input_bits=8 scheme=dummy_column cell_bits=4 outputs=3 row_blocks=1",
        "adc_bits=4 input_bits=6 scheme=dummy_column cell_bits=8 slices=1 outputs=1 row_blocks=3",
        "adc_bits=13 input_bits=4 encoding=unsigned scheme=dummy_column cell_bits=5 slices=1 outputs=8 row_blocks=16 saturation=true",
        "adc_bits=8 input_bits=16 scheme=negative_count cell_bits=2 slices=8 outputs=5 row_blocks=256",
        "adc_bits=9 input_bits=5 encoding=sign_magnitude scheme=negative_count cell_bits=7 outputs=2 row_blocks=8",
        "adc_bits=2 input_bits=2 cell_bits=6 slices=2 outputs=64 row_blocks=64",
        "adc_bits=3 input_bits=7 cell_bits=3 slices=5 outputs=16 saturation=true",
    ],
    small: "adc_bits=2 input_bits=2 cell_bits=1",
    mutated: &[
        "adc_bits=2 input_bits=3 cell_bits=1 row_blocks=1",
        "adc_bits=2 input_bits=2 encoding=sign_magnitude scheme=negative_count cell_bits=2 row_blocks=1",
        "adc_bits=3 input_bits=2 scheme=dummy_column cell_bits=2 outputs=3 row_blocks=1",
        "adc_bits=2 input_bits=2 scheme=dummy_column cell_bits=2 slices=1 outputs=3 row_blocks=1 saturation=true",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        let timing = Timing::ReadyValid { latency: 2 };
        Interface::single(self.conversion().fields(), self.result().fields(), timing)
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { interval: 1, capacity: 1 })
    }
}
