//! The channels of `pacq_mul`: the fields of its ports.

use super::params::{Flow, Params, Product};
use crate::channel::{Interface, Pace, Ports, Timing};
use hdl::Bundle;

impl Ports for Params {
    fn interface(&self) -> Interface {
        let latency = self.stages;
        let timing = match self.flow {
            Flow::None => Timing::Fixed { latency },
            Flow::ReadyValid => Timing::ReadyValid { latency },
        };
        Interface::single(inputs(self).fields(), outputs(self).fields(), timing)
    }

    fn pace(&self) -> Option<Pace> {
        (self.flow == Flow::ReadyValid).then_some(Pace { interval: 1, capacity: self.stages })
    }
}

/// A beat of operands.
#[derive(Clone, Copy, Bundle)]
pub struct Inputs<T> {
    /// A, shared by all lanes.
    pub activation: T,
    /// One weight per lane as B + 2^(weight_bits - 1), lane 0 in the lowest bits.
    pub weights: T,
    /// 1: activation x multiplier; 0: activation x weights.
    pub fp_mode: Option<T>,
    /// The second float where fp_mode is 1.
    pub multiplier: Option<T>,
}

/// A beat of products.
#[derive(Clone, Copy, Bundle)]
pub enum Outputs<T> {
    /// Without a rounding.
    Exact {
        /// Biased, of the significands' bit fraction_bits, shared by all lanes.
        exponent: T,
        /// One bit per lane: sign of A xor B < 0.
        sign: T,
        /// One magnitude per lane, not normalised.
        significand: T,
        /// One bit per lane: the product is not a number.
        nan: T,
        /// One bit per lane: the product is infinite.
        infinite: T,
        /// activation x multiplier where fp_mode was 1.
        fp_product: Option<T>,
    },
    /// Rounded.
    Floats {
        /// One float per lane, lane 0 in the lowest bits.
        product: T,
        /// activation x multiplier where fp_mode was 1.
        fp_product: Option<T>,
    },
}

/// The widths of the inputs.
pub fn inputs(params: &Params) -> Inputs<u32> {
    Inputs {
        activation: params.format().width(),
        weights: params.lanes() * params.weight_bits,
        fp_mode: params.dual_mode.then_some(1),
        multiplier: params.dual_mode.then(|| params.format().width()),
    }
}

/// The widths of the outputs.
pub fn outputs(params: &Params) -> Outputs<u32> {
    let (format, lanes) = (params.format(), params.lanes());
    let fp_product = params.dual_mode.then(|| format.width());
    match params.product {
        Product::Exact => Outputs::Exact {
            exponent: format.exponent_bits,
            sign: lanes,
            significand: lanes * params.significand_bits(),
            nan: lanes,
            infinite: lanes,
            fp_product,
        },
        Product::Rounded | Product::Biased | Product::Literal => {
            Outputs::Floats { product: lanes * format.width(), fp_product }
        }
    }
}

impl Params {
    /// Width of a lane's unrounded significand: that of |B| <= 2^(weight_bits - 1) times that of A.
    pub fn significand_bits(&self) -> u32 {
        self.format().fraction_bits + self.weight_bits
    }
}
