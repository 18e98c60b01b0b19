//! The hardware.
//!
//! ```text
//! in --> [step] --+--> word of lanes --> pacq_mul --+
//!                 +--> word of lanes --> pacq_mul --+--> tree --> [tree sums] --> + --> [sums] --> round --> out
//!                 +--> ...                          |                            ^ |
//!                                                   |                            +-+ a sum a lane
//! ```

use super::BLOCK;
use super::params::Params;
use crate::block::Hardware;
use crate::pacq::dot_product::{Accumulators, Step, float_tree};
use crate::pacq::held_beat::HeldBeat;
use crate::pacq::pacq_mul::Product;
use crate::pacq::sum::{FixedSum, Form, Term};
use crate::top::block;
use hdl::{Child, Design, Module, ModuleRef, Signal};
use parts::float::FloatFormat;
use parts::float::scaled::{Scaled, converted};
use parts::stream::skid::input_stream;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let multiplier = self.multiplier().build(design);
        let timing = format!(
            "A step takes {} cycles; sums follow {} cycles after their last step.",
            self.cycles(),
            self.cycles() + 2
        );
        let what = "PacQ dot product: activations by packed words of weights, a sum for each lane of a word.";
        block(design, &BLOCK, self, &[what, &timing], |m| {
            dot_product(m, self, multiplier);
        })
    }
}

fn dot_product<'m>(m: &'m Module, params: &Params, multiplier: ModuleRef) {
    let (input, output) =
        (input_stream(m, "in", &params.input(), params.skid), m.output_stream("out", &params.output()));
    let accumulators = Accumulators { lanes: params.lanes(), trees: params.trees, form: params.kept() };
    let trees = |step: &HeldBeat<'m>| {
        let multipliers = multipliers(m, params, &input.payload, step, multiplier);
        let tree = |tree: u32| m.scope(&format!("tree{tree}"), || tree_sum(m, params, &multipliers, tree));
        (0..params.trees).map(tree).collect()
    };
    accumulators.build(m, &input, &output, trees, |sum, valid| given(m, params, sum, valid));
}

/// A multiplier for each activation, with the current group of lanes of its word.
fn multipliers<'m>(
    m: &'m Module,
    params: &Params,
    input: &Step<Signal<'m>>,
    step: &HeldBeat<'m>,
    multiplier: ModuleRef,
) -> Vec<Child<'m>> {
    let activations = step.hold("activations", input.activations).split_lsb(16);
    let words = step.hold("weights", input.weights).split_lsb(16);
    let multiply = |term: u32| {
        let child = m.instance(&format!("u_mul{term}"), multiplier);
        child.set("activation", activations[term as usize]);
        child.set("weights", step.group(words[term as usize]))
    };
    (0..params.terms).map(multiply).collect()
}

/// A sum in its output form. A rounder is still until its sum is complete: it would spend more than the multipliers.
fn given<'m>(m: &'m Module, params: &Params, sum: Signal<'m>, valid: Signal<'m>) -> Signal<'m> {
    match (params.kept(), params.given()) {
        (Form::Fixed { bits }, Form::Float(format)) => {
            FixedSum::unpacked(m, params.kept(), sum, bits).gated(valid).round(m, format)
        }
        _ => sum,
    }
}

/// The sum of a lane's products.
fn tree_sum<'m>(m: &'m Module, params: &Params, multipliers: &[Child<'m>], tree: u32) -> Signal<'m> {
    match params.kept() {
        Form::Fixed { .. } => {
            let terms: Vec<Term> = multipliers.iter().map(|child| term(params, child, tree)).collect();
            FixedSum::of_terms(m, &terms).packed(m)
        }
        Form::Float(format) => {
            let product = |(index, child): (usize, &Child<'m>)| {
                m.scope(&format!("product{index}"), || float_product(m, params, child, tree, format))
            };
            float_tree(m, format, multipliers.iter().enumerate().map(product).collect())
        }
    }
}

/// A lane of the outputs of a multiplier of exact products.
fn term<'m>(params: &Params, multiplier: &Child<'m>, lane: u32) -> Term<'m> {
    let width = params.multiplier().significand_bits();
    let significands = multiplier.get("significand");
    Term {
        sign: multiplier.get("sign").bit(lane),
        magnitude: significands.slice(width * (lane + 1) - 1, width * lane),
        exponent: multiplier.get("exponent"),
        nan: multiplier.get("nan").bit(lane),
        infinite: multiplier.get("infinite").bit(lane),
    }
}

/// A lane's product as a float of `format`, which holds it exactly.
fn float_product<'m>(
    m: &'m Module,
    params: &Params,
    multiplier: &Child<'m>,
    lane: u32,
    format: FloatFormat,
) -> Signal<'m> {
    const FP16: FloatFormat = FloatFormat::FP16;
    if params.product != Product::Exact {
        let product = multiplier.get("product").slice(16 * lane + 15, 16 * lane);
        return converted(m, FP16, format, product);
    }
    let Term { sign, magnitude, exponent, nan, infinite } = term(params, multiplier, lane);
    // Distance from the exponent field of a significand's hidden bit to that of the magnitude's most significant bit.
    let more = (format.bias() - FP16.bias()) as u64 + u64::from(magnitude.width() - FP16.significand_bits());
    let exponent = (exponent.zext(format.exponent_bits + 2) + more).named("field");
    Scaled { sign, magnitude, exponent, nan, infinite }.round(m, format, more as i64 + 1)
}
