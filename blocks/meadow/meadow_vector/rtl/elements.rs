//! What is made of the elements, and its scaling: five stages.

use super::control::Work;
use super::operands::Operands;
use crate::common::flow::Flow;
use crate::meadow::meadow_requantize::MAGNITUDE_BITS;
use crate::meadow::meadow_requantize::scaling::{Magnitude, product, rounded};
use crate::meadow::meadow_vector::params::{ELEMENT_BITS, Op, Params};
use hdl::{Module, Signal};

/// What each stage of registers holds.
const STAGES: [&str; 5] = ["products", "sums", "magnitudes", "scaled", "results"];

/// A word of scaled elements.
pub struct Scaled<'m> {
    /// It is there.
    pub valid: Signal<'m>,
    /// Its elements.
    pub elements: Vec<Signal<'m>>,
    /// Last word of the row.
    pub last: Signal<'m>,
}

/// Scaled elements of the operands.
pub fn scaled<'m>(
    m: &'m Module,
    params: &Params,
    work: &Work<'m>,
    flow: Flow<'m>,
    operands: &Operands<'m>,
) -> Scaled<'m> {
    let maker = Maker::new(work, flow);
    let [a, b] = [operands.a, operands.b].map(|word| word.split_lsb(ELEMENT_BITS));
    let pairs = a.chunks(2).zip(b.chunks(2)).enumerate();
    let sums = pairs
        .map(|(pair, (x, y))| m.scope(&format!("pair{pair}"), || maker.sums([x[0], x[1]], [y[0], y[1]])));
    let sums: Vec<Signal> = sums.collect::<Vec<_>>().concat();
    let magnitudes = Magnitude::of_lanes(flow, &sums).into_iter().enumerate();
    let elements = magnitudes.map(|(lane, magnitude)| {
        m.scope(&format!("lane{lane}"), || {
            let product = product(flow, magnitude, work.job.scale.multiplier);
            rounded(flow, params.rounding, product, work.job.scale.shift, ELEMENT_BITS)
        })
    });
    Scaled {
        elements: elements.collect(),
        valid: flow.valid_through(&STAGES, operands.valid),
        last: flow.through(&STAGES, "last", operands.last),
    }
}

/// The operation of a job.
struct Maker<'m> {
    flow: Flow<'m>,
    is_sum: Signal<'m>,
    is_rotary: Signal<'m>,
    /// A product or a rotation.
    multiplies: Signal<'m>,
}

impl<'m> Maker<'m> {
    fn new(work: &Work<'m>, flow: Flow<'m>) -> Maker<'m> {
        let is = |op: Op| work.job.op.eq(op);
        let is_rotary = is(Op::Rotary).named("is_rotary");
        Maker {
            flow,
            is_sum: is(Op::Sum).named("is_sum"),
            is_rotary,
            multiplies: is(Op::Product) | is_rotary,
        }
    }

    /// Of a pair of elements of each operand, two stages later. A rotation needs four products, of which two are those of the pair.
    fn sums(&self, [x, y]: [Signal<'m>; 2], [c, s]: [Signal<'m>; 2]) -> [Signal<'m>; 2] {
        let Maker { flow, is_sum, is_rotary, multiplies } = *self;
        let product =
            |name: &str, a: Signal<'m>, b: Signal<'m>| flow.keep(name, a.mul_signed(b)).sext(MAGNITUDE_BITS);
        let sum = |name: &str, a: Signal<'m>, b: Signal<'m>| {
            let width = ELEMENT_BITS + 1;
            flow.keep(name, a.sext(width) + b.gated(is_sum).sext(width)).sext(MAGNITUDE_BITS)
        };
        let [xc, ys] = [product("xc", x, c), product("ys", y, s)];
        let [xs, yc] = [product("xs", x, s), product("yc", y, c)];
        let [xc_sum, ys_sum] = [sum("x_sum", x, c), sum("y_sum", y, s)];
        let even = multiplies.mux(xc, xc_sum) - ys.gated(is_rotary);
        let odd = is_rotary.mux(xs, multiplies.mux(ys, ys_sum)) + yc.gated(is_rotary);
        [flow.keep("even", even), flow.keep("odd", odd)]
    }
}
