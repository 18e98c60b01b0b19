//! The golden model: the sum of activations and its removal are exact; the scaled sum and each addition of groups are
//! rounded to FP32, and the result once more to FP16 if that is its format.

use super::params::Params;
use crate::common::exact::Exact;
use crate::common::lanes::flag;
use crate::golden::Model;
use crate::golden::{GoldenModel, Reference};
use crate::pacq::pacq_dp::model::{activations, apart};
use crate::pacq::pacq_mul::Product;
use crate::pacq::sum::Sum;
use hdl::Bits;
use parts::float::FloatFormat;
use std::collections::VecDeque;

const FP16: FloatFormat = FloatFormat::FP16;
const FP32: FloatFormat = FloatFormat::FP32;

/// The exact sum of FP16 activations.
pub fn sum_of_activations(activations: &[u16]) -> Sum {
    activations.iter().map(|a| Sum::of_float(FP16, (*a).into())).fold(Sum::default(), Sum::plus)
}

/// The factor of the sum of activations that a zero point, given as a code, removes. Sums are of A x (q -
/// 2^(weight_bits - 1)), or of A x (q + 1024) if they are biased; results are of A x (q - zero).
pub fn constant(product: Product, weight_bits: u32, zero: u16) -> i128 {
    match product {
        Product::Biased => 1024 + i128::from(zero),
        _ => i128::from(zero) - (1 << (weight_bits - 1)),
    }
}

/// The sum minus the constant times the sum of activations. A constant of 0 removes nothing, even from an infinite sum
/// of activations.
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

/// The activations of a group.
pub struct OfActivations {
    /// Their exact sum.
    pub sum: Sum,
    /// How many they are.
    pub count: usize,
}

/// Pairs what the two channels deliver for a group.
#[derive(Default)]
pub struct Groups {
    /// The activations of the current group.
    activations: Vec<u16>,
    /// Groups whose sums have not arrived.
    of_activations: VecDeque<OfActivations>,
    /// Sums whose groups of activations have not ended.
    sums: VecDeque<Vec<Bits>>,
}

impl Groups {
    /// Takes a beat of a channel. Returns the group that it completes: its activations, and the beat of its sums.
    pub fn take(&mut self, channel: usize, beat: &[Bits]) -> Option<(OfActivations, Vec<Bits>)> {
        match channel {
            0 => {
                self.activations.extend(activations(&beat[0]));
                if !beat[1].is_zero() {
                    let group = std::mem::take(&mut self.activations);
                    let (sum, count) = (sum_of_activations(&group), group.len());
                    self.of_activations.push_back(OfActivations { sum, count });
                }
            }
            _ => self.sums.push_back(beat.to_vec()),
        }
        if self.sums.is_empty() {
            return None;
        }
        Some((self.of_activations.pop_front()?, self.sums.pop_front()?))
    }
}

/// The model as the block's.
pub struct Golden {
    params: Params,
    groups: Groups,
    /// The FP32 result of each lane so far.
    results: Vec<u32>,
    /// All sums so far are possible sums of products.
    is_specified: bool,
    /// A group of the results had more activations than it may.
    error: bool,
}

impl Golden {
    /// The model at its start.
    pub fn new(params: &Params) -> Golden {
        Golden {
            params: params.clone(),
            groups: Groups::default(),
            results: vec![0; params.lanes() as usize],
            is_specified: true,
            error: false,
        }
    }

    fn group(
        &mut self,
        of_activations: OfActivations,
        beat: &[Bits],
        emit: &mut dyn FnMut(usize, &[Option<Bits>]),
    ) {
        let Params { group_n, weight_bits, product, .. } = self.params;
        let zeros = &beat[2];
        let scales = activations(&beat[1]);
        let most = (self.params.max_beats() * self.params.terms) as usize;
        self.error |= of_activations.count > most;
        for (lane, sum) in unpacked(&self.params, &beat[0]).into_iter().enumerate() {
            let Some(sum) = sum else {
                self.is_specified = false;
                continue;
            };
            let place = lane / group_n as usize;
            let low = place as u32 * weight_bits;
            let zero = zeros.slice(low + weight_bits - 1, low).to_u64() as u16;
            let sum = removed(sum, of_activations.sum, constant(product, weight_bits, zero));
            self.results[lane] = added(self.results[lane], scaled(sum, scales[place]));
        }
        if !beat[3].is_zero() {
            let error = std::mem::take(&mut self.error);
            let is_specified = std::mem::replace(&mut self.is_specified, true) && !error;
            let results = is_specified.then(|| floats(self.params.result.float(), &self.results));
            emit(0, &[results, Some(flag(error))]);
            self.results.fill(0);
        }
    }
}

/// The sums of a beat; `None` if one cannot be a sum of the products of a group.
pub fn unpacked(params: &Params, sums: &Bits) -> Vec<Option<Sum>> {
    let limit = 1i128 << (params.sum_bits() - 1);
    let is_sum = |sum: &Sum| (-limit..limit).contains(&sum.steps);
    apart(params.form(), sums).map(|sum| Sum::unpacked(params.form(), &sum).filter(is_sum)).collect()
}

/// FP32 results side by side in the format of results.
pub fn floats(format: FloatFormat, results: &[u32]) -> Bits {
    let lanes =
        results.iter().rev().map(|lane| Bits::truncated(result(format, *lane).into(), format.width()));
    Bits::concat(&lanes.collect::<Vec<_>>())
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        if let Some((of_activations, beat)) = self.groups.take(channel, beat) {
            self.group(of_activations, &beat, emit);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}
