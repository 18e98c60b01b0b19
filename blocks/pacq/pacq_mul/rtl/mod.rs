//! The hardware: operands, multiplication, and one file for each kind of product.
//!
//! ```text
//! activation -> unpack --+--> multiply --> exact | rounded | biased | literal --> lanes
//! weights ----> decode --+       |
//! multiplier -> unpack ----------+-------> float product (dual mode)
//!           |            |       |       |                         |
//!       stage of 3   (cut: decode)  (cut: multiply)           (cut: output)
//! ```

mod biased;
mod exact;
mod literal;
mod multiples;
mod multiply;
mod operands;
mod ports;
mod rounded;

use super::BLOCK;
use super::interface::{Inputs, Outputs};
use super::params::{Params, Product, Structure};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal, Signals};
use multiples::{Multiples, OddMultiples};
use multiply::Products;
use operands::Operands;
use parts::float::FloatFormat;
use parts::float::product::FloatProduct;
use parts::stream::pipeline::Pipeline;

/// Where register stages can be.
#[derive(Clone, Copy, PartialEq)]
enum Cut {
    /// After the operands are decoded.
    Decode,
    /// After the products are formed, before they are rounded.
    Multiply,
    /// Before the outputs.
    Output,
}

/// The places of 0 to 3 stages. The first halves the longest path, which lies before the products in `exact` and in
/// the middle otherwise; the second isolates the outputs; the third isolates the decoders.
fn cuts(params: &Params) -> &'static [Cut] {
    match (params.stages, params.product) {
        (0, _) => &[],
        (1, Product::Exact) => &[Cut::Output],
        (1, _) => &[Cut::Multiply],
        (2, Product::Exact) => &[Cut::Decode, Cut::Output],
        (2, _) => &[Cut::Multiply, Cut::Output],
        _ => &[Cut::Decode, Cut::Multiply, Cut::Output],
    }
}

/// The pipeline with the places of its stages.
struct Stages<'m> {
    pipeline: Pipeline<'m>,
    cuts: &'static [Cut],
}

impl<'m> Stages<'m> {
    /// The products of the operands, between the stages before and after them.
    fn products(
        &mut self,
        m: &'m Module,
        params: &Params,
        mut operands: Operands<Signal<'m>>,
    ) -> Products<Signal<'m>> {
        self.cut(Cut::Decode, &mut operands);
        let mut products = multiply::by_weights(m, params, operands);
        self.cut(Cut::Multiply, &mut products);
        products
    }

    /// The operands with the odd multiples of the activation, between the stages before and after those.
    fn odd_multiples(
        &mut self,
        params: &Params,
        mut operands: Operands<Signal<'m>>,
    ) -> Multiples<Signal<'m>> {
        self.cut(Cut::Decode, &mut operands);
        let odd = OddMultiples::of(params, operands.a.significand);
        let mut multiples = Multiples { operands, odd };
        self.cut(Cut::Multiply, &mut multiples);
        multiples
    }

    /// A register stage, if there is one at this place.
    fn cut(&mut self, place: Cut, payload: &mut impl Signals<'m>) {
        if self.cuts.contains(&place) {
            self.pipeline.stage(payload);
        }
    }
}

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "PacQ multiplier: one float activation times a word of packed integer weights.";
        let cycles = if self.stages == 1 { "cycle" } else { "cycles" };
        let timing = format!("Latency {} {cycles}, throughput one word a cycle.", self.stages);
        block(design, &BLOCK, self, &[what, &timing], |m| {
            let (inputs, pipeline) = ports::begin(m, self);
            let mut stages = Stages { pipeline, cuts: cuts(self) };
            let mut results = datapath(m, self, &inputs, &mut stages);
            stages.cut(Cut::Output, &mut results);
            ports::finish(m, self, stages.pipeline, results);
        })
    }
}

/// The product of dual mode.
fn float_result<'m>(
    m: &'m Module,
    format: FloatFormat,
    product: Option<FloatProduct<Signal<'m>>>,
) -> Option<Signal<'m>> {
    product.map(|product| product.round(m, format))
}

fn datapath<'m>(
    m: &'m Module,
    params: &Params,
    inputs: &Inputs<Signal<'m>>,
    stages: &mut Stages<'m>,
) -> Outputs<Signal<'m>> {
    match (params.product, params.structure) {
        (Product::Literal, _) => literal::lanes(m, params, inputs, stages),
        (Product::Biased, _) => biased::lanes(m, params, inputs, stages),
        (Product::Exact, Structure::PerLane) => exact::per_lane(m, params, inputs, stages),
        (Product::Exact, Structure::SharedMultiples) => exact::shared_multiples(m, params, inputs, stages),
        (Product::Rounded, Structure::PerLane) => rounded::per_lane(m, params, inputs, stages),
        (Product::Rounded, Structure::SharedMultiples) => {
            rounded::shared_multiples(m, params, inputs, stages)
        }
    }
}
