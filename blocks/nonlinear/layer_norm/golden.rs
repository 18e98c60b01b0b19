//! The golden model of the block: rows of beats, and the gains that meet them.

use super::model::{LayerNorm, Row};
use super::params::{Norm, Params};
use crate::common::lanes::{apart, flag, joined};
use crate::common::row_framing::{Place, RowsOfBeats};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;
use std::collections::VecDeque;

/// The input channel of elements.
pub const ELEMENTS: usize = 0;

/// The input channel of gains and biases.
pub const GAINS: usize = 1;

/// The state of the model.
pub struct Golden {
    params: Params,
    model: LayerNorm,
    rows: RowsOfBeats,
    /// The row so far.
    elements: Vec<i32>,
    epsilon: u64,
    is_rms: bool,
    /// Beats of complete rows.
    beats: VecDeque<Beat>,
    gains: VecDeque<GainBeat>,
    /// The gains of a row ended elsewhere than the row.
    differs: bool,
}

/// A beat whose row is complete.
struct Beat {
    row: Row,
    elements: Vec<i32>,
    is_last: bool,
    /// Its row or one before it was too long.
    error: bool,
}

/// A beat of gains and biases.
struct GainBeat {
    gains: Vec<(i32, i32)>,
    is_last: bool,
}

impl Golden {
    /// The model for these parameters, at its start.
    pub fn new(params: &Params) -> Golden {
        Golden {
            params: params.clone(),
            model: LayerNorm::new(params),
            rows: RowsOfBeats::new(params.beats()),
            elements: vec![],
            epsilon: 0,
            is_rms: false,
            beats: VecDeque::new(),
            gains: VecDeque::new(),
            differs: false,
        }
    }

    fn take_elements(&mut self, beat: &[Bits]) {
        let place = self.rows.next(beat[beat.len() - 1].bit(0));
        if place == Place::Dropped {
            return;
        }
        if self.elements.is_empty() {
            self.epsilon = beat[1].to_u64();
            self.is_rms = self.model.is_rms(self.params.norm == Norm::Both && beat[2].bit(0));
        }
        self.elements.extend(numbers(&beat[0], self.params.input_bits));
        if place == Place::Ends {
            self.finish();
        }
    }

    /// The row is complete.
    fn finish(&mut self) {
        let elements = std::mem::take(&mut self.elements);
        let row = Row::new(&elements, self.epsilon, self.is_rms);
        let beats = elements.chunks(self.params.lanes as usize);
        let last = beats.len() - 1;
        let error = self.rows.error;
        self.beats.extend(beats.enumerate().map(|(place, elements)| Beat {
            row,
            elements: elements.to_vec(),
            is_last: place == last,
            error,
        }));
    }

    fn take_gains(&mut self, beat: &[Bits]) {
        let [gains, biases] = [&beat[0], &beat[1]].map(|field| numbers(field, self.params.gain_bits));
        self.gains
            .push_back(GainBeat { gains: gains.into_iter().zip(biases).collect(), is_last: beat[2].bit(0) });
    }

    /// Whether the gains of a row ended elsewhere than the row.
    pub fn ends_elsewhere(&self) -> bool {
        self.differs
    }

    /// Whether there is a beat of elements and one of gains.
    fn meets(&self) -> bool {
        !self.beats.is_empty() && !self.gains.is_empty()
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        if channel == ELEMENTS {
            self.take_elements(beat);
        } else {
            self.take_gains(beat);
        }
        while self.meets() {
            let (Some(beat), Some(gains)) = (self.beats.pop_front(), self.gains.pop_front()) else { return };
            self.differs |= beat.is_last != gains.is_last;
            let results = self.model.results(beat.row, &beat.elements, &gains.gains);
            let fields = [
                joined(self.params.output_bits, &results),
                flag(beat.is_last),
                flag(beat.error | self.differs),
            ];
            emit(0, &fields.map(Some));
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

/// The numbers of a field, in two's complement.
pub fn numbers(field: &Bits, bits: u32) -> Vec<i32> {
    apart(bits, field).into_iter().map(|number| number as i32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a block of one lane and rows of 3 answers to elements with `last`, and gains of 1 with `last`: results, `last` and
    /// `error`.
    fn answers(elements: &[(i32, bool)], gains: &[bool]) -> Vec<(i32, bool, bool)> {
        let params = Params { length: 3, norm: Norm::Both, ..Params::default() };
        let (mut golden, mut answers) = (Golden::new(&params), vec![]);
        let mut take = |channel, beat: &[Bits]| {
            golden.accept(channel, beat, &mut |_, beat| {
                let field = |place: usize| beat[place].as_ref().expect("all are specified");
                answers.push((numbers(field(0), 8)[0], field(1).bit(0), field(2).bit(0)));
            });
        };
        for is_last in gains {
            take(GAINS, &[joined(16, &[2560]), joined(16, &[0]), flag(*is_last)]);
        }
        for (element, is_last) in elements {
            let epsilon = Bits::zero(params.epsilon_bits());
            take(ELEMENTS, &[joined(16, &[*element]), epsilon, flag(false), flag(*is_last)]);
        }
        answers
    }

    #[test]
    fn a_row_that_is_too_long_is_cut_off() {
        let rows = [(5, false), (7, true), (1, false), (2, false), (3, false), (9, true), (4, true)];
        let gains = [false, true, false, false, true, true];
        let expected = [
            (-10, false, false),
            (10, true, false),
            (-12, false, true),
            (0, false, true),
            (12, true, true),
            (0, true, true),
        ];
        assert_eq!(answers(&rows, &gains), expected);
    }

    #[test]
    fn gains_that_end_elsewhere_are_an_error_from_there_on() {
        let rows = [(5, false), (7, true), (1, false), (3, true)];
        let expected = [(-10, false, false), (10, true, true), (-10, false, true), (10, true, true)];
        assert_eq!(answers(&rows, &[false; 4])[1..], expected[1..]);
    }
}
