//! The controller with the cells of the model, if they are inside.

use super::{Controller, Step, Taken};
use crate::common::lanes::joined;
use crate::crossbar::xbar_cell_model::model::{Array, Seen};
use crate::crossbar::xbar_program::params::{Params, Verify};
use hdl::Bits;

/// Both.
#[derive(Clone)]
pub struct Whole {
    params: Params,
    /// The controller.
    pub controller: Controller,
    /// The cells.
    pub cells: Option<Array>,
    /// The row of the word that came last.
    pub row: Option<usize>,
}

impl Whole {
    /// After a reset.
    pub fn new(params: &Params) -> Whole {
        Whole {
            params: params.clone(),
            controller: Controller::new(params),
            cells: params.cell_model().map(|model| Array::new(&model)),
            row: None,
        }
    }

    /// The parameters.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// The output that shows the cells of the word, if there is one; its value is not known before the first word.
    pub fn conductances(&self) -> Option<Option<Bits>> {
        let cells = self.cells.as_ref()?;
        let width = self.params.cell_model()?.conductance_bits();
        Some(self.row.and_then(|row| cells.row(row)).map(|row| joined(width, &row)))
    }

    /// What the model answers.
    fn answer(&self, cells: &Array) -> Option<Vec<u64>> {
        let Step::Sense(before) = &self.controller.step else { return None };
        let row = cells.row(self.row?)?.into_iter().skip(before.len()).take(self.params.lanes() as usize);
        let reference = self.controller.reference().unwrap_or(0);
        let answer = |conductance: u64| match self.params.verify {
            Verify::Level => cells.is_above(conductance, reference).into(),
            Verify::Adc => cells.code(conductance),
        };
        Some(row.map(answer).collect())
    }

    /// What the model sees.
    fn seen(&self, taken: &Taken) -> Seen {
        let (point, work) = (self.controller.driven(), &self.controller.work);
        let is_row = |row: u32| self.row == Some(row as usize);
        Seen {
            is_pulse: matches!(self.controller.step, Step::Pulse(_)),
            polarity: work.polarity,
            word_line: point.map_or(0, |point| point.word_line),
            line: point.map_or(0, |point| point.line),
            columns: work.cells.clone(),
            rows: (0..self.params.words).map(is_row).collect(),
            renew: taken.renew,
            read_row: self.row.unwrap_or(0),
            reference: 0,
        }
    }

    /// The cycle ends.
    pub fn clock(&mut self, taken: &Taken) {
        let mut taken = taken.clone();
        let mut cells = self.cells.take();
        if let Some(cells) = &mut cells {
            taken.sensed = self.answer(cells);
            cells.clock(&self.seen(&taken));
        }
        self.cells = cells;
        let takes_word = self.controller.step == Step::Idle && !taken.config_valid && taken.word.is_some();
        if takes_word {
            self.row = Some(taken.row);
        }
        self.controller.clock(&taken);
    }
}
