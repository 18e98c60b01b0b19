//! The golden model of the block: rows of beats.

use super::model::{Row, Softmax};
use super::params::{Mask, Params, SCORE_BITS};
use crate::common::lanes::{apart, flag, joined};
use crate::common::row_framing::{Place, RowsOfBeats};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;

/// A beat: its scores, `None` for a masked one.
pub type Scores = Vec<Option<i8>>;

/// The state of the model.
pub struct Golden {
    params: Params,
    softmax: Softmax,
    rows: RowsOfBeats,
    masking: Masking,
    row: Row,
    beats: Vec<Scores>,
}

impl Golden {
    /// The model for these parameters, at its start.
    pub fn new(params: &Params) -> Golden {
        Golden {
            params: params.clone(),
            softmax: Softmax::new(params),
            rows: RowsOfBeats::new(params.beats()),
            masking: Masking::default(),
            row: Row::default(),
            beats: vec![],
        }
    }

    /// The row has ended: gives its probabilities to `emit`.
    fn finish(&mut self, emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let (row, beats) = (std::mem::take(&mut self.row), std::mem::take(&mut self.beats));
        self.masking = Masking::default();
        for (place, scores) in (1..).zip(&beats) {
            let probabilities: Vec<u64> =
                scores.iter().map(|score| self.softmax.probability(row, *score)).collect();
            let is_last = place == beats.len();
            let beat = [
                joined(self.params.output_bits, &probabilities),
                keep(scores),
                flag(is_last),
                flag(self.rows.error),
            ];
            emit(0, &beat.map(Some));
        }
    }
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let place = self.rows.next(beat[2].bit(0));
        if place == Place::Dropped {
            return;
        }
        let scores = self.masking.scores(&self.params, beat);
        self.row = self.softmax.add(self.row, &scores);
        self.beats.push(scores);
        if place == Place::Ends {
            self.finish(emit);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

/// Tells which scores of a row count, from its first beat on.
#[derive(Debug, Default)]
pub struct Masking {
    /// How many do, if the mask is a count.
    pub count: u64,
    /// Scores of the row so far.
    seen: u64,
}

impl Masking {
    /// The scores of the next beat of the row.
    pub fn scores(&mut self, params: &Params, beat: &[Bits]) -> Scores {
        let first = self.seen;
        self.seen += u64::from(params.lanes);
        if first == 0 && params.mask == Mask::Count {
            self.count = beat[1].to_u64();
        }
        let counts = |lane: u32| match params.mask {
            Mask::Keep => beat[1].bit(lane),
            Mask::Count => first + u64::from(lane) < self.count,
        };
        (0..).zip(all_scores(beat)).map(|(lane, score)| counts(lane).then_some(score)).collect()
    }
}

/// The scores of a beat, the masked ones too.
pub fn all_scores(beat: &[Bits]) -> Vec<i8> {
    apart(SCORE_BITS, &beat[0]).into_iter().map(|score| score as i8).collect()
}

/// Which scores count.
pub fn keep(scores: &[Option<i8>]) -> Bits {
    joined(1, &scores.iter().map(|score| score.is_some().into()).collect::<Vec<u64>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hdl::Bundle;

    /// What a block of 2 lanes and rows of 4 answers to beats of two scores, a mask and `last`, as numbers.
    fn answers(mask: Mask, beats: &[([i8; 2], u64, u64)]) -> Vec<[u64; 4]> {
        let params = Params { lanes: 2, length: 4, mask, ..Params::default() };
        let mut golden = Golden::new(&params);
        let mask_bits = params.input().fields()[1].width;
        let mut answers = vec![];
        for (scores, mask, last) in beats {
            let scores = joined(8, &scores.map(|score| u64::from(score as u8)));
            let beat = [scores, joined(mask_bits, &[*mask]), joined(1, &[*last])];
            golden.accept(0, &beat, &mut |_, beat| {
                let field = |field: &Option<Bits>| field.as_ref().expect("all are specified").to_u64();
                answers.push([field(&beat[0]), field(&beat[1]), field(&beat[2]), field(&beat[3])]);
            });
        }
        answers
    }

    #[test]
    fn masked_scores_have_no_part() {
        let answers = |beats: &[_]| answers(Mask::Keep, beats);
        // One counts, two do, none does.
        assert_eq!(answers(&[([5, 127], 0b01, 1)]), [[0x00ff, 0b01, 1, 0]]);
        assert_eq!(
            answers(&[([5, 127], 0b01, 0), ([127, 5], 0b10, 1)]),
            [[0x0080, 1, 0, 0], [0x8000, 2, 1, 0]]
        );
        assert_eq!(answers(&[([5, 127], 0, 0), ([1, 2], 0, 1)]), [[0, 0, 0, 0], [0, 0, 1, 0]]);
    }

    #[test]
    fn a_count_masks_what_is_behind_it() {
        let row = |count: u64| answers(Mask::Count, &[([5, 5], count, 0), ([5, 127], 7 - count, 1)]);
        assert_eq!(row(0), [[0, 0, 0, 0], [0, 0, 1, 0]]);
        assert_eq!(row(1), [[0x00ff, 1, 0, 0], [0, 0, 1, 0]]);
        assert_eq!(row(3), [[0x5555, 3, 0, 0], [0x0055, 1, 1, 0]]);
        // All count, whether the count is the length or more.
        let all = answers(Mask::Keep, &[([5, 5], 3, 0), ([5, 127], 3, 1)]);
        assert_eq!([row(4), row(7)], [all.clone(), all]);
        // A short row, and the count of the next one.
        let rows = [([5, 5], 1, 1), ([5, 5], 4, 1)];
        assert_eq!(answers(Mask::Count, &rows), [[0x00ff, 1, 1, 0], [0x8080, 3, 1, 0]]);
    }

    #[test]
    fn a_row_that_is_too_long_is_cut_off_and_the_next_is_answered() {
        let beats = [0, 0, 0, 0, 1, 1].map(|last| ([9, 9], 0b11, last));
        let cut = [[0x4040, 3, 0, 1], [0x4040, 3, 1, 1]];
        assert_eq!(answers(Mask::Keep, &beats), [cut[0], cut[1], [0x8080, 3, 1, 1]]);
        // The count of a beat that is dropped has no effect.
        let beats = [(3, 0), (0, 0), (4, 0), (4, 1), (1, 1)].map(|(count, last)| ([9, 9], count, last));
        let first = [[0x5555, 3, 0, 1], [0x0055, 1, 1, 1]];
        assert_eq!(answers(Mask::Count, &beats), [first[0], first[1], [0x00ff, 1, 1, 1]]);
    }
}
