//! The channels of `pacq_mul`: the fields of its ports.

use super::params::{Flow, Params, Product};
use crate::channel::{Interface, Pace, Ports, Timing};
use hdl::Field;

impl Ports for Params {
    fn interface(&self) -> Interface {
        let latency = self.stages;
        let timing = match self.flow {
            Flow::None => Timing::Fixed { latency },
            Flow::ReadyValid => Timing::ReadyValid { latency },
        };
        Interface::single(inputs(self), outputs(self), timing)
    }

    fn pace(&self) -> Option<Pace> {
        (self.flow == Flow::ReadyValid).then_some(Pace { interval: 1, capacity: self.stages })
    }
}

fn inputs(params: &Params) -> Vec<Field> {
    let (lanes, w) = (params.lanes(), params.weight_bits);
    let mut fields = vec![
        Field::new("activation", params.format().width(), "A, shared by all lanes"),
        Field::new(
            "weights",
            lanes * w,
            "a weight a lane as B + 2^(weight_bits - 1), lane 0 in the lowest bits",
        ),
    ];
    if params.dual_mode {
        fields.push(Field::new("fp_mode", 1, "1: activation x multiplier; 0: activation x weights"));
        fields.push(Field::new("multiplier", params.format().width(), "the second float where fp_mode is 1"));
    }
    fields
}

fn outputs(params: &Params) -> Vec<Field> {
    let (format, lanes) = (params.format(), params.lanes());
    let mut fields = match params.product {
        Product::Exact => vec![
            Field::new(
                "exponent",
                format.exponent_bits,
                "biased, of the significands' bit fraction_bits, shared by all lanes",
            ),
            Field::new("sign", lanes, "a bit a lane: sign of A xor B < 0"),
            Field::new(
                "significand",
                lanes * params.significand_bits(),
                "a magnitude a lane, not normalised",
            ),
            Field::new("nan", lanes, "a bit a lane: the product is not a number"),
            Field::new("infinite", lanes, "a bit a lane: the product is infinite"),
        ],
        _ => vec![Field::new("product", lanes * format.width(), "a float a lane, lane 0 in the lowest bits")],
    };
    if params.dual_mode {
        fields.push(Field::new("fp_product", format.width(), "activation x multiplier where fp_mode was 1"));
    }
    fields
}

impl Params {
    /// Width of a lane's unrounded significand: that of |B| <= 2^(weight_bits - 1) times that of A.
    pub fn significand_bits(&self) -> u32 {
        self.format().fraction_bits + self.weight_bits
    }
}
