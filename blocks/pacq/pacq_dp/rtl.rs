//! The hardware.
//!
//! ```text
//! in --> [step] --+--> word of lanes --> pacq_mul --+
//!                 +--> word of lanes --> pacq_mul --+--> tree --> [tree sums] --> + --> [sums] --> round --> out
//!                 +--> ...                          |                            ^ |
//!                                                   |                            +-+ a sum a lane
//! ```
//!
//! A step stays in its register until all its lanes have been through the trees.

use super::params::Params;
use crate::block::Configured;
use crate::common::float::FloatFormat;
use crate::common::rtl::float::unpack;
use crate::common::rtl::float_round::Scaled;
use crate::common::rtl::float_sum::float_sum;
use crate::common::rtl::module::module;
use crate::pacq::SOURCE;
use crate::pacq::held::{HeldBeat, held};
use crate::pacq::pacq_mul::Product;
use crate::pacq::sum::{FixedSum, Form, Term};
use hdl::{Child, Design, Module, ModuleRef, Reg, Signal};

/// Adds the block to a design.
pub fn build(params: &Params, design: &Design) -> ModuleRef {
    let multiplier = params.multiplier().build(design);
    module(design, "pacq_dp", &params.name_parts(), |m| {
        m.describe("PacQ dot product: activations by packed words of weights, a sum for each lane of a word.");
        m.describe(&format!(
            "A step takes {} cycles; sums follow {} cycles after their last step.",
            params.cycles(),
            params.cycles() + 2
        ));
        m.describe(&format!("Source: {SOURCE}, the parallel DP-4."));
        params.values().into_iter().for_each(|(name, value)| m.parameter(&name, value));
        dot_product(m, params, multiplier);
    })
}

fn dot_product<'m>(m: &'m Module, params: &Params, multiplier: ModuleRef) {
    let (input, output) = (m.input_stream("in", &params.input()), m.output_stream("out", &params.output()));
    let is_done = m.reg("sums_valid", 1).reset_to(0);
    let advance = (!is_done.value() | output.ready()).named("advance");
    let step = HeldBeat::new(m, "step", &input, params.cycles(), advance);
    let next_is_first = m.reg("next_is_first", 1).reset_to(1).enable(step.takes);
    next_is_first.set(input.field("last"));
    let is_first = step.hold("is_first", next_is_first.value());
    let is_last = step.hold("is_last", input.field("last"));
    let addends = params.addend.then(|| step.hold("addends", input.field("addends")));

    let multipliers: Vec<Child> =
        (0..params.terms).map(|term| m.instance(&format!("u_mul{term}"), multiplier)).collect();
    let activations = step.hold("activations", input.field("activations")).split_lsb(16);
    let words = step.hold("weights", input.field("weights")).split_lsb(16);
    for ((child, activation), word) in multipliers.iter().zip(activations).zip(words) {
        child.set("activation", activation);
        child.set("weights", step.group(word));
    }
    let tree = |tree: u32| m.scope(&format!("tree{tree}"), || tree_sum(m, params, &multipliers, tree));
    let sums = m.concat_lsb(&(0..params.trees).map(tree).collect::<Vec<_>>()).named("tree_sums");

    let kept = |name: &str, value: Signal<'m>| held(m, name, value, advance);
    let is_there = m.reg("tree_sums_valid", 1).reset_to(0).enable(advance);
    is_there.set(step.valid);
    let trees = Trees {
        sums: kept("tree_sums_q", sums),
        is_first: kept("tree_sums_first", is_first),
        addends: addends.map(|addends| kept("tree_sums_addends", step.group(addends))),
        group: step.group.map(|group| kept("tree_sums_group", group)),
        is_there: (is_there.value() & advance).named("accumulates"),
    };
    let is_last = is_last & step.is_last_group;
    let ends = kept("tree_sums_end", is_last);
    is_done.enable(advance).set(is_there.value() & ends);
    output.set_valid(is_done.value());
    let lanes: Vec<Signal> = trees.accumulate(m, params);
    output.set_field("sums", m.concat_lsb(&lanes.iter().map(|sum| given(m, params, *sum)).collect::<Vec<_>>()));
}

