//! The sigmoid of rounding: stretched from -0.1 to 1.1 and cut to 0 to 1, so that it reaches its ends (AdaRound, arXiv
//! 2004.10568).

const LOW: f32 = -0.1;
const HIGH: f32 = 1.1;

/// Its value and its slope.
pub fn rectified(x: f32) -> (f32, f32) {
    let plain = 1.0 / (1.0 + (-x).exp());
    let stretched = plain * (HIGH - LOW) + LOW;
    match stretched {
        ..=0.0 => (0.0, 0.0),
        1.0.. => (1.0, 0.0),
        _ => (stretched, (HIGH - LOW) * plain * (1.0 - plain)),
    }
}

/// Where it has a value from 0 to 1.
pub fn inverse(value: f32) -> f32 {
    -((HIGH - LOW) / (value - LOW) - 1.0).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_value_where_the_inverse_says() {
        for value in [0.0, 0.01, 0.25, 0.5, 0.75, 1.0] {
            assert!((rectified(inverse(value)).0 - value).abs() < 1e-6, "{value}");
        }
        assert_eq!(inverse(0.5), 0.0);
    }

    #[test]
    fn its_slope_is_the_quotient_of_differences() {
        for x in [-2.0_f32, -0.3, 0.0, 1.7] {
            let quotient = (rectified(x + 1e-2).0 - rectified(x - 1e-2).0) / 2e-2;
            assert!((rectified(x).1 - quotient).abs() < 1e-4, "{x}");
        }
        assert_eq!((rectified(9.0), rectified(-9.0)), ((1.0, 0.0), (0.0, 0.0)));
    }
}
