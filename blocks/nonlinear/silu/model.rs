//! The golden model: the logistic function.

/// 1 / (1 + e^-x).
pub fn logistic(x: f64) -> f64 {
    match x < 0.0 {
        true => 1.0 - logistic(-x),
        false => 1.0 / (1.0 + falling(x)),
    }
}

/// e^-x for x >= 0: a Taylor series for a small fraction of x, then repeated squaring. It uses only additions,
/// multiplications and divisions, so every machine gives the same result; beyond 40 the result is 0.
fn falling(x: f64) -> f64 {
    const HALVINGS: u32 = 8;
    if x > 40.0 {
        return 0.0;
    }
    let part = x / f64::from(1u32 << HALVINGS);
    let (mut power, mut sum) = (1.0, 0.0);
    for n in 1..20 {
        sum += power;
        power *= -part / f64::from(n);
    }
    (0..HALVINGS).fold(sum, |root, _| root * root)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compared with the exponential function of this machine's library.
    #[test]
    fn the_logistic_function_is_that_of_the_library() {
        for step in -60_000..=60_000 {
            let x = f64::from(step) / 1000.0;
            assert!((logistic(x) - 1.0 / (1.0 + (-x).exp())).abs() < 1e-11, "{x}");
        }
    }

    /// Known values: e^(ln 3) = 3, so the odds are three to one.
    #[test]
    fn odds_are_powers_of_e() {
        let ln_3 = 1.098_612_288_668_109_8;
        for (x, share) in [(0.0, 0.5), (ln_3, 0.75), (-ln_3, 0.25), (2.0 * ln_3, 0.9), (1000.0, 1.0)] {
            assert!((logistic(x) - share).abs() < 1e-12, "{x}");
        }
    }
}
