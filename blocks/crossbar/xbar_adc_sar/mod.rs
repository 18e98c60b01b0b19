#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Analog, Params, Request};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use hdl::Bundle;

/// The controller of converters by successive approximation.
pub const BLOCK: Block = Block {
    name: "xbar_adc_sar",
    summary: "controls converters by successive approximation: samples, trial codes, and the code in N clocks",
    source: "successive approximation as in textbooks; clocks a conversion as in efabless EF_ADC1008A, \
         https://github.com/efabless/EF_ADC1008A",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "holds=2",
        "adc_bits=4",
        "adc_bits=4 holds=2 adcs=3",
        "adc_bits=5 adcs=2",
        "adc_bits=6 holds=2",
        "adc_bits=7 adcs=8",
        "adc_bits=9 holds=2",
        "adc_bits=10",
        "adc_bits=10 holds=2 adcs=2",
        "adcs=64",
    ],
    small: "adc_bits=4",
    mutated: &["adc_bits=4 adcs=2", "adc_bits=4 holds=2"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs().fields(), self.outputs().fields(), Timing::Fixed { latency: 0 })
    }
}
