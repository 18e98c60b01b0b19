//! From sums with their biases to results: three stages, for other blocks too.

use crate::common::flow::Flow;
use crate::meadow::meadow_requantize::params::Rounding;
use hdl::{Bundle, Signal};
use parts::arithmetic::negate::negated;
use parts::arithmetic::shift::right_with_sticky;

/// A sign with an absolute value.
#[derive(Clone, Copy, Bundle)]
pub struct Magnitude<T> {
    /// The sign.
    pub negative: T,
    /// The absolute value, unsigned.
    pub magnitude: T,
}

impl<'m> Magnitude<Signal<'m>> {
    /// Those of lanes, a stage later.
    pub fn of_lanes(flow: Flow<'m>, values: &[Signal<'m>]) -> Vec<Magnitude<Signal<'m>>> {
        let of_lane = |(lane, value): (usize, &Signal<'m>)| Magnitude {
            negative: flow.keep(&format!("negative{lane}"), value.msb()),
            magnitude: flow.keep(&format!("magnitude{lane}"), negated(*value, value.msb())),
        };
        values.iter().enumerate().map(of_lane).collect()
    }
}

/// The product with a multiplier, a stage later.
pub fn product<'m>(
    flow: Flow<'m>,
    Magnitude { negative, magnitude }: Magnitude<Signal<'m>>,
    multiplier: Signal<'m>,
) -> Magnitude<Signal<'m>> {
    Magnitude {
        negative: flow.keep("product_negative", negative),
        magnitude: flow.keep("product", magnitude * multiplier),
    }
}

/// The product shifted right, rounded and saturated to `bits` bits, a stage later.
pub fn rounded<'m>(
    flow: Flow<'m>,
    rounding: Rounding,
    Magnitude { negative, magnitude }: Magnitude<Signal<'m>>,
    shift: Signal<'m>,
    bits: u32,
) -> Signal<'m> {
    let m = flow.m;
    // The lowest bit of what is left is half a step.
    let (halves, rest) = right_with_sticky(m, m.concat(&[magnitude, m.zero(1)]), shift);
    let (whole, half) = (halves.high(magnitude.width()), halves.bit(0));
    let is_up = match rounding {
        Rounding::HalfAway => half,
        Rounding::HalfEven => half & (rest | whole.bit(0)),
    };
    let steps = (whole.low(bits).zext(bits + 1) + is_up.zext(bits + 1)).named("steps");
    let limit = m.concat(&[m.zero(1), negative, (!negative).repeat(bits - 1)]);
    let is_over = whole.high(whole.width() - bits).any() | steps.gt(limit);
    let magnitude = is_over.named("saturates").mux(limit, steps).low(bits);
    flow.keep("result", negated(magnitude, negative))
}
