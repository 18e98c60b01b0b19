//! The part without a memory: from sums, the sums of their activations and addends, to results.
//!
//! ```text
//! sums -----------------------------+
//! zeros --> constant --+            v
//! activation_sum ------+--> x --> removed --> [removed] --> x, round --> [scaled] --> + --> [results]
//! scales -----------------------------------------------------^                       ^
//! addends ----------------------------------------------------------------------------+
//! ```

use super::params::{Params, ScaledSums};
use crate::pacq::held_beat::HeldBeat;
use crate::pacq::pacq_mul::Product;
use crate::pacq::results::Results;
use crate::pacq::sum::{FIXED_EXPONENT, FixedSum};
use crate::parameters::Parameters;
use crate::top::module;
use hdl::{Bundle, Design, Module, ModuleRef, Shape, Signal, bit_length};
use parts::arithmetic::negate::negated;
use parts::float::FloatFormat;
use parts::float::fields::unpack;
use parts::float::scaled::Scaled;
use parts::float::sum::float_sum;
use parts::storage::held::{held, held_flag};

const FP16: FloatFormat = FloatFormat::FP16;
const FP32: FloatFormat = FloatFormat::FP32;

/// What the unit takes.
#[derive(Clone, Copy, Bundle)]
pub struct UnitInput<T> {
    /// The sums of a group with their scales.
    #[bundle(flatten)]
    pub scaled: ScaledSums<T>,
    /// Of the group, in steps of 2^-24 with its flags.
    pub activation_sum: T,
    /// An FP32 number a lane: the groups before.
    pub addends: T,
}

impl Params {
    /// A beat into the unit.
    pub fn unit_input(&self) -> UnitInput<u32> {
        UnitInput {
            scaled: self.scaled(),
            activation_sum: self.activation_form().width(),
            addends: self.lanes() * 32,
        }
    }

    /// A beat out of the unit.
    pub fn unit_output(&self) -> Results<Shape> {
        let results = Shape::bits(self.lanes() * 32).meaning_of("an FP32 number a lane");
        Results { results, error: None }
    }

    /// Adds the unit to a design.
    pub fn unit(&self, design: &Design) -> ModuleRef {
        // What follows the results is not part of the unit, so it must not depend on those parameters.
        let params = Params {
            result: Params::default().result,
            terms: Params::default().terms,
            skid: false,
            ..self.clone()
        };
        module(design, "pacq_scale_unit", &params.name_parts(), |m| {
            m.describe("Removes bias and zero points from sums of a group, scales them and adds them to the groups before.");
            m.describe(&format!(
                "A beat takes {} cycles; results follow {} cycles after it.",
                params.cycles(),
                params.cycles() + 2
            ));
            m.parameter("weight_bits", params.weight_bits);
            m.parameter("group_n", params.group_n);
            m.parameter("units", params.units);
            unit(m, &params);
        })
    }
}

fn unit<'m>(m: &'m Module, params: &Params) {
    let (input, output) =
        (m.input_stream("in", &params.unit_input()), m.output_stream("out", &params.unit_output()));
    let is_done = m.reg("results_valid", 1).reset_to(0);
    let advance = (!is_done.value() | output.ready()).named("advance");
    let beat = HeldBeat::new(m, "beat", &input, params.cycles(), advance);
    let kept = |name: &str, value: Signal<'m>| held(m, name, value, advance);
    let flag = |name: &str, value: Signal<'m>| held_flag(m, name, value, advance);

    let UnitInput { scaled: ScaledSums { sums, scales, zeros }, activation_sum, addends } = input.payload;
    let sums = beat.group(beat.hold("sums", sums)).split_lsb(params.form().width());
    let shared = |name: &str, items: Signal<'m>, width: u32| {
        beat.shared(beat.hold(name, items), width, params.group_n).split_lsb(width)
    };
    let (scales, zeros) = (shared("scales", scales, 16), shared("zeros", zeros, params.weight_bits));
    let addends = beat.group(beat.hold("addends", addends)).split_lsb(32);
    let of_activations = beat.hold("activation_sum", activation_sum);
    let activation_bits = of_activations.width() - 2;
    let of_activations = FixedSum::unpacked(m, params.activation_form(), of_activations, activation_bits);

    let mut results = vec![];
    for unit in 0..params.units as usize {
        let next = m.scope(&format!("unit{unit}"), || {
            let sum = FixedSum::unpacked(m, params.form(), sums[unit], params.sum_bits());
            let removed = removed(params, sum, of_activations, constant(m, params, zeros[unit]));
            let removed = FixedSum {
                steps: kept("removed", removed.steps),
                positive_infinite: kept("removed_positive", removed.positive_infinite),
                negative_infinite: kept("removed_negative", removed.negative_infinite),
            };
            let scaled = scaled(m, removed, kept("scale", scales[unit])).round(m, FP32, NEVER_SUBNORMAL);
            let addend = kept("addend_q", kept("addend", addends[unit]));
            float_sum(m, FP32, addend, kept("scaled", scaled)).named("next")
        });
        results.push(next);
    }
    let group = |name: &str, value: Option<Signal<'m>>| value.map(|value| kept(name, value));
    let group = group("scaled_group", group("removed_group", beat.group));
    let is_there = flag("scaled_valid", flag("removed_valid", beat.valid));
    let ends = flag("scaled_ends", flag("removed_ends", beat.is_last_group));
    is_done.enable(advance).set(is_there & ends);
    let lanes: Vec<Signal> = (0..params.lanes())
        .map(|lane| {
            let is_own = group.map_or_else(|| m.ones(1), |group| group.eq(u64::from(lane / params.units)));
            let next = results[(lane % params.units) as usize];
            held(m, &format!("result{lane}"), next, advance & is_there & is_own)
        })
        .collect();
    output.set_valid(is_done.value());
    output.set_payload(Results { results: m.concat_lsb(&lanes), error: None });
}

