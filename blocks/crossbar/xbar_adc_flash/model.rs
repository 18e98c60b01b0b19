//! The golden model: how many comparators are 1, and whether they are the lowest ones.

use super::Params;
use crate::golden::{GoldenModel, PureModel, Reference};

/// The number of comparators that are 1, and whether one of them is above one that is 0.
pub fn conversion(levels: u32, thermometer: &[u64]) -> (u64, bool) {
    let is_one = |level: &u32| thermometer[*level as usize / 64] >> (level % 64) & 1 == 1;
    let count = (0..levels).filter(is_one).count() as u32;
    let lowest = (0..levels).take_while(is_one).count() as u32;
    (count.into(), lowest < count)
}

struct Golden {
    levels: u32,
}

impl PureModel for Golden {
    fn answer(&self, beat: &[u64], answer: &mut [u64], _specified: &mut [u64]) {
        let (code, bubble) = conversion(self.levels, beat);
        answer.copy_from_slice(&[code, bubble.into()]);
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::pure(Golden { levels: self.levels() })
    }
}

#[cfg(test)]
mod tests {
    use super::conversion;

    #[test]
    fn ones_are_counted_wherever_they_are() {
        let cases = [(0, 0, false), (0b1, 1, false), (0b111, 3, false), (0b101, 2, true), (0b100, 1, true)];
        for (thermometer, code, bubble) in cases {
            assert_eq!(conversion(3, &[thermometer]), (code, bubble), "{thermometer:b}");
        }
        assert_eq!(conversion(255, &[u64::MAX, u64::MAX, u64::MAX, u64::MAX >> 1]), (255, false));
        assert_eq!(conversion(255, &[0, 0, 0, 1 << 62]), (1, true));
    }
}
