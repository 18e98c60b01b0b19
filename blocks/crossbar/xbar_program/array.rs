//! A word of memory cells around the controller's pins, in software.

use super::model::{Controller, Step, Taken};
use super::params::{Params, Verify};
use crate::crossbar::cell::{Cell, Device, Polarity, Pulse};

/// What the codes of the converters mean.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Of the word line in SET pulses, in mV.
    pub word_line: u64,
    /// Of the source line in RESET pulses, in mV.
    pub line: u64,
    /// Of the converter, and of the references, in nS.
    pub conductance: u64,
}

/// The cells of a word.
pub struct Array {
    device: Device,
    scale: Scale,
    /// The cells, which a test may replace.
    pub cells: Vec<Cell>,
}

impl Array {
    /// Cells with variations by a seed.
    pub fn new(device: Device, scale: Scale, seed: u32, cells: u32) -> Array {
        let cells = (0..cells).map(|number| Cell::new(&device, seed, number)).collect();
        Array { device, scale, cells }
    }

    /// The last clock of a pulse was given: the cells take it.
    pub fn pulse(&mut self, controller: &Controller) {
        let Some(point) = controller.driven() else { return };
        let polarity = controller.work.polarity;
        let millivolts = match polarity {
            Polarity::Set => point.word_line * self.scale.word_line,
            Polarity::Reset => point.line * self.scale.line,
        };
        let pulse = Pulse { polarity, millivolts, clocks: point.width };
        let chosen: Vec<usize> = (0..self.cells.len()).filter(|cell| controller.work.cells[*cell]).collect();
        self.take(&chosen, pulse);
    }

    /// Some cells take a pulse.
    pub fn take(&mut self, chosen: &[usize], pulse: Pulse) {
        chosen.iter().for_each(|cell| self.cells[*cell].pulse(&self.device, pulse));
    }

    /// The conductance of a cell in steps of a code, which may be more than there are codes.
    fn steps(&self, cell: usize) -> u64 {
        self.cells[cell].conductance / self.scale.conductance
    }

    /// What a beat tells of its cells: the codes, or whether they are at or above the reference.
    pub fn answers(&self, params: &Params, controller: &Controller) -> Vec<u64> {
        let Step::Sense(before) = &controller.step else { return vec![0; params.lanes() as usize] };
        let answer = |cell: usize| match params.verify {
            Verify::Level => {
                u64::from(controller.reference().is_some_and(|reference| self.steps(cell) >= reference))
            }
            Verify::Adc => self.steps(cell).min((1 << params.adc_bits) - 1),
        };
        (before.len()..).take(params.lanes() as usize).map(answer).collect()
    }
}

/// Programs a word with answers that do not wait; gives its clocks, from the one in which it is taken to the one in which its
/// outcome is.
pub fn program(
    params: &Params,
    controller: &mut Controller,
    array: &mut Array,
    word: (Vec<u64>, Vec<bool>),
) -> u64 {
    let mut taken = Taken { word: Some(word), ..Taken::default() };
    controller.clock(&taken);
    taken.word = None;
    let mut clocks = 1;
    while controller.step != Step::Idle {
        taken.sensed = controller.senses().then(|| array.answers(params, controller));
        taken.out_ready = controller.step == Step::Offer;
        if controller.pulse_ends() {
            array.pulse(controller);
        }
        controller.clock(&taken);
        clocks += 1;
    }
    clocks
}