/// The sums of a group of lanes over the terms of a step.
struct Trees<'m> {
    sums: Signal<'m>,
    is_first: Signal<'m>,
    addends: Option<Signal<'m>>,
    group: Option<Signal<'m>>,
    is_there: Signal<'m>,
}

impl<'m> Trees<'m> {
    /// Adds them to the sums of their lanes, which are given.
    fn accumulate(&self, m: &'m Module, params: &Params) -> Vec<Signal<'m>> {
        let form = params.kept();
        let lanes: Vec<Reg> =
            (0..params.lanes()).map(|lane| m.reg(&format!("sum{lane}"), form.width())).collect();
        let terms = self.sums.split_lsb(self.sums.width() / params.trees);
        for (tree, term) in terms.into_iter().enumerate() {
            let own: Vec<Reg> = lanes.iter().copied().skip(tree).step_by(params.trees as usize).collect();
            let values: Vec<Signal> = own.iter().map(|lane| lane.value()).collect();
            let before = self.group.map_or(values[0], |group| m.select(group, &values));
            let start = self.addends.map(|addends| addends.split_lsb(form.width())[tree]);
            let base = match start {
                Some(addend) => self.is_first.mux(addend, before),
                None => before.gated(!self.is_first),
            };
            let next = m.scope(&format!("next{tree}"), || add(m, form, base, term)).named(&format!("next{tree}"));
            for (number, lane) in (0..).zip(own) {
                let is_own = self.group.map_or_else(|| m.ones(1), |group| group.eq(number));
                lane.enable(self.is_there & is_own).set(next);
            }
        }
        lanes.into_iter().map(Reg::value).collect()
    }
}

/// A sum and what the trees add to it.
fn add<'m>(m: &'m Module, form: Form, sum: Signal<'m>, term: Signal<'m>) -> Signal<'m> {
    match form {
        Form::Float(format) => float_sum(m, format, sum, term),
        Form::Fixed { bits } => {
            let narrow = Form::Fixed { bits: term.width() - 2 };
            let term = FixedSum::unpacked(m, narrow, term, bits);
            FixedSum::unpacked(m, form, sum, bits).plus(term).packed(m)
        }
    }
}

/// A sum in the form that it leaves in.
fn given<'m>(m: &'m Module, params: &Params, sum: Signal<'m>) -> Signal<'m> {
    match (params.kept(), params.given()) {
        (Form::Fixed { bits }, Form::Float(format)) => {
            FixedSum::unpacked(m, params.kept(), sum, bits).round(m, format)
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
    let scaled = if params.product == Product::Exact {
        let Term { sign, magnitude, exponent, nan, infinite } = term(params, multiplier, lane);
        Scaled { sign, magnitude, exponent, nan, infinite }
    } else {
        let product = multiplier.get("product").slice(16 * lane + 15, 16 * lane);
        if format == FP16 {
            return product;
        }
        let float = unpack(m, FP16, product);
        Scaled {
            sign: float.sign,
            magnitude: float.significand,
            exponent: float.exponent,
            nan: float.nan,
            infinite: float.infinite,
        }
    };
    // From the exponent field of a significand's hidden bit to that of the magnitude's most significant bit.
    let more = (format.bias() - FP16.bias()) as u64
        + u64::from(scaled.magnitude.width() - FP16.significand_bits());
    let exponent = (scaled.exponent.zext(format.exponent_bits + 2) + more).named("field");
    Scaled { exponent, ..scaled }.round(m, format, more as i64 + 1)
}

/// Neighbours are added, then the sums of neighbours, and so on.
fn float_tree<'m>(m: &'m Module, format: FloatFormat, terms: Vec<Signal<'m>>) -> Signal<'m> {
    match terms.as_slice() {
        [only] => *only,
        terms => {
            let level = format!("of{}", terms.len());
            let pair = |(index, pair): (usize, &[Signal<'m>])| {
                m.scope(&format!("{level}_{index}"), || float_sum(m, format, pair[0], pair[1]))
            };
            float_tree(m, format, terms.chunks(2).enumerate().map(pair).collect())
        }
    }
}