/// The exponents of sums and scales are such that no product is subnormal in FP32.
const NEVER_SUBNORMAL: i64 = i64::MAX;

/// The factor by which the sum of activations is subtracted, in two's complement.
fn constant<'m>(m: &'m Module, params: &Params, zero: Signal<'m>) -> Signal<'m> {
    match params.product {
        Product::Biased => {
            let above = params.constant_bits() - FP16.fraction_bits;
            m.concat(&[m.lit(1, above), zero.zext(FP16.fraction_bits)]).named("constant")
        }
        // The code minus half of its range: in two's complement, the top bit is inverted.
        _ => (zero ^ m.lit(1 << (zero.width() - 1), zero.width())).named("constant"),
    }
}

fn removed<'m>(
    params: &Params,
    sum: FixedSum<Signal<'m>>,
    of_activations: FixedSum<Signal<'m>>,
    constant: Signal<'m>,
) -> FixedSum<Signal<'m>> {
    let product = of_activations.steps.mul_signed(constant).named("to_remove");
    let width = product.width().max(params.sum_bits()) + 1;
    let (is_negative, is_positive) = (constant.msb(), constant.any() & !constant.msb());
    let turned = |same: Signal<'m>, other: Signal<'m>| (same & is_negative) | (other & is_positive);
    let FixedSum { positive_infinite, negative_infinite, .. } = of_activations;
    FixedSum {
        steps: (sum.steps.sext(width) - product.sext(width)).named("without_zero"),
        positive_infinite: sum.positive_infinite | turned(positive_infinite, negative_infinite),
        negative_infinite: sum.negative_infinite | turned(negative_infinite, positive_infinite),
    }
}

/// The sum times the scale, before its rounding.
fn scaled<'m>(m: &'m Module, sum: FixedSum<Signal<'m>>, scale: Signal<'m>) -> Scaled<Signal<'m>> {
    let scale = m.scope("scale", || unpack(m, FP16, scale));
    let infinite = (sum.positive_infinite | sum.negative_infinite).named("sum_infinite");
    let (sign, width) = (sum.steps.msb(), sum.steps.width());
    let absolute = negated(sum.steps, sign).named("absolute");
    let is_invalid = (infinite & !scale.significand.any()) | (scale.infinite & !infinite & !absolute.any());
    // The exponent of the product's most significant bit, for a scale with exponent field 0.
    let top = i64::from(width + FP16.significand_bits()) - 1 + i64::from(FIXED_EXPONENT + FP32.bias())
        - i64::from(FP16.bias())
        - i64::from(FP16.fraction_bits);
    let bits = bit_length(top as u128 + 31) + 1;
    Scaled {
        sign: infinite.mux(sum.negative_infinite, sign) ^ scale.sign,
        magnitude: (absolute * scale.significand).named("product"),
        exponent: (scale.exponent.zext(bits) + top as u64).named("field"),
        nan: (sum.positive_infinite & sum.negative_infinite) | scale.nan | is_invalid,
        infinite: infinite | scale.infinite,
    }
}
