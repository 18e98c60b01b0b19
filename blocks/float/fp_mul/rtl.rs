//! The hardware.
//!
//! ```text
//! a -> unpack --+--> significands x --+--> shift, round, pack --> product
//! b -> unpack --+--> exponents +  ----+
//!                                 (stage)                    (stage)
//! ```

use super::params::{Params, Subnormals};
use super::{Answer, BLOCK};
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
            let factors = m.inputs(&self.input());
            let a = m.scope("a", || unpack(m, format, factors.a));
            let b = m.scope("b", || unpack(m, format, factors.b));
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
            let mut answer = Answer { product: product.round(m, format) };
            if self.stages > 1 {
                pipeline.stage(&mut answer);
            }
            m.outputs(&self.output(), answer);
        })
    }
}
