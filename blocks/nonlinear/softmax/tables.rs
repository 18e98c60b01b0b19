//! The tables, in exact arithmetic, so that they are the same on every machine.

use super::params::{Params, STEP_BITS};
use num_bigint::BigUint;

/// Powers of two of a step: 2^(-i/32), rounded, with `power_bits` fraction bits.
pub fn powers(params: &Params) -> Vec<u64> {
    (0..1 << STEP_BITS).map(|step| power(step, STEP_BITS, params.power_bits())).collect()
}

/// What 1 - f/2 is above 2^-f in the middle of each interval of f, with `result_bits` fraction bits.
pub fn power_corrections(params: &Params) -> Vec<u64> {
    let (index, bits) = (params.index_bits(), params.result_bits());
    let correction = |interval: u64| {
        let middle = 2 * interval + 1;
        (1 << bits) - (middle << (bits - index - 2)) - power(middle, index + 1, bits)
    };
    (0..1 << index).map(correction).collect()
}

/// What log2(1 + m) is above m in the middle of each interval of m, with `log_bits` fraction bits, and half a place for what
/// was cut off m.
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
            for (step, value) in powers(&params).iter().enumerate() {
                let exact = (-(step as f64) / 32.0).exp2() * f64::from(1 << params.power_bits());
                assert!((*value as f64 - exact).abs() <= 0.5 + 1e-6, "{step}: {value} {exact}");
            }
            let intervals = f64::from(1 << params.index_bits());
            for (interval, value) in power_corrections(&params).iter().enumerate() {
                let f = (interval as f64 + 0.5) / intervals;
                let exact = (1.0 - f / 2.0 - (-f).exp2()) * f64::from(1 << params.result_bits());
                assert!((*value as f64 - exact).abs() <= 0.5 + 1e-6, "{interval}: {value} {exact}");
            }
            for (interval, value) in log_corrections(&params).iter().enumerate() {
                let m = (interval as f64 + 0.5) / intervals;
                let exact = ((1.0 + m).log2() - m) * f64::from(1 << params.log_bits());
                assert!((*value as f64 - exact - 0.5).abs() <= 0.5 + 1e-6, "{interval}: {value} {exact}");
            }
        }
    }
}
