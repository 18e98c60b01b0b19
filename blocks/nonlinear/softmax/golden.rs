//! The golden model of the block: rows of beats.

use super::model::{Row, Softmax};
use super::params::{Params, SCORE_BITS};
use crate::golden::Model;
use crate::golden::{GoldenModel, Reference};
use hdl::Bits;

/// A beat: its scores, `None` for a masked one.
pub type Scores = Vec<Option<i8>>;

/// The state of the model.
pub struct Golden {
    params: Params,
    softmax: Softmax,
    row: Row,
    beats: Vec<Scores>,
    /// The row was too long: its remaining beats are dropped.
    drops: bool,
    /// Some row was too long.
    error: bool,
}

impl Golden {
    /// The model for these parameters, at its start.
    pub fn new(params: &Params) -> Golden {
        let (row, beats) = (Row::default(), vec![]);
        Golden {
            params: params.clone(),
            softmax: Softmax::new(params),
            row,
            beats,
            drops: false,
            error: false,
        }
    }

    /// The row has ended: gives its probabilities to `emit`.
    fn finish(&mut self, emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let (row, beats) = (std::mem::take(&mut self.row), std::mem::take(&mut self.beats));
        let flag = |flag: bool| Bits::truncated(flag.into(), 1);
        for (place, scores) in (1..).zip(&beats) {
            let probabilities: Vec<u64> =
                scores.iter().map(|score| self.softmax.probability(row, *score)).collect();
            let is_last = place == beats.len();
            let beat = [
                joined(self.params.output_bits, &probabilities),
                keep(scores),
                flag(is_last),
                flag(self.error),
            ];
            emit(0, &beat.map(Some));
        }
    }
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let is_last = beat[2].bit(0);
        if std::mem::take(&mut self.drops) {
            self.drops = !is_last;
            return;
        }
        let scores = unpacked(beat);
        self.row = self.softmax.add(self.row, &scores);
        self.beats.push(scores);
        let is_full = self.beats.len() == self.params.beats() as usize;
        self.drops = is_full && !is_last;
        self.error |= self.drops;
        if is_last || is_full {
            self.finish(emit);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

/// The scores of a beat in.
pub fn unpacked(beat: &[Bits]) -> Scores {
    let score =
        |lane: u32| beat[0].slice(SCORE_BITS * (lane + 1) - 1, SCORE_BITS * lane).to_u64() as u8 as i8;
    (0..beat[1].width()).map(|lane| beat[1].bit(lane).then(|| score(lane))).collect()
}

/// Which scores count.
pub fn keep(scores: &[Option<i8>]) -> Bits {
    joined(1, &scores.iter().map(|score| score.is_some().into()).collect::<Vec<u64>>())
}

/// Numbers side by side, the first in the lowest bits.
pub fn joined(width: u32, numbers: &[u64]) -> Bits {
    let bits = |number: &u64| Bits::truncated((*number).into(), width);
    Bits::concat(&numbers.iter().rev().map(bits).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a block of 2 lanes and rows of 4 answers to beats of two scores, a mask and `last`, as numbers.
    fn answers(beats: &[([i8; 2], u64, u64)]) -> Vec<[u64; 4]> {
        let mut golden = Golden::new(&Params { lanes: 2, length: 4, output_bits: 8 });
        let mut answers = vec![];
        for (scores, keep, last) in beats {
            let scores = joined(8, &scores.map(|score| u64::from(score as u8)));
            let beat = [scores, joined(1, &[keep & 1, keep >> 1]), joined(1, &[*last])];
            golden.accept(0, &beat, &mut |_, beat| {
                let field = |field: &Option<Bits>| field.as_ref().expect("all are specified").to_u64();
                answers.push([field(&beat[0]), field(&beat[1]), field(&beat[2]), field(&beat[3])]);
            });
        }
        answers
    }

    #[test]
    fn masked_scores_have_no_part() {
        // One counts, two do, none does.
        assert_eq!(answers(&[([5, 127], 0b01, 1)]), [[0x00ff, 0b01, 1, 0]]);
        assert_eq!(
            answers(&[([5, 127], 0b01, 0), ([127, 5], 0b10, 1)]),
            [[0x0080, 1, 0, 0], [0x8000, 2, 1, 0]]
        );
        assert_eq!(answers(&[([5, 127], 0, 0), ([1, 2], 0, 1)]), [[0, 0, 0, 0], [0, 0, 1, 0]]);
    }

    #[test]
    fn a_row_that_is_too_long_is_cut_off_and_the_next_is_answered() {
        let equal = ([9, 9], 0b11);
        let beats = [0, 0, 0, 0, 1, 1].map(|last| (equal.0, equal.1, last));
        let cut = [[0x4040, 3, 0, 1], [0x4040, 3, 1, 1]];
        assert_eq!(answers(&beats), [cut[0], cut[1], [0x8080, 3, 1, 1]]);
    }
}
