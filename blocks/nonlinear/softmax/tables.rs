//! The tables, in exact arithmetic, so that they are the same on every machine.

use super::params::{GREATEST_WHOLE, Params, STEP_BITS};
use num_bigint::BigUint;

/// Powers of two of each step: 2^(i/32), rounded, with `power_bits` fraction bits. If the logarithm of that or of a
/// greater sum would be below i/32, the next larger number without this problem: then no score is above the logarithm
/// of its row.
pub fn powers(params: &Params) -> Vec<u64> {
    let logarithm = Logarithm::new(params);
    let (bits, log_bits, steps) = (params.power_bits(), params.log_bits(), 1 << STEP_BITS);
    // 2^(i/32) = 2 * 2^(-(32 - i)/32).
    let rounded = |step: u64| power(steps - step, STEP_BITS, bits + 1);
    // The logarithm uses this many bits of a sum.
    let seen = |sum: u64| sum << (params.sum_fraction_bits() - log_bits);
    let is_too_little = |sum: u64, step: u64| logarithm.of(seen(sum)) < step << (log_bits - STEP_BITS);
    let enough = |step: u64| {
        let greatest = (1 << log_bits..2 << log_bits).rfind(|sum| is_too_little(*sum, step));
        greatest.map_or(0, |sum| seen(sum + 1).div_ceil(1 << GREATEST_WHOLE))
    };
    (0..steps).map(|step| rounded(step).max(enough(step))).collect()
}

/// 1 - f/2 minus 2^-f in the middle of each interval of f, with `result_bits` fraction bits. The first is large enough
/// that no result is rounded to 1.
pub fn power_corrections(params: &Params) -> Vec<u64> {
    let (index, bits) = (params.index_bits(), params.result_bits());
    let correction = |interval: u64| {
        let middle = 2 * interval + 1;
        (1 << bits) - (middle << (bits - index - 2)) - power(middle, index + 1, bits)
    };
    let half = 1 << (bits - params.output_bits - 1);
    let mut corrections: Vec<u64> = (0..1 << index).map(correction).collect();
    corrections[0] = corrections[0].max(half + 1);
    corrections
}

/// log2(1 + m) minus m in the middle of each interval of m, with `log_bits` fraction bits, plus half a place for the
/// bits cut off m.
pub fn log_corrections(params: &Params) -> Vec<u64> {
    let (index, bits) = (params.index_bits(), params.log_bits());
    let correction = |interval: u64| {
        let middle = 2 * interval + 1;
        // 2^bits log2(1 + middle / 2^(index + 1)), rounded down.
        let whole = BigUint::from((1u64 << (index + 1)) + middle).pow(1 << bits).bits() - 1;
        let log = whole - u64::from(index + 1) * (1 << bits);
        log + 1 - (middle << (bits - index - 1))
    };
    (0..1 << index).map(correction).collect()
}

/// The logarithm to base 2 by the table of corrections.
pub struct Logarithm {
    sum_fraction_bits: u32,
    bits: u32,
    index_bits: u32,
    corrections: Vec<u64>,
}

impl Logarithm {
    /// The logarithm of a sum of powers.
    pub fn new(params: &Params) -> Logarithm {
        Logarithm {
            sum_fraction_bits: params.sum_fraction_bits(),
            bits: params.log_bits(),
            index_bits: params.index_bits(),
            corrections: log_corrections(params),
        }
    }

    /// The logarithm, with `log_bits` fraction bits, of a sum of 1 or more, with `sum_fraction_bits`.
    pub fn of(&self, sum: u64) -> u64 {
        let whole = sum.ilog2();
        let normal =
            u64::try_from((u128::from(sum) << self.bits) >> whole).expect("it is below 2^(bits + 1)");
        let mantissa = normal - (1 << self.bits);
        let correction = self.corrections[(mantissa >> (self.bits - self.index_bits)) as usize];
        (u64::from(whole - self.sum_fraction_bits) << self.bits) + mantissa + correction
    }
}

/// 2^(-n / 2^d) with `bits` fraction bits, rounded.
fn power(n: u64, d: u32, bits: u32) -> u64 {
    // The greatest v with (2v - 1)^(2^d) <= 2^((bits + 1) 2^d - n).
    let bound = BigUint::from(1u64) << ((u64::from(bits) + 1) * (1 << d) - n);
    let fits = |v: u64| BigUint::from(2 * v - 1).pow(1 << d) <= bound;
    let (mut low, mut high) = (1, (1u64 << bits) + 1);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if fits(middle) { low = middle } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_the_rounded_functions() {
        for output_bits in [8, 16] {
            let params = Params { output_bits, ..Params::default() };
            for (step, value) in (0..).zip(powers(&params)) {
                let exact = (step as f64 / 32.0).exp2() * f64::from(1 << params.power_bits());
                let error = value as f64 - exact;
                // Greater than the rounded one only if necessary.
                let is_least = error > 0.0 && is_too_little(&params, step, value - 1);
                assert!(error.abs() <= 0.5 + 1e-6 || is_least, "{step}: {value} {exact}");
            }
            let intervals = f64::from(1 << params.index_bits());
            for (interval, value) in power_corrections(&params).iter().enumerate() {
                let f = (interval as f64 + 0.5) / intervals;
                let exact = (1.0 - f / 2.0 - (-f).exp2()) * f64::from(1 << params.result_bits());
                let is_least = interval == 0 && greatest_is_one(&params, value - 1);
                assert!(
                    (*value as f64 - exact).abs() <= 0.5 + 1e-6 || is_least,
                    "{interval}: {value} {exact}"
                );
            }
            for (interval, value) in log_corrections(&params).iter().enumerate() {
                let m = (interval as f64 + 0.5) / intervals;
                let exact = ((1.0 + m).log2() - m) * f64::from(1 << params.log_bits());
                assert!((*value as f64 - exact - 0.5).abs() <= 0.5 + 1e-6, "{interval}: {value} {exact}");
            }
        }
    }

    /// Whether the logarithm of a sum that has a step's `power` is below that step.
    fn is_too_little(params: &Params, step: u64, power: u64) -> bool {
        let logarithm = Logarithm::new(params);
        // It does not see the lowest bits.
        let sums = power << GREATEST_WHOLE..=2 << params.sum_fraction_bits();
        let least = sums.step_by(1 << (GREATEST_WHOLE - 2)).map(|sum| logarithm.of(sum)).min();
        least < Some(step << (params.log_bits() - STEP_BITS))
    }

    /// Whether the greatest probability is rounded to 1 with this first correction.
    fn greatest_is_one(params: &Params, correction: u64) -> bool {
        let greatest = (1 << params.result_bits()) - correction;
        let rounded = ((greatest >> (params.result_bits() - params.output_bits - 1)) + 1) >> 1;
        rounded >= 1 << params.output_bits
    }

    /// A row's sum is at least the power of its greatest score, so no distance below its logarithm is negative; and the
    /// greatest value is not rounded to 1.
    #[test]
    fn no_score_is_above_the_logarithm_of_its_row() {
        for output_bits in [8, 16] {
            let params = Params { output_bits, ..Params::default() };
            for (step, power) in (0..).zip(powers(&params)) {
                assert!(!is_too_little(&params, step, power), "{output_bits} bits, {step}");
            }
            assert!(!greatest_is_one(&params, power_corrections(&params)[0]));
        }
    }
}
