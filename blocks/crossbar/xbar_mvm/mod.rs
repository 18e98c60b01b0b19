#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
pub mod stimulus;

pub use params::{Params, Side, Steps, Sums};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use crate::crossbar::SOURCE;
use hdl::Bundle;

/// Matrix-vector products.
pub const BLOCK: Block = Block {
    name: "xbar_mvm",
    summary: "multiplies vectors by the matrix in a crossbar: driver, sequencer, converters, shift-adds; your array's pins, or the model",
    source: SOURCE,
    section: "the processing element: a crossbar with its converters and shift-adds",
    documentation: include_str!("README.md"),
    variants: &[
        "rows=16 input_bits=2 cell_bits=1 slices=1 lanes=4",
        "rows=16 input_bits=1 encoding=unsigned cell_bits=4 scheme=negative_count outputs=1 adcs=2 lanes=16 holds=1",
        "rows=16 rows_at_once=4 input_bits=3 cell_bits=2 scheme=dummy_column outputs=1 adc_bits=5 lanes=2 adcs=3",
        "rows=16 input_bits=2 encoding=sign_magnitude cell_bits=3 slices=1 outputs=1 adc=sar adc_bits=7 lanes=8",
        "rows=16 row_arrays=2 input_bits=3 cell_bits=2 slices=1 outputs=2 adc=sar adc_holds=2 adc_bits=6 lanes=8",
        "rows=16 input_bits=2 cell_bits=5 slices=1 outputs=1 adcs=2 lanes=8 array=model adc_bits=8 adc_step=512",
        "rows=16 row_arrays=4 input_bits=1 cell_bits=6 slices=1 outputs=1 lanes=32 array=model adc_bits=6 adc_step=2000 variation=100 distribution=log_normal",
        "rows=16 input_bits=2 cell_bits=7 slices=1 outputs=1 adc=sar adc_holds=2 adc_bits=10 lanes=8 array=model read_noise=2000",
        "rows=16 input_bits=4 encoding=unsigned cell_bits=8 slices=1 outputs=1 adc=sar adc_bits=4 lanes=8 array=model stuck_off=99 adc_step=50000",
        "rows=33 row_arrays=8 input_bits=1 encoding=sign_magnitude cell_bits=1 outputs=1 scheme=dummy_column slices=1 lanes=8 holds=1 adc=sar adc_bits=4",
    ],
    small: "rows=4 input_bits=2 cell_bits=1 slices=1 outputs=1 lanes=2 adc_bits=2",
    mutated: &[
        "rows=4 input_bits=2 cell_bits=1 slices=1 outputs=1 lanes=2 adc_bits=3 adcs=2 row_arrays=2",
        "rows=4 input_bits=2 cell_bits=1 slices=1 outputs=1 lanes=2 adc_bits=4 adc=sar",
        "rows=4 input_bits=1 encoding=unsigned cell_bits=1 slices=1 outputs=1 lanes=4 adc_bits=4 adc=sar adc_holds=2 holds=1",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs().fields(), self.outputs().fields(), Timing::Fixed { latency: 0 })
    }
}
