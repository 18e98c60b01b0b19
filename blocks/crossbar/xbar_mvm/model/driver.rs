//! The driver, cycle by cycle: a vector that is loaded, one whose phases are driven, and the phase on the word lines.

use crate::crossbar::xbar_input_driver::Params;
use crate::crossbar::xbar_input_driver::model::{Complete, Driven, Vectors};
use hdl::Bits;
use std::collections::VecDeque;

/// A phase on the word lines.
#[derive(Clone)]
pub struct OnLines {
    /// What is driven.
    pub driven: Driven,
    /// It is the last of its vector.
    pub last: bool,
    /// Its vector or one before it was too long.
    pub error: bool,
}

/// The driver.
pub struct Driver {
    vectors: Vectors,
    next: Option<Complete>,
    left: VecDeque<OnLines>,
    /// The phase on the word lines.
    pub lines: Option<OnLines>,
}

impl Driver {
    /// After a reset.
    pub fn new(params: &Params) -> Driver {
        Driver { vectors: Vectors::new(params), next: None, left: VecDeque::new(), lines: None }
    }

    fn loads(&self, is_taken: bool) -> bool {
        let moves = !self.left.is_empty() && (self.lines.is_none() || is_taken);
        self.next.is_some() && (self.left.is_empty() || (moves && self.left.len() == 1))
    }

    /// Whether a beat of inputs is taken in a cycle at whose end the phase on the word lines may be.
    pub fn is_ready(&self, is_taken: bool) -> bool {
        self.vectors.drops() || self.next.is_none() || self.loads(is_taken)
    }

    /// The cycle ends: the phase on the word lines may be taken, and a beat is offered.
    pub fn clock(&mut self, is_taken: bool, beat: Option<&[Bits]>) {
        let (is_ready, loads) = (self.is_ready(is_taken), self.loads(is_taken));
        if self.lines.is_none() || is_taken {
            self.lines = self.left.pop_front();
        }
        if let Some(Complete { phases, error, .. }) = self.next.take_if(|_| loads) {
            let count = phases.len();
            let phase = |(number, driven)| OnLines { driven, last: number + 1 == count, error };
            self.left = phases.into_iter().enumerate().map(phase).collect();
        }
        if let Some(complete) = beat.filter(|_| is_ready).and_then(|beat| self.vectors.take(beat)) {
            self.next = Some(complete);
        }
    }
}
