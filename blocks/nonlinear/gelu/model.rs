//! The golden model: x times the normal distribution up to x, rounded to nearest.

use super::params::Params;

/// GELU of a number in steps of 2^-`fraction_bits`, in the same steps.
pub fn gelu(params: &Params, x: i32) -> i32 {
    let step = f64::from(1u32 << params.fraction_bits);
    let real = f64::from(x) / step;
    (real * below(real) * step).round() as i32
}

/// The share of the standard normal distribution below x. Taylor's series, by additions, multiplications and divisions alone,
/// so that every machine has the same result; the error is below 10^-8, and beyond 7 there is nothing left.
fn below(x: f64) -> f64 {
    const INVERSE_ROOT_OF_TWO_PI: f64 = 0.398_942_280_401_432_7;
    if x.abs() > 7.0 {
        return f64::from(x > 0.0);
    }
    let (mut power, mut sum) = (x, 0.0);
    for n in 0..120 {
        let n = f64::from(n);
        sum += power / (2.0 * n + 1.0);
        power *= -x * x / (2.0 * (n + 1.0));
    }
    0.5 + INVERSE_ROOT_OF_TWO_PI * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published values of the distribution.
    #[test]
    fn the_distribution_is_the_published_one() {
        for (x, share) in [
            (0.0, 0.5),
            (0.5, 0.691_462),
            (1.0, 0.841_345),
            (2.0, 0.977_250),
            (3.0, 0.998_650),
            (5.0, 0.999_999_7),
        ] {
            assert!((below(x) - share).abs() < 1e-6, "{x}");
            assert!((below(-x) - (1.0 - share)).abs() < 1e-6, "-{x}");
        }
    }

    /// No value is so near the middle of two steps that the series' error could decide.
    #[test]
    fn no_value_is_near_a_tie() {
        for (bits, fraction_bits) in [(8, 4), (8, 5), (8, 6), (8, 7), (12, 8), (12, 10)] {
            let params = Params { bits, fraction_bits, ..Params::default() };
            let half = 1i32 << (bits - 1);
            let step = f64::from(1u32 << fraction_bits);
            for x in -half..half {
                let real = f64::from(x) / step;
                let scaled = real * below(real) * step;
                assert!(((scaled - scaled.floor()) - 0.5).abs() > 1e-5, "{bits} {fraction_bits} {x}");
                assert!((f64::from(gelu(&params, x)) - scaled).abs() <= 0.5);
            }
        }
    }
}
