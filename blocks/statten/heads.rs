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

    /// The job of the next head: `heads` of it are left.
    pub fn front(&self) -> Option<Task> {
        self.tasks.front().copied()
    }

    /// How many rows of beats of the next head have come, the columns of a tile for the same tokens in each.
    pub fn rows(&self, shape: &Shape, operand: usize) -> usize {
        self.count(shape, operand) / shape.columns as usize
    }

    /// How many tokens of the next head have come with all their channels.
    pub fn tokens(&self, shape: &Shape, operand: usize) -> usize {
        let Some(task) = self.front() else { return 0 };
        let of_last_tile = self.rows(shape, operand).saturating_sub((task.tiles - 1) * task.beats(shape));
        (of_last_tile * shape.rows as usize).min(task.tokens)
    }

    /// The spikes of the next head; those that have not come are silent.
    pub fn train(&self, shape: &Shape, operand: usize) -> Option<Train> {
        let beats: Vec<Bits> = self.beats[operand].iter().take(self.count(shape, operand)).cloned().collect();
        self.front().map(|task| task.train(shape, &beats))
    }

    /// Goes on to the head behind.
    pub fn finish(&mut self, shape: &Shape) {
        let counts: [usize; N] = std::array::from_fn(|operand| self.count(shape, operand));
        for (beats, count) in self.beats.iter_mut().zip(counts) {
            beats.drain(..count);
        }
        let Some(task) = self.tasks.front_mut() else { return };
        task.heads -= 1;
        if task.heads == 0 {
            self.tasks.pop_front();
        }
    }

    /// How many beats of the next head have come.
    fn count(&self, shape: &Shape, operand: usize) -> usize {
        self.front().map_or(0, |task| self.beats[operand].len().min(task.columns(shape)))
    }
}
