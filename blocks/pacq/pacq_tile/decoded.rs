//! Results of whole matrices, fast: each row and each column of words is decoded once, and exact sums are added in 64
//! bits. The results are those of [`product`], the plain formulation; tests compare them bit by bit.

use super::model::product;
use super::params::Params;
use crate::pacq::pacq_dp::model::{rounded_product, rounded_sum};
use crate::pacq::pacq_group_scale::model::{added, constant, removed, scaled, sum_of_activations};
use crate::pacq::pacq_mul::model::decode_weight;
use crate::pacq::sum::{Accumulate, Sum};
use crate::pacq::tile::golden::{Group, Scale};
use parts::float::FloatFormat;
use std::ops::Range;

/// A row of activations.
pub struct Row {
    activations: Vec<u16>,
    groups: Vec<RowGroup>,
}

struct RowGroup {
    range: Range<usize>,
    /// The sum of the activations.
    sum: Sum,
    terms: Terms,
}

/// What a group of activations adds to sums.
enum Terms {
    /// Activations in steps of 2^-24, to be multiplied by weights: less than 2^40 of them each, so that 2^20 products by
    /// weights of 4 bits are below 2^63 (an FP16 number has 11 bits: its magnitude is at most 2047 x 2^29).
    Steps(Vec<i64>),
    /// For each activation its products with each code, in the format that sums are kept in.
    Products(FloatFormat, Vec<u32>),
    /// One of them is infinite or not a number: the plain formulation is used.
    Plain,
}

/// The longest group whose exact sums fit in 64 bits.
const LONGEST: usize = 1 << 20;

impl Row {
    /// A row of groups that end where `ends` says.
    pub fn new(params: &Params, activations: Vec<u16>, ends: &[usize]) -> Row {
        let group = |range: Range<usize>| {
            let own = &activations[range.clone()];
            RowGroup { range, sum: sum_of_activations(own), terms: Terms::new(params, own) }
        };
        let groups = ranges(ends).map(group).collect();
        Row { activations, groups }
    }
}

impl Terms {
    fn new(params: &Params, activations: &[u16]) -> Terms {
        match params.accumulate {
            Accumulate::Exact => Terms::steps(activations).unwrap_or(Terms::Plain),
            Accumulate::Fp16 => Terms::products(params, FloatFormat::FP16, activations),
            Accumulate::Fp32 => Terms::products(params, FloatFormat::FP32, activations),
        }
    }

    fn steps(activations: &[u16]) -> Option<Terms> {
        let steps = |activation: &u16| {
            let sum = Sum::of_float(FloatFormat::FP16, (*activation).into());
            let is_finite = !sum.positive_infinite && !sum.negative_infinite;
            is_finite.then(|| i64::try_from(sum.steps).expect("an FP16 number has less than 2^40 steps"))
        };
        let steps: Vec<i64> = activations.iter().map(steps).collect::<Option<_>>()?;
        (steps.len() <= LONGEST).then_some(Terms::Steps(steps))
    }

    fn products(params: &Params, format: FloatFormat, activations: &[u16]) -> Terms {
        let dot = params.dot_product();
        let of_code = |activation, code| rounded_product(&dot, format, activation, code);
        let of_activation = |activation: &u16| {
            let activation = *activation;
            (0..1 << params.weight_bits).map(move |code| of_code(activation, code))
        };
        Terms::Products(format, activations.iter().flat_map(of_activation).collect())
    }
}

/// A column of words.
pub struct Column {
    words: Vec<u16>,
    /// For each lane its codes.
    codes: Vec<Vec<u16>>,
    /// For each lane its weights.
    weights: Vec<Vec<i64>>,
    /// The scales of each group.
    scales: Vec<Scale>,
}

impl Column {
    /// A column of words with the scales of its groups.
    pub fn new(params: &Params, words: Vec<u16>, scales: Vec<Scale>) -> Column {
        let w = params.weight_bits;
        let lanes = 0..params.shape().lanes();
        let codes = |lane| words.iter().map(|word| word >> (lane * w) & ((1 << w) - 1)).collect();
        let codes: Vec<Vec<u16>> = lanes.map(codes).collect();
        let weights = |codes: &Vec<u16>| codes.iter().map(|code| decode_weight(w, *code).into()).collect();
        Column { weights: codes.iter().map(weights).collect(), words, codes, scales }
    }
}

/// The lanes of a row and a column of words, in FP32: groups are added up in their order.
pub fn results(params: &Params, row: &Row, column: &Column) -> Vec<u32> {
    if row.groups.iter().any(|group| matches!(group.terms, Terms::Plain)) {
        return plain(params, row, column);
    }
    (0..column.weights.len()).map(|lane| result(params, row, column, lane)).collect()
}

/// The same in the plain formulation.
fn plain(params: &Params, row: &Row, column: &Column) -> Vec<u32> {
    let mut groups = vec![];
    for (RowGroup { range, .. }, scale) in row.groups.iter().zip(&column.scales) {
        let (activations, words) = (&row.activations[range.clone()], &column.words[range.clone()]);
        groups.push(Group { activations, words, scale });
    }
    product(params, &groups)
}

