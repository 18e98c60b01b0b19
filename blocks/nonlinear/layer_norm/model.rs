//! The golden model: a row of integers to normalised ones.

use super::params::{Norm, Params};
use super::tables::{GUARD_BITS, Interval, intervals};

/// The table and the widths of the model.
pub struct LayerNorm {
    params: Params,
    table: Vec<Interval>,
}

/// What is known of a row: the number of its elements, their sum (0 for RMSNorm), and the radicand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    length: i128,
    sum: i128,
    radicand: i128,
}

impl Row {
    /// The row of these elements.
    pub fn new(elements: &[i32], epsilon: u64, is_rms: bool) -> Row {
        let values = || elements.iter().copied().map(i128::from);
        let length = elements.len() as i128;
        let sum = if is_rms { 0 } else { values().sum() };
        let squares: i128 = values().map(|value| value * value).sum();
        Row { length, sum, radicand: length * squares - sum * sum + i128::from(epsilon) }
    }
}

/// An inverse root: `value` with `root_bits` fraction bits, of the radicand times 4^`places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Root {
    value: i128,
    places: u32,
}

impl LayerNorm {
    /// The model for the given parameters.
    pub fn new(params: &Params) -> LayerNorm {
        LayerNorm { params: params.clone(), table: intervals(params) }
    }

    /// Whether a row is normalised by its mean square; `is_chosen` says so where both are possible.
    pub fn is_rms(&self, is_chosen: bool) -> bool {
        match self.params.norm {
            Norm::Layer => false,
            Norm::Rms => true,
            Norm::Both => is_chosen,
        }
    }

    /// The results of a row. Gains and biases are as many as the elements.
    pub fn results(&self, row: Row, elements: &[i32], gains: &[(i32, i32)]) -> Vec<i32> {
        let root = self.root(row.radicand);
        let result = |(element, (gain, bias)): (&i32, &(i32, i32))| {
            let numerator = row.length * i128::from(*element) - row.sum;
            self.scaled(self.normal(root, numerator), (*gain).into(), (*bias).into())
        };
        elements.iter().zip(gains).map(result).collect()
    }

    /// The inverse root of a radicand. That of 0 has no meaning: all numerators are then 0.
    fn root(&self, radicand: i128) -> Root {
        let params = &self.params;
        // An even number of places brings the leading 1 to one of the two upper bits.
        let zeros = params.radicand_bits() - 1 - radicand.max(1).ilog2();
        let places = zeros.div_ceil(2);
        let is_odd = zeros % 2 == 1;
        let below = (radicand.max(1) << zeros) - (1 << (params.radicand_bits() - 1));
        let fraction = cut(below, params.radicand_bits() - 1, params.mantissa_bits());
        let value = self.of_table(fraction, is_odd);
        Root {
            value: if params.is_refined() { self.refined(value, fraction, is_odd) } else { value },
            places,
        }
    }

    /// By the line of the table, of 1 and a fraction, or of twice that if `is_odd`.
    fn of_table(&self, fraction: i128, is_odd: bool) -> i128 {
        let params = &self.params;
        let (index_bits, between_bits) = (params.index_bits() - 1, params.between_bits());
        let seen = fraction >> (params.mantissa_bits() - index_bits - between_bits);
        let (index, between) = (seen >> between_bits, seen & ((1 << between_bits) - 1));
        let Interval { base, slope } = self.table[(usize::from(is_odd) << index_bits) + index as usize];
        let below = (i128::from(slope) * between) >> between_bits;
        rounded(i128::from(base) - below, GUARD_BITS)
    }

    /// A step of Newton's method for the inverse root v of m: v - v (m v^2 - 1) / 2. The error of the square is rounded up and
    /// the result down, so that it is less than 1.
    fn refined(&self, value: i128, fraction: i128, is_odd: bool) -> i128 {
        let params = &self.params;
        let (bits, mantissa_bits) = (params.table_bits(), params.mantissa_bits());
        let mantissa = ((1 << mantissa_bits) + fraction) << u32::from(is_odd);
        let square = cut(value * value, 2 * bits, params.square_of_root_bits());
        let error = ((mantissa * square) >> params.square_of_root_bits()) + 2 - (1 << mantissa_bits);
        let more = params.root_bits() - bits;
        (value << more) - ((value * error) >> (mantissa_bits + 1 - more)) - 1
    }

    /// A numerator times the inverse root, with `fraction_bits` fraction bits.
    fn normal(&self, root: Root, numerator: i128) -> i128 {
        let params = &self.params;
        let kept = params.shifted_fraction_bits();
        let shifted = (numerator << root.places) >> (params.half_bits() - kept);
        rounded(shifted * root.value, kept + params.root_bits() - params.fraction_bits())
    }

    /// A normalised element times a gain, plus a bias, rounded and saturated.
    fn scaled(&self, normal: i128, gain: i128, bias: i128) -> i32 {
        let params = &self.params;
        let scaled = gain * normal + (bias << params.fraction_bits());
        let greatest = (1 << (params.output_bits - 1)) - 1;
        rounded(scaled, params.rounded_bits()).clamp(-greatest - 1, greatest) as i32
    }
}

/// The upper `kept` of `bits` bits, with zeros below if there are fewer.
fn cut(value: i128, bits: u32, kept: u32) -> i128 {
    if bits >= kept { value >> (bits - kept) } else { value << (kept - bits) }
}

/// Divided by 2^`places`, rounded to nearest, half a step up.
fn rounded(value: i128, places: u32) -> i128 {
    (value + (1 << (places - 1))) >> places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(params: &Params, elements: &[i32], epsilon: u64, gain: (i32, i32)) -> Vec<i32> {
        let model = LayerNorm::new(params);
        let row = Row::new(elements, epsilon, model.is_rms(false));
        model.results(row, elements, &vec![gain; elements.len()])
    }

    #[test]
    fn rows_have_the_results_of_the_definition() {
        let layer = Params::default();
        let rms = Params { norm: Norm::Rms, ..layer.clone() };
        // The gain 10 and the bias 3: mean 5, variance 16; mean square 41 = 6.403^2.
        let (elements, gain) = ([1, 9, 1, 9], (2560, 768));
        assert_eq!(results(&layer, &elements, 0, gain), [-7, 13, -7, 13]);
        assert_eq!(results(&rms, &elements, 0, gain), [5, 17, 5, 17]);
        // An epsilon of 48 by 4 squared brings the variance to 64.
        assert_eq!(results(&layer, &elements, 48 * 16, gain), [-2, 8, -2, 8]);
    }

    #[test]
    fn a_row_without_variance_becomes_its_bias_and_results_saturate() {
        assert_eq!(results(&Params::default(), &[77; 5], 0, (32767, 512)), [2; 5]);
        let zeros = Params { norm: Norm::Rms, ..Params::default() };
        assert_eq!(results(&zeros, &[0; 5], 0, (32767, -512)), [-2; 5]);
        assert_eq!(results(&Params::default(), &[-1, 1], 0, (32767, 0)), [-128, 127]);
    }
}
