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

/// A model of the analog part.
pub const BLOCK: Block = Block {
    name: "xbar_array_model",
    summary: "models an array of cells with holds and comparators in integers, for simulation in place of the analog part",
    source: SOURCE,
    section: "crossbars with non-ideal devices; our own fixed-point form of it",
    documentation: include_str!("README.md"),
    variants: &[
        "rows=16 columns=2 adcs=2",
        "rows=16 columns=1 cell_bits=1 holds=1 adc_bits=3",
        "rows=16 columns=3 adcs=2 cell_bits=2 adc=sar adc_bits=6",
        "rows=16 columns=2 cell_bits=3 adc=sar adc_bits=4 adc_holds=2 adc_step=700 adc_offset=40",
        "rows=16 columns=2 adcs=2 cell_bits=5 on_off_ratio=10 adc_bits=5 adc_step=2048",
        "rows=17 columns=2 cell_bits=6 variation=100 adc_bits=6 adc_step=4000 seed=7",
        "rows=16 columns=2 cell_bits=7 stuck_off=200 stuck_on=100 drift=300 adc=sar adc_bits=10",
        "rows=16 columns=2 cell_bits=8 read_noise=3000 adc_bits=2 adc_step=262144 adc_offset=300",
        "rows=64 columns=1 on_off_ratio=150 variation=50 drift=100 read_noise=500 adc_bits=7 stuck_on=50",
        "rows=16 columns=4 cell_bits=2 adc_bits=8 read_noise=700 holds=1 adc=sar adc_holds=2 variation=300 distribution=log_normal",
    ],
    small: "rows=4 columns=2 cell_bits=1 adc_bits=2",
    mutated: &[
        "rows=5 columns=2 cell_bits=2 adcs=2 adc_bits=4 on_off_ratio=5 variation=200 stuck_off=100 stuck_on=100 drift=300",
        "rows=4 columns=3 cell_bits=2 adc=sar adc_bits=5 adc_holds=2 read_noise=2000 adc_step=300 adc_offset=77",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs().fields(), self.answer().fields(), Timing::Fixed { latency: 0 })
    }
}
