//! From the sum of a neuron to its delta.

use super::derivative::Derivative;
use super::network::Network;
use crate::common::flow::Flow;
use crate::meadow::meadow_requantize::Rounding;
use crate::meadow::meadow_requantize::scaling::{Magnitude, product, rounded};
use hdl::{Module, Signal};

/// The stages of registers of a delta.
pub fn stages(network: &Network) -> &'static [&'static str] {
    match network.derivative {
        Derivative::Box => &["magnitude", "delta"],
        Derivative::Triangle => &["magnitude", "product", "delta"],
    }
}

/// The derivative of an output, whose delta is its error.
pub fn one<'m>(m: &'m Module, network: &Network) -> Signal<'m> {
    let fraction_bits = network.fraction_bits();
    m.lit(1 << fraction_bits, fraction_bits + 1)
}

/// A sum times a derivative, shifted right by `shift`, rounded to nearest and saturated: [`stages`] later.
pub fn delta<'m>(
    flow: Flow<'m>,
    network: &Network,
    sum: Signal<'m>,
    derivative: Signal<'m>,
    shift: Signal<'m>,
) -> Signal<'m> {
    let sum = sum.sext(sum.width().max(network.delta_bits + 1));
    let (scaled, shift) = match network.derivative {
        Derivative::Box => (Magnitude::of_lanes(flow, &[sum.gated(derivative)])[0], shift),
        Derivative::Triangle => {
            let magnitude = Magnitude::of_lanes(flow, &[sum])[0];
            let wide = shift.zext(shift.width() + 1);
            (product(flow, magnitude, flow.keep("factor", derivative)), wide + network.gamma_bits)
        }
    };
    rounded(flow, Rounding::HalfAway, scaled, shift, network.delta_bits)
}
