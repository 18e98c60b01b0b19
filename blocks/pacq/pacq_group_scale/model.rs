//! The golden model: the sum of activations and its removal are exact; the scaled sum and each addition of groups are
//! rounded to FP32, and the result once more where it is FP16.

use super::params::Params;
use crate::block::Model;
use crate::common::exact::Exact;
use crate::common::float::FloatFormat;
use crate::pacq::pacq_dp::model::{activations, unpacked};
use crate::pacq::pacq_mul::Product;
use crate::pacq::sum::Sum;
use hdl::Bits;
use std::collections::VecDeque;

const FP16: FloatFormat = FloatFormat::FP16;
const FP32: FloatFormat = FloatFormat::FP32;

/// The exact sum of FP16 activations.
pub fn sum_of_activations(activations: &[u16]) -> Sum {
    activations.iter().map(|a| Sum::of_float(FP16, (*a).into())).fold(Sum::default(), Sum::plus)
}

/// What a zero point, as a code, has the sum of activations removed by: sums are of A x (q - 2^(weight_bits - 1)), or of
/// A x (q + 1024) where they are biased, and results of A x (q - zero).
pub fn constant(product: Product, weight_bits: u32, zero: u16) -> i128 {
    match product {
        Product::Biased => 1024 + i128::from(zero),
        _ => i128::from(zero) - (1 << (weight_bits - 1)),
    }
}

/// The sum less the constant times the sum of activations. A constant of 0 removes nothing, be it infinite.
pub fn removed(sum: Sum, of_activations: Sum, constant: i128) -> Sum {
    if constant == 0 {
        return sum;
    }
    let Sum { steps, positive_infinite, negative_infinite } = of_activations;
    let (positive_infinite, negative_infinite) = match constant < 0 {
        true => (positive_infinite, negative_infinite),
        false => (negative_infinite, positive_infinite),
    };
    sum.plus(Sum { steps: -constant * steps, positive_infinite, negative_infinite })
}

/// A group's share of a result, in FP32.
pub fn scaled(sum: Sum, scale: u16) -> u32 {
    (sum.exact() * Exact::decode(FP16, scale.into())).round(FP32)
}

/// The sum of two FP32 numbers.
pub fn added(a: u32, b: u32) -> u32 {
    (Exact::decode(FP32, a) + Exact::decode(FP32, b)).round(FP32)
}

/// An FP32 result in the format of results.
pub fn result(format: FloatFormat, result: u32) -> u32 {
    Exact::decode(FP32, result).round(format)
}

/// The model as the block's.
pub struct Golden {
    params: Params,
    /// The activations of the group so far.
    group: Vec<u16>,
    /// Groups whose sums have not come.
    of_activations: VecDeque<Sum>,
    /// Sums whose groups have not ended.
    waiting: VecDeque<Vec<Bits>>,
    /// An FP32 result a lane, on the way.
    results: Vec<u32>,
}

impl Golden {
    /// The model at its start.
    pub fn new(params: &Params) -> Golden {
        Golden {
            params: params.clone(),
            group: vec![],
            of_activations: VecDeque::new(),
            waiting: VecDeque::new(),
            results: vec![0; params.lanes() as usize],
        }
    }

    fn group(&mut self, of_activations: Sum, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let Params { group_n, weight_bits, product, .. } = self.params;
        let zeros = &beat[2];
        let scales = activations(&beat[1]);
        for (lane, sum) in unpacked(self.params.form(), &beat[0]).into_iter().enumerate() {
            let place = lane / group_n as usize;
            let low = place as u32 * weight_bits;
            let zero = zeros.slice(low + weight_bits - 1, low).to_u64() as u16;
            let sum = removed(sum, of_activations, constant(product, weight_bits, zero));
            self.results[lane] = added(self.results[lane], scaled(sum, scales[place]));
        }
        if !beat[3].is_zero() {
            emit(0, &[Some(floats(self.params.result.float(), &self.results))]);
            self.results.fill(0);
        }
    }
}

/// FP32 results side by side in the format of results.
pub fn floats(format: FloatFormat, results: &[u32]) -> Bits {
    let lanes =
        results.iter().rev().map(|lane| Bits::truncated(result(format, *lane).into(), format.width()));
    Bits::concat(&lanes.collect::<Vec<_>>())
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        match channel {
            0 => {
                self.group.extend(activations(&beat[0]));
                if !beat[1].is_zero() {
                    self.of_activations.push_back(sum_of_activations(&std::mem::take(&mut self.group)));
                }
            }
            _ => self.waiting.push_back(beat.to_vec()),
        }
        while !self.of_activations.is_empty() && !self.waiting.is_empty() {
            let (sum, beat) = (self.of_activations.pop_front(), self.waiting.pop_front());
            self.group(sum.expect("a group has ended"), &beat.expect("its sums are there"), emit);
        }
    }
}
