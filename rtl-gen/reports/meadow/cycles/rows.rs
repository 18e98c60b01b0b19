//! Steps of rows.

use super::moved::results;
use super::{Times, WIDE};
use blocks::meadow::meadow_decoder_layer::step::Step;
use blocks::meadow::meadow_vector::params::{Norm, Op};
use hdl::Encoded;

/// Cycles from the last operand of a row to its results, with a norm.
const NORM: f64 = 26.0;

/// The same without one.
const ELEMENTS: f64 = 14.0;

impl Times<'_> {
    /// A step of rows.
    pub(super) fn of_rows(&mut self, step: &Step<u64>) {
        let begins = if step.overlaps == 1 { self.sequencer } else { self.sequencer.max(self.stored) };
        self.sequencer = begins;
        let has_norm = step.norm != Norm::None.code() as u64;
        let local = &step.local;
        if has_norm {
            let affine = self.rows(1, 2 * WIDE * step.inner, local.c);
            self.sequencer = self.load(begins, affine)[1];
        }
        let of_a = self.rows(step.rows, WIDE * step.inner, local.a);
        let is_copy = step.operation == Op::Copy.code() as u64;
        let of_b = self.rows(if is_copy { 0 } else { step.rows }, WIDE * step.columns, local.b);
        let [begin, _] = self.load(self.sequencer, of_a);
        let [_, end] = self.load(self.sequencer, of_b);
        self.sequencer = end;
        let [first, second] = results(step);
        let written =
            [(first, local.y), (second, local.d)].map(|(bytes, local)| self.rows(step.rows, bytes, local));
        let norm = if has_norm { of_a.beats + NORM } else { ELEMENTS };
        let drain = written.iter().map(|rows| rows.beats).sum::<f64>();
        // Both go through one DMA.
        let moved = written.iter().map(|rows| self.moving(*rows)).sum::<f64>();
        self.store(begin, (end + norm + drain).max(begin + moved), &written);
    }
}
