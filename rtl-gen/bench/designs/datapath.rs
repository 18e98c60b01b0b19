//! The small datapath: `pacq_mul` with an accumulator behind each lane.

use super::{elaborate, multiplier};
use hdl::{Module, Netlist, Signal};

const FLOAT: u32 = 16;
const EXPONENT: u32 = 5;
const FRACTION: u32 = 10;
/// Holds the sum of 2^20 products of the largest magnitude.
const ACCUMULATOR: u32 = 64;

pub fn netlist() -> Netlist {
    elaborate(|design| {
        let multiplier = multiplier::configured(&[("product", "rounded"), ("stages", "2")]).build(design);
        design.module("datapath", &[], |m| {
            m.describe("Sums of the products of FP16 activations and INT4 weights, in fixed point.");
            let activation = m.input("activation", FLOAT, "FP16").delayed("activation_q");
            let weights = m.input("weights", 16, "four INT4 in offset binary").delayed("weights_q");
            let keep = m.input("chunk", 6, "0 begins new sums").ne(0).delayed("keep");
            let multiplier = m.instance("u_multiplier", multiplier);
            multiplier.set("activation", activation).set("weights", weights);
            for (lane, product) in multiplier.get("product").split_lsb(FLOAT).into_iter().enumerate() {
                let sum = m.reg(&format!("sum{lane}"), ACCUMULATOR).reset_to(0);
                sum.set(sum.value().gated(keep) + fixed_point(m, product));
                m.output(&format!("total{lane}"), sum.value(), "in units of the least subnormal");
            }
        })
    })
}

/// A float in units of the smallest subnormal; infinities and NaN count as 0.
fn fixed_point<'m>(m: &'m Module, float: Signal<'m>) -> Signal<'m> {
    let exponent = float.slice(EXPONENT + FRACTION - 1, FRACTION);
    let is_normal = exponent.any();
    let significand = m.concat(&[is_normal, float.low(FRACTION)]).gated(!exponent.all());
    let shift = exponent - is_normal.zext(EXPONENT);
    let magnitude = significand.zext(ACCUMULATOR) << shift;
    float.msb().mux(m.lit(0, ACCUMULATOR) - magnitude, magnitude)
}
