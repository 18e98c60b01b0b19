//! The derivative of a neuron by its potential.

use super::Network;
use hdl::{Module, Signal};
use parts::arithmetic::negate::negated;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The derivative of a neuron by its potential u, with gamma = 2^gamma_bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Derivative {
    /// 1 where |u| is below gamma: that of a value that saturates there.
    Box,
    /// max(0, 1 - |u| / gamma): the surrogate of a spike, and the derivative of a smooth value that saturates at gamma / 2.
    Triangle,
}

impl Derivative {
    /// Its width.
    pub fn bits(self, gamma_bits: u32) -> u32 {
        match self {
            Derivative::Box => 1,
            Derivative::Triangle => gamma_bits + 1,
        }
    }
}

/// The derivative at a potential, in steps of 2^-`fraction_bits`.
pub fn derivative<'m>(m: &'m Module, network: &Network, potential: Signal<'m>) -> Signal<'m> {
    let gamma_bits = network.gamma_bits;
    let magnitude = negated(potential, potential.msb()).named("distance");
    let is_inside = (!magnitude.high(magnitude.width() - gamma_bits).any()).named("is_inside");
    match network.derivative {
        Derivative::Box => is_inside,
        Derivative::Triangle => {
            let gamma = m.lit(1 << gamma_bits, gamma_bits + 1);
            (gamma - magnitude.low(gamma_bits).zext(gamma_bits + 1)).gated(is_inside).named("derivative")
        }
    }
}