fn result(params: &Params, row: &Row, column: &Column, lane: usize) -> u32 {
    let place = lane / params.group_n as usize;
    let mut result = 0;
    for (group, scale) in row.groups.iter().zip(&column.scales) {
        let sum = match &group.terms {
            Terms::Steps(steps) => {
                let pairs = steps.iter().zip(&column.weights[lane][group.range.clone()]);
                Sum { steps: pairs.map(|(a, weight)| a * weight).sum::<i64>().into(), ..Sum::default() }
            }
            Terms::Products(format, products) => {
                let codes = &column.codes[lane][group.range.clone()];
                Sum::of_float(*format, rounded(params, *format, products, codes))
            }
            Terms::Plain => unreachable!("such rows are done plainly"),
        };
        let constant = constant(params.product, params.weight_bits, scale.zeros[place]);
        result = added(result, scaled(removed(sum, group.sum, constant), scale.scales[place]));
    }
    result
}

/// The most terms of a step.
const MOST_TERMS: usize = 16;

/// The rounded sum of products: a tree for each step, and the steps in order.
fn rounded(params: &Params, format: FloatFormat, products: &[u32], codes: &[u16]) -> u32 {
    let of_code = 1 << params.weight_bits;
    let terms = params.terms as usize;
    let mut sum = format.zero(false);
    for (products, codes) in products.chunks(terms * of_code).zip(codes.chunks(terms)) {
        let mut level = [0; MOST_TERMS];
        for ((term, products), code) in level.iter_mut().zip(products.chunks(of_code)).zip(codes) {
            *term = products[usize::from(*code)];
        }
        let mut count = codes.len();
        while count > 1 {
            for pair in 0..count / 2 {
                level[pair] = float_sum(format, level[2 * pair], level[2 * pair + 1]);
            }
            if count % 2 == 1 {
                level[count / 2] = level[count - 1];
            }
            count = count.div_ceil(2);
        }
        sum = float_sum(format, sum, level[0]);
    }
    sum
}

/// The processor's FP32 addition follows IEEE 754, except for the NaN that it returns.
fn float_sum(format: FloatFormat, a: u32, b: u32) -> u32 {
    if format != FloatFormat::FP32 {
        return rounded_sum(format, a, b);
    }
    let sum = f32::from_bits(a) + f32::from_bits(b);
    if sum.is_nan() { format.canonical_nan() } else { sum.to_bits() }
}

/// The ranges between successive ends.
fn ranges(ends: &[usize]) -> impl Iterator<Item = Range<usize>> {
    let starts = [0].into_iter().chain(ends.iter().copied());
    starts.zip(ends).map(|(start, end)| start..*end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::float_stimulus::corner_weighted;
    use crate::pacq::pacq_mul::Product;
    use fastrand::Rng;

    /// Activations: of one size, any finite ones, or any at all.
    fn activation(rng: &mut Rng, kind: u8) -> u16 {
        let any = corner_weighted(FloatFormat::FP16, rng) as u16;
        match kind {
            0 => 0x3c00 | any & 0x83ff,
            1 if any & 0x7c00 == 0x7c00 => any & 0xbfff,
            _ => any,
        }
    }

    fn is_the_plain_product(params: &Params, rng: &mut Rng) {
        let ends: Vec<usize> = match rng.u8(..3) {
            0 => vec![16],
            1 => vec![32, 64, 80],
            _ => vec![128, 256],
        };
        let depth = *ends.last().expect("there is a group");
        let kind = rng.u8(..3);
        let activations: Vec<u16> = (0..depth).map(|_| activation(rng, kind)).collect();
        let words: Vec<u16> = (0..depth).map(|_| rng.u16(..)).collect();
        let places = params.shape().scales() as usize;
        let mut scale = |_: &usize| Scale {
            scales: (0..places).map(|_| activation(rng, kind)).collect(),
            zeros: (0..places).map(|_| rng.u16(..1 << params.weight_bits)).collect(),
        };
        let scales: Vec<Scale> = ends.iter().map(&mut scale).collect();
        let row = Row::new(params, activations, &ends);
        let column = Column::new(params, words, scales);
        assert_eq!(results(params, &row, &column), plain(params, &row, &column), "{params:?}");
    }

    #[test]
    fn results_are_those_of_the_plain_formulation() {
        let mut rng = Rng::with_seed(1);
        let kinds = [
            (Product::Exact, Accumulate::Exact),
            (Product::Exact, Accumulate::Fp32),
            (Product::Rounded, Accumulate::Fp32),
            (Product::Biased, Accumulate::Fp32),
            (Product::Rounded, Accumulate::Fp16),
            (Product::Biased, Accumulate::Fp16),
        ];
        for (product, accumulate) in kinds {
            for (weight_bits, group_n, terms) in [(2, 1, 4), (2, 4, 16), (4, 1, 8), (4, 4, 4)] {
                let params = Params { product, accumulate, weight_bits, group_n, terms, ..Params::default() };
                (0..100).for_each(|_| is_the_plain_product(&params, &mut rng));
            }
        }
    }

    /// The longest group of the largest activations and weights, whose sum is just below 2^63 steps.
    #[test]
    fn the_greatest_sums_fit() {
        let params = Params { max_group: LONGEST as u32, ..Params::default() };
        let scale = Scale { scales: vec![0x3c00; 4], zeros: vec![8; 4] };
        for activation in [0x7bff, 0xfbff] {
            let row = Row::new(&params, vec![activation; LONGEST], &[LONGEST]);
            let column = Column::new(&params, vec![0; LONGEST], vec![scale.clone()]);
            assert!(matches!(row.groups[0].terms, Terms::Steps(_)));
            let sum = -8.0 * LONGEST as f32 * if activation == 0x7bff { 65504.0 } else { -65504.0 };
            assert_eq!(results(&params, &row, &column), [sum.to_bits(); 4]);
        }
    }
}
