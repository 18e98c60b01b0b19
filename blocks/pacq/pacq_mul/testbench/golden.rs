//! The golden model of a whole word: the model of a lane, lane by lane.

use super::super::model;
use super::super::params::{Params, Product};
use crate::block::Model;
use hdl::Bits;

/// Answers an input beat with an output beat.
pub struct Golden {
    params: Params,
}

impl Golden {
    /// The model for the given parameters.
    pub fn new(params: &Params) -> Golden {
        Golden { params: params.clone() }
    }

    fn lane_fields(&self, activation: u16, weights: &Bits) -> Vec<Option<Bits>> {
        let w = self.params.weight_bits;
        let codes =
            (0..self.params.lanes()).map(|lane| weights.slice((lane + 1) * w - 1, lane * w).to_u64() as u16);
        match self.params.product {
            Product::Exact => self.exact_fields(activation, codes),
            _ => {
                let width = self.params.format().width();
                let mut product = Bits::zero(self.params.lanes() * width);
                for (lane, code) in codes.enumerate() {
                    let value = Bits::truncated(self.lane(activation, code) as u128, width);
                    product.insert(lane as u32 * width, &value);
                }
                vec![Some(product)]
            }
        }
    }

    fn lane(&self, activation: u16, code: u16) -> u16 {
        let (format, w) = (self.params.format(), self.params.weight_bits);
        match self.params.product {
            Product::Rounded => model::rounded(format, w, activation, code),
            Product::Biased => model::biased(format, w, activation, code),
            Product::Literal => model::literal(w, activation, code),
            Product::Exact => unreachable!("exact products have fields of their own"),
        }
    }

    fn exact_fields(&self, activation: u16, codes: impl Iterator<Item = u16>) -> Vec<Option<Bits>> {
        let (format, lanes, width) =
            (self.params.format(), self.params.lanes(), self.params.significand_bits());
        let mut exponent = Bits::zero(format.exponent_bits);
        let mut significand = Bits::zero(lanes * width);
        let (mut sign, mut nan, mut infinite) = (Bits::zero(lanes), Bits::zero(lanes), Bits::zero(lanes));
        for (lane, code) in codes.enumerate() {
            let product = model::exact(format, self.params.weight_bits, activation, code);
            let lane = lane as u32;
            exponent = Bits::truncated(product.exponent as u128, format.exponent_bits);
            significand.insert(lane * width, &Bits::truncated(product.significand as u128, width));
            sign.set_bit(lane, product.sign);
            nan.set_bit(lane, product.nan);
            infinite.set_bit(lane, product.infinite);
        }
        [exponent, sign, significand, nan, infinite].map(Some).into()
    }
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let activation = beat[0].to_u64() as u16;
        let mut fields = self.lane_fields(activation, &beat[1]);
        if let [_, _, mode, multiplier] = beat {
            let is_float = !mode.is_zero();
            if is_float {
                fields.fill(None);
            }
            let product = model::float_product(self.params.format(), activation, multiplier.to_u64() as u16);
            fields.push(is_float.then(|| Bits::truncated(product as u128, self.params.format().width())));
        }
        emit(0, &fields);
    }
}
