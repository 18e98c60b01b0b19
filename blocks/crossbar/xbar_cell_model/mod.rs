#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Drive, Inputs, Outputs, Params};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use hdl::Bundle;

/// A model of cells under pulses.
pub const BLOCK: Block = Block {
    name: "xbar_cell_model",
    summary: "models an array of cells that SET and RESET pulses program, in integers, for simulation in place of the analog part",
    source: "A. Levy et al., EMBER, an RRAM macro with on-chip write-verify, RTL at https://github.com/akashlevy/ember-digital",
    section: "the pulses that its cells take; the cells are a fixed-point form of our own",
    documentation: include_str!("README.md"),
    variants: &[
        "rows=3 columns=2",
        "rows=4 columns=3 cycle_to_cycle=350 device_to_device=200 start_spread=1000 width_bits=4 nominal_clocks=4",
        "rows=2 columns=4 stuck_least=250 stuck_greatest=250 cycle_to_cycle=1500 adc_bits=12 code_step=1 cell_seed=2147483647",
        "rows=8 columns=1 word_line_bits=12 line_bits=12 word_line_step=1 line_step=1 width_bits=1 nominal_clocks=1 adc_bits=2",
        "rows=2 columns=2 device_to_device=1500 width_bits=16 nominal_clocks=300 least_conductance=0 greatest_conductance=1000000 \
         set_gain=1000000 reset_gain=1000000 line_step=1000 word_line_step=1000 set_threshold=10000 code_step=100000",
    ],
    small: "rows=2 columns=1 width_bits=1 nominal_clocks=1 line_bits=2 word_line_bits=2 word_line_step=1000 line_step=1000 \
            set_threshold=0 reset_threshold=0 set_gain=16 reset_gain=8 adc_bits=2 code_step=16 start_conductance=20 \
            least_conductance=3 greatest_conductance=63",
    mutated: &[
        "rows=3 columns=1 width_bits=3 nominal_clocks=3 line_bits=4 word_line_bits=4 adc_bits=4 code_step=800 \
         cycle_to_cycle=350 greatest_conductance=12000",
        "rows=2 columns=2 width_bits=2 nominal_clocks=2 line_bits=4 word_line_bits=4 adc_bits=3 device_to_device=500 \
         stuck_least=100 stuck_greatest=100 start_spread=10000 code_step=1500 greatest_conductance=12000",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs().fields(), self.outputs().fields(), Timing::Fixed { latency: 0 })
    }
}
