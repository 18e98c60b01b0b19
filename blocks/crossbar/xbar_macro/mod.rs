#![doc = include_str!("README.md")]

mod channels;
mod model;
mod params;
mod registers;
mod rtl;
mod stimulus;

pub use params::{Output, Params};
pub use registers::Registers;

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use crate::crossbar::SOURCE;
use parts::registers::RegisterMap;

/// The digital half of an in-memory-computing macro.
pub const BLOCK: Block = Block {
    name: "xbar_macro",
    summary: "the digital half of an in-memory-computing macro: xbar_mvm, output stages and xbar_program behind AXI4-Lite and AXI4-Stream",
    source: SOURCE,
    section: "the processing element; the bus and the order of reading and programming are ours",
    documentation: include_str!("README.md"),
    variants: &[
        "rows=4 lanes=2 input_bits=3 cell_bits=1 slices=1 outputs=1 adcs=3 adc_bits=3 verify_bits=4 attempt_bits=3",
        "rows=4 lanes=4 input_bits=1 encoding=unsigned cell_bits=2 slices=1 adcs=2 adc_bits=3 output=lif verify=level word_cells=4",
        "rows=6 lanes=2 input_bits=2 cell_bits=2 slices=1 outputs=2 adc=sar adc_bits=5 output=sums chained=true verify_bits=5",
        "rows=4 row_arrays=2 lanes=8 input_bits=2 cell_bits=3 slices=1 outputs=1 adc_bits=5 chained=true array=model",
    ],
    small: "rows=4 lanes=2 input_bits=2 cell_bits=1 slices=1 outputs=1 adc_bits=2 verify_bits=3 attempt_bits=3",
    mutated: &[
        "rows=6 lanes=2 input_bits=3 cell_bits=1 slices=1 outputs=2 adcs=2 adc_bits=2 verify_bits=3 attempt_bits=3 chained=true word_cells=4",
        "rows=4 lanes=4 input_bits=1 encoding=unsigned cell_bits=1 slices=1 adc_bits=2 output=lif verify_bits=3 attempt_bits=3",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(channels::inputs(self), channels::outputs(self), Timing::Fixed { latency: 0 })
    }

    fn registers(&self) -> Option<RegisterMap> {
        Some(Registers::new(self).map)
    }
}
