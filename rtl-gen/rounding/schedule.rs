//! How many weights of a matrix are still soft in each round.

/// The shares of the paper's 20 rounds, as its code has them.
const SHARES: [f64; 20] = [
    0.8, 0.65, 0.5, 0.43, 0.38, 0.34, 0.3, 0.27, 0.24, 0.21, 0.18, 0.15, 0.12, 0.1, 0.08, 0.06, 0.04, 0.02,
    0.01, 0.005,
];

/// The share in one of several rounds, which begin and end with those of the paper. Between them it is interpolated.
pub fn share(round: u32, rounds: u32) -> f64 {
    let last = SHARES.len() - 1;
    let place = match rounds {
        1 => last as f64,
        _ => f64::from(round) * last as f64 / f64::from(rounds - 1),
    };
    let below = (place as usize).min(last);
    let (low, high) = (SHARES[below], SHARES[(below + 1).min(last)]);
    low + (high - low) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_rounds_are_the_papers() {
        let shares: Vec<f64> = (0..20).map(|round| share(round, 20)).collect();
        assert_eq!(shares, SHARES);
    }

    #[test]
    fn other_numbers_of_rounds_fall_from_the_first_share_to_the_last() {
        for rounds in [2, 3, 7, 40] {
            let shares: Vec<f64> = (0..rounds).map(|round| share(round, rounds)).collect();
            assert_eq!((shares[0], *shares.last().unwrap()), (0.8, 0.005), "{rounds}");
            assert!(shares.is_sorted_by(|before, after| before > after), "{rounds}");
        }
        assert_eq!(share(0, 1), 0.005);
    }
}
