//! The golden model of the neuron, on integers.

use super::params::{Compare, Params, Reset};
use crate::golden::{GoldenModel, PureModel, Reference};

/// Whether a neuron fires in a time step with this weighted sum. Its membrane potential is 0 at rest.
pub fn step(params: &Params, threshold: i64, membrane: &mut i64, sum: i64) -> bool {
    let greatest = (1i64 << (params.membrane_bits() - 1)) - 1;
    let potential = (sum + *membrane).clamp(-greatest - 1, greatest);
    let fires = match params.compare {
        Compare::Greater => potential > threshold,
        Compare::GreaterEqual => potential >= threshold,
    };
    let kept = match (fires, params.reset) {
        (true, Reset::Hard) => 0,
        (true, Reset::Soft) => potential - threshold,
        (false, _) => potential,
    };
    // Rounds towards minus infinity, as an arithmetic shift does.
    *membrane = kept.div_euclid(1 << params.leak);
    fires
}

/// The spikes of a neuron, one for each weighted sum, that is, for each time step. The neuron is at rest before the
/// first.
pub fn spikes(params: &Params, threshold: i64, sums: &[i64]) -> Vec<bool> {
    let mut membrane = 0;
    sums.iter().map(|sum| step(params, threshold, &mut membrane, *sum)).collect()
}

struct Golden(Params);

impl PureModel for Golden {
    fn answer(&self, beat: &[u64], answer: &mut [u64], _specified: &mut [u64]) {
        let (sums, threshold) = self.0.operands(beat);
        answer[0] =
            spikes(&self.0, threshold, &sums).iter().fold(0, |word, fires| word << 1 | u64::from(*fires));
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::pure(Golden(self.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn train(params: Params, threshold: i64, sums: &[i64]) -> String {
        spikes(&params, threshold, sums).into_iter().map(|fires| if fires { '1' } else { '0' }).collect()
    }

    #[test]
    fn potentials_leak_and_resets_differ() {
        // 8, 8 + 2, 8 + 2 (10 / 4 rounded down), ... never above 10; with 9: 9, 11 fires, 9 + 0, 11 fires.
        assert_eq!(train(Params::default(), 10, &[8; 4]), "0000");
        assert_eq!(train(Params::default(), 10, &[9; 4]), "0101");
        // It also fires at the threshold.
        let at = Params { compare: Compare::GreaterEqual, ..Params::default() };
        assert_eq!(train(at, 10, &[8; 4]), "0101");
        // The excess over the threshold is kept: 40 - 10 = 30, which leaks to 7.
        let soft = Params { reset: Reset::Soft, ..Params::default() };
        assert_eq!(train(soft, 10, &[40, 4, 0, 0]), "1100");
        assert_eq!(train(Params::default(), 10, &[40, 4, 0, 0]), "1000");
        // A potential of -1 never leaks away: shifted right, it remains -1.
        assert_eq!(train(Params { leak: 7, ..Params::default() }, 0, &[-1, 1, 1, 1]), "0011");
    }

    #[test]
    fn potentials_saturate() {
        let narrow = Params { sum_bits: 4, membrane_bits: Some(4), leak: 0, ..Params::default() };
        // 7 + 7 saturates at 7, and 7 - 8 is -1. Without saturation, 14 - 8 would be 6.
        assert_eq!(train(narrow, 7, &[7, 7, -8, 1]), "0000");
    }
}
