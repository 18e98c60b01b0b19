//! The golden model: the normal distribution.

/// The cumulative distribution function of the standard normal distribution. Taylor's series with additions,
/// multiplications and divisions only, so every machine has the same result; the error is below 10^-8, and beyond 7 the
/// tail is negligible.
pub fn below(x: f64) -> f64 {
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
}
