//! The operands of heads as they come in, for golden models.

use super::definition::{Task, Train};
use super::shape::{Fault, Shape};
use hdl::{Bits, Encoded};
use std::collections::VecDeque;

/// Jobs that are not over, and the beats of N operands that are there.
pub struct Heads<const N: usize> {
    tasks: VecDeque<Task>,
    beats: [VecDeque<Bits>; N],
}

impl<const N: usize> Heads<N> {
    /// Nothing has come.
    pub fn new() -> Heads<N> {
        Heads { tasks: VecDeque::new(), beats: [const { VecDeque::new() }; N] }
    }

    /// Takes a job; gives the error of its answer.
    pub fn take_job(&mut self, shape: &Shape, beat: &[Bits]) -> Bits {
        let task = Task::of_beat(beat);
        let fault = task.fault(shape);
        if fault == Fault::None {
            self.tasks.push_back(task);
        }
        Bits::truncated(fault.code(), Fault::WIDTH)
    }

    /// Takes a beat of an operand.
    pub fn take(&mut self, operand: usize, beat: &Bits) {
        self.beats[operand].push_back(beat.clone());
    }

    /// The next head, once all its beats are there.
    pub fn next(&mut self, shape: &Shape) -> Option<(Task, [Train; N])> {
        let task = *self.tasks.front()?;
        let count = task.columns(shape);
        if self.beats.iter().any(|beats| beats.len() < count) {
            return None;
        }
        let train = |beats: &mut VecDeque<Bits>| task.train(shape, &beats.drain(..count).collect::<Vec<_>>());
        let trains = self.beats.each_mut().map(train);
        self.tasks[0].heads -= 1;
        if self.tasks[0].heads == 0 {
            self.tasks.pop_front();
        }
        Some((task, trains))
    }
}
