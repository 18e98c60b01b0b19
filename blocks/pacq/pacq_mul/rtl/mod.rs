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
use super::params::{Params, Product, Structure};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal};
use multiples::OddMultiples;
use multiply::Products;
use operands::Operands;
use parts::float::FloatFormat;
use parts::float::product::FloatProduct;
use parts::stream::pipeline::{Payload, Pipeline};

/// The outputs of a beat, by the names of their fields.
type Results<'m> = Vec<(&'static str, Signal<'m>)>;

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

/// The places of 0 to 3 stages. One stage halves the longest path, which `exact` has before its products
/// and the others in the middle; the second isolates the outputs; the third the decoders.
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
    fn products(&mut self, m: &'m Module, params: &Params, mut operands: Operands<'m>) -> Products<'m> {
        self.cut(Cut::Decode, &mut operands);
        let mut products = multiply::by_weights(m, params, operands);
        self.cut(Cut::Multiply, &mut products);
        products
    }

    /// The operands with the odd multiples of the activation, between the stages before and after those.
    fn odd_multiples(
        &mut self,
        params: &Params,
        mut operands: Operands<'m>,
    ) -> (Operands<'m>, OddMultiples<'m>) {
        self.cut(Cut::Decode, &mut operands);
        let mut odd = OddMultiples::of(params, operands.a.significand);
        self.cut(Cut::Multiply, &mut (&mut operands, &mut odd));
        (operands, odd)
    }

    /// A register stage, if there is one at this place.
    fn cut(&mut self, place: Cut, payload: &mut impl Payload<'m>) {
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
            let (inputs, pipeline) = ports::inputs(m, self);
            let mut stages = Stages { pipeline, cuts: cuts(self) };
            let mut results = datapath(m, self, &inputs, &mut stages);
            stages.cut(Cut::Output, &mut results);
            ports::outputs(m, self, stages.pipeline, &results);
        })
    }
}

/// The output field of dual mode, if there is a product.
fn float_result<'m>(
    m: &'m Module,
    format: FloatFormat,
    product: Option<FloatProduct<'m>>,
) -> Option<(&'static str, Signal<'m>)> {
    product.map(|product| ("fp_product", product.round(m, format)))
}

fn datapath<'m>(
    m: &'m Module,
    params: &Params,
    inputs: &ports::Inputs<'m>,
    stages: &mut Stages<'m>,
) -> Results<'m> {
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
