//! The hardware.
//!
//! ```text
//! in --> [step] --+--> fp_mul --+
//!                 +--> fp_mul --+--> tree --> [tree sum] --> + --> [sum] --> out
//!                 +--> ...      |                            ^        |
//!                               |                            +--------+
//! ```

use super::BLOCK;
use super::params::Params;
use crate::block::Hardware;
use crate::float::fp_mul;
use crate::pacq::dot_product::{Accumulators, float_tree};
use crate::pacq::held_beat::HeldBeat;
use crate::pacq::sum::Form;
use crate::top::block;
use hdl::{Design, ModuleRef};
use parts::float::FloatFormat;
use parts::float::scaled::converted;
use parts::stream::skid::input_stream;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let multiplier = fp_mul::Params::default().build(design);
        let format = self.accumulate.float();
        let what = "Dot product of FP16 numbers: products rounded to FP16, a tree, and an accumulator.";
        let timing = "A step a cycle; the sum follows 3 cycles after its last step.";
        block(design, &BLOCK, self, &[what, timing], |m| {
            let (input, output) =
                (input_stream(m, "in", &self.input(), self.skid), m.output_stream("out", &self.output()));
            let trees = |step: &HeldBeat| {
                let activations = step.hold("activations", input.payload.activations).split_lsb(16);
                let weights = step.hold("weights", input.payload.weights).split_lsb(16);
                let product = |term: u32| {
                    let child = m.instance(&format!("u_mul{term}"), multiplier);
                    child.set("a", activations[term as usize]).set("b", weights[term as usize]);
                    let product = child.get("product");
                    m.scope(&format!("product{term}"), || converted(m, FloatFormat::FP16, format, product))
                };
                vec![float_tree(m, format, (0..self.terms).map(product).collect())]
            };
            let form = Form::Float(format);
            let accumulators = Accumulators { lanes: 1, trees: 1, form };
            accumulators.build(m, &input, &output, trees, |sum, _valid| sum);
        })
    }
}
