//! The hardware.
//!
//! ```text
//! a --+--> larger ----------+
//!     |                     +--> + or - --> normalise, round, pack --> sum
//! b --+--> smaller --> align+
//!                              (stage)                         (stage)
//! ```

use super::params::Params;
use super::{Answer, BLOCK};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Design, ModuleRef};
use parts::float::sum::{LEAST_EXPONENT, unrounded_sum};
use parts::stream::pipeline::Pipeline;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let timing = format!("Latency: {} cycles. Throughput: one sum per cycle.", self.stages);
        block(design, &BLOCK, self, &["Sum of two floats, to nearest even.", &timing], |m| {
            let format = self.format();
            let terms = m.inputs(&self.input());
            let mut sum = unrounded_sum(m, format, terms.a, terms.b);
            let mut pipeline = Pipeline::free_running(m);
            // The first stage cuts the longest path, the second isolates the output.
            if self.stages > 0 {
                pipeline.stage(&mut sum);
            }
            let mut answer = Answer { sum: sum.round(m, format, LEAST_EXPONENT) };
            if self.stages > 1 {
                pipeline.stage(&mut answer);
            }
            m.outputs(&self.output(), answer);
        })
    }
}
