//! The hardware.
//!
//! ```text
//! a --+--> larger ----------+
//!     |                     +--> + or - --> normalise, round, pack --> sum
//! b --+--> smaller --> align+
//!                              (stage)                         (stage)
//! ```

use super::BLOCK;
use super::params::Params;
use crate::top::block;
use hdl::{Design, ModuleRef};
use parts::float::sum::{LEAST_EXPONENT, unrounded_sum};
use parts::stream::pipeline::Pipeline;

/// Adds the adder to a design.
pub fn build(params: &Params, design: &Design) -> ModuleRef {
    let timing = format!("Latency: {} cycles. Throughput: a sum a cycle.", params.stages);
    block(design, &BLOCK, params, &["Sum of two floats, to nearest even.", &timing], |m| {
        let format = params.format();
        let a = m.input("a", format.width(), "a term");
        let b = m.input("b", format.width(), "the other term");
        let mut sum = unrounded_sum(m, format, a, b);
        let mut pipeline = Pipeline::free_running(m);
        // The first stage cuts the longest path, the second isolates the output.
        if params.stages > 0 {
            pipeline.stage(&mut sum);
        }
        let mut result = sum.round(m, format, LEAST_EXPONENT);
        if params.stages > 1 {
            pipeline.stage(&mut result);
        }
        m.output("sum", result, "a + b");
    })
}
