//! The golden model of a whole word: the model of a lane, lane by lane.

use super::model;
use super::params::{Params, Product};
use crate::channel::Ports;
use crate::golden::PureModel;
use crate::golden::{GoldenModel, Reference};
use crate::limbs::{extract, insert};
use hdl::limbs_for;

/// Answers a word with its products.
pub struct Golden {
    params: Params,
    /// Where the limbs of each output field begin, and where all of them end.
    starts: Vec<usize>,
}

impl Golden {
    /// The model for the given parameters.
    pub fn new(params: &Params) -> Golden {
        let mut starts = vec![0];
        for field in &params.interface().outputs[0].fields {
            starts.push(starts[starts.len() - 1] + limbs_for(field.width));
        }
        Golden { params: params.clone(), starts }
    }

    fn field<'a>(&self, index: usize, limbs: &'a mut [u64]) -> &'a mut [u64] {
        &mut limbs[self.starts[index]..self.starts[index + 1]]
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

    /// `exponent`, `sign`, `significand`, `nan` and `infinite` of a lane.
    fn exact_lane(&self, lane: u32, activation: u16, code: u16, answer: &mut [u64]) {
        let product = model::exact(self.params.format(), self.params.weight_bits, activation, code);
        self.field(0, answer)[0] = product.exponent.into();
        insert(self.field(1, answer), lane, 1, product.sign.into());
        let width = self.params.significand_bits();
        insert(self.field(2, answer), lane * width, width, product.significand.into());
        insert(self.field(3, answer), lane, 1, product.nan.into());
        insert(self.field(4, answer), lane, 1, product.infinite.into());
    }

    fn word(&self, activation: u16, weights: &[u64], answer: &mut [u64]) {
        let (w, width) = (self.params.weight_bits, self.params.format().width());
        for lane in 0..self.params.lanes() {
            let code = extract(weights, lane * w, w) as u16;
            match self.params.product {
                Product::Exact => self.exact_lane(lane, activation, code, answer),
                _ => insert(self.field(0, answer), lane * width, width, self.lane(activation, code).into()),
            }
        }
    }
}

impl PureModel for Golden {
    fn answer(&self, beat: &[u64], answer: &mut [u64], specified: &mut [u64]) {
        let activation = beat[0] as u16;
        let weights = limbs_for(self.params.lanes() * self.params.weight_bits);
        if !self.params.dual_mode {
            return self.word(activation, &beat[1..], answer);
        }
        // In each mode, the fields of the other one are unspecified.
        let (weights, rest) = beat[1..].split_at(weights);
        let last = answer.len() - 1;
        if rest[0] == 0 {
            self.word(activation, weights, answer);
            specified[last] = 0;
        } else {
            answer[last] = model::float_product(self.params.format(), activation, rest[1] as u16).into();
            specified[..last].fill(0);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::pure(Golden::new(self))
    }
}
