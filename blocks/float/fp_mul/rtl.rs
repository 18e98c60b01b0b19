//! The hardware.
//!
//! ```text
//! a -> unpack --+--> significands x --+--> shift, round, pack --> product
//! b -> unpack --+--> exponents +  ----+
//!                                 (stage)                    (stage)
//! ```

use super::BLOCK;
use super::params::{Params, Subnormals};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Design, ModuleRef};
use parts::arithmetic::digits::by_codes;
use parts::float::fields::unpack;
use parts::float::product::FloatProduct;
use parts::stream::pipeline::Pipeline;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let timing = format!("Latency: {} cycles. Throughput: a product a cycle.", self.stages);
        block(design, &BLOCK, self, &["Product of two floats, to nearest even.", &timing], |m| {
            let format = self.format();
            let factor = |name: &str, meaning: &str| {
                m.scope(name, || unpack(m, format, m.input(name, format.width(), meaning)))
            };
            let (a, b) = (factor("a", "a factor"), factor("b", "the other factor"));
            let significand = by_codes(m, a.significand, &[b.significand])[0].named("significands");
            let mut product = match self.subnormals {
                Subnormals::Ieee => FloatProduct::new(m, format, a, format.bias() as u64, b, significand),
                Subnormals::Flush => FloatProduct::flushed(format, a, b, significand),
            };
            let mut pipeline = Pipeline::free_running(m);
            // The first stage cuts the longest path, the second isolates the output.
            if self.stages > 0 {
                pipeline.stage(&mut product);
            }
            let mut result = product.round(m, format);
            if self.stages > 1 {
                pipeline.stage(&mut result);
            }
            m.output("product", result, "a x b");
        })
    }
}
