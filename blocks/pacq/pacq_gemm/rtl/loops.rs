//! The loops of a feed: blocks of rows, blocks of columns, tiles along k.

use super::registers::Sizes;
use crate::pacq::tile::{DEPTH, ROWS, WORDS};
use hdl::{Module, Reg, Signal};

/// The remaining count of a loop that advances by a step.
#[derive(Clone, Copy)]
pub struct Left<'m> {
    register: Reg<'m>,
    total: Signal<'m>,
    step: u32,
    /// The loop is at its last step.
    pub is_last: Signal<'m>,
}

impl<'m> Left<'m> {
    fn new(m: &'m Module, name: &str, total: Signal<'m>, step: u32) -> Left<'m> {
        let register = m.reg(&format!("{name}_left"), total.width());
        let is_last = register.value().le(u64::from(step)).named(&format!("is_last_{name}"));
        Left { register, total, step, is_last }
    }

    /// The remaining count, including the present step.
    pub fn value(self) -> Signal<'m> {
        self.register.value()
    }

    /// Whether item `number`, at most the step, is in the current step.
    pub fn has(self, number: Signal<'m>) -> Signal<'m> {
        self.value().gt(number.zext(self.value().width()))
    }

    /// Whether item `number` is the last of the loop.
    pub fn ends_with(self, number: Signal<'m>) -> Signal<'m> {
        self.is_last & self.value().eq(number.zext(self.value().width()) + 1)
    }

    /// Starts from the total while `load` is 1, and counts down while `advance` is 1.
    fn run(self, load: Signal<'m>, advance: Signal<'m>) {
        let next = (load | self.is_last).mux(self.total, self.value() - u64::from(self.step));
        self.register.enable(load | advance).set(next);
    }
}

/// A product that begins.
#[derive(Clone, Copy)]
pub struct Job<'m> {
    /// It begins in the cycle after this one.
    pub start: Signal<'m>,
    /// Its sizes, from that cycle on.
    pub sizes: Sizes<Signal<'m>>,
}

/// The loops over blocks of results.
pub struct Blocks<'m> {
    active: Reg<'m>,
    /// There is a block.
    pub is_at_step: Signal<'m>,
    /// Rows of A and C.
    pub rows: Left<'m>,
    /// Columns of words.
    pub words: Left<'m>,
    start: Signal<'m>,
    load: Signal<'m>,
}

impl<'m> Blocks<'m> {
    /// The loops of a job.
    pub fn new(m: &'m Module, job: &Job<'m>) -> Blocks<'m> {
        let active = m.reg("active", 1).reset_to(0);
        let load = m.reg("load", 1).reset_to(0);
        load.set(job.start);
        Blocks {
            active,
            is_at_step: (active.value() & !load.value()).named("is_at_step"),
            rows: Left::new(m, "rows", job.sizes.m, ROWS),
            words: Left::new(m, "words", job.sizes.words, WORDS),
            start: job.start,
            load: load.value(),
        }
    }

    /// Completes the loops: they advance to the next block while `done` is 1. Returns whether there is work.
    pub fn finish(self, done: Signal<'m>) -> Signal<'m> {
        let ends_words = done & self.words.is_last;
        self.words.run(self.load, done);
        self.rows.run(self.load, ends_words);
        let ends = ends_words & self.rows.is_last;
        self.active.enable(self.start | ends).set(self.start);
        self.active.value()
    }
}

/// The loops over the tiles of blocks of results.
pub struct Tiles<'m> {
    /// The blocks.
    pub blocks: Blocks<'m>,
    /// Along k.
    pub k: Left<'m>,
    group: Left<'m>,
}

impl<'m> Tiles<'m> {
    /// The loops of a job.
    pub fn new(m: &'m Module, job: &Job<'m>) -> Tiles<'m> {
        Tiles {
            blocks: Blocks::new(m, job),
            k: Left::new(m, "k", job.sizes.k, DEPTH),
            group: Left::new(m, "group", job.sizes.group, DEPTH),
        }
    }

    /// There is a tile.
    pub fn is_at_step(&self) -> Signal<'m> {
        self.blocks.is_at_step
    }

    /// The group of scales ends with the tile.
    pub fn ends_group(&self) -> Signal<'m> {
        self.group.is_last | self.k.is_last
    }

    /// Completes the loops: they advance to the next tile while `done` is 1. Returns whether there is work.
    pub fn finish(self, done: Signal<'m>) -> Signal<'m> {
        let ends_k = done & self.k.is_last;
        // A group also ends at the end of k.
        self.group.run(self.blocks.load | ends_k, done);
        self.k.run(self.blocks.load, done);
        self.blocks.finish(ends_k)
    }
}
