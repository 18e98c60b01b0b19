#![doc = include_str!("README.md")]

pub mod array;
pub mod figures;
pub mod model;
mod params;
mod rtl;
pub mod stimulus;

pub use params::{ADDRESS_BITS, Analog, BOUNDS, DATA_BITS, Outcome, Params, Verify, Word};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use hdl::Bundle;

/// The controller of write-verify programming.
pub const BLOCK: Block = Block {
    name: "xbar_program",
    summary: "programs words of memory cells by write-verify: SET and RESET pulses within a box, up to 16 levels, one by one or at once",
    source: "A. Levy et al., EMBER, an RRAM macro with on-chip write-verify, RTL at https://github.com/akashlevy/ember-digital",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "verify=level",
        "cells=1 level_bits=1 adc_bits=2 width_bits=1 attempt_bits=2 line_bits=1 word_line_bits=1",
        "cells=1 level_bits=1 adc_bits=2 verify=level",
        "cells=6 columns=2 level_bits=2 adc_bits=5 word_line_bits=3 line_bits=3 width_bits=2 attempt_bits=5",
        "cells=5 verify=level level_bits=2 adc_bits=5 word_line_bits=3 line_bits=3 width_bits=2 attempt_bits=5",
        "cells=64 columns=64 adc_bits=12 width_bits=16 attempt_bits=16",
        "cells=7 columns=1 level_bits=3 adc_bits=6 word_line_bits=12 line_bits=12",
        "cells=6 columns=2 array=model nominal_clocks=3 cycle_to_cycle=350 device_to_device=200 start_spread=1000 stuck_least=30 \
         stuck_greatest=30 words=8",
        "cells=5 verify=level level_bits=2 array=model nominal_clocks=2 cycle_to_cycle=350 stuck_least=40 words=64",
        "cells=4 columns=4 level_bits=4 array=model nominal_clocks=1 cell_seed=5",
    ],
    small: "cells=4 columns=2 level_bits=1 adc_bits=4 word_line_bits=3 line_bits=3 width_bits=2 attempt_bits=4",
    mutated: &[
        "cells=4 columns=2 level_bits=1 adc_bits=4 word_line_bits=3 line_bits=3 width_bits=3 attempt_bits=4",
        "cells=3 level_bits=1 adc_bits=4 word_line_bits=3 line_bits=3 width_bits=3 attempt_bits=4 verify=level",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs().fields(), self.outputs().fields(), Timing::Fixed { latency: 0 })
    }
}
