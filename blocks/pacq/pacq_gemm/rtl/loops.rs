//! The loops of a feed: blocks of rows, blocks of columns, tiles along k.

use super::registers::Sizes;
use crate::pacq::tile::rtl::counter;
use crate::pacq::tile::{DEPTH, ROWS, WORDS};
use hdl::{Module, Reg, Signal, bit_length, index_width};

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
    pub depth: Depth<'m>,
}

impl<'m> Tiles<'m> {
    /// The loops of a job.
    pub fn new(m: &'m Module, job: &Job<'m>) -> Tiles<'m> {
        let blocks = Blocks::new(m, job);
        let depth = Depth::new(m, job.sizes.k, job.sizes.group, blocks.load);
        Tiles { blocks, depth }
    }

    /// There is a tile.
    pub fn is_at_step(&self) -> Signal<'m> {
        self.blocks.is_at_step
    }

    /// Completes the loops: they advance to the next tile while `done` is 1. Returns whether there is work.
    pub fn finish(self, done: Signal<'m>) -> Signal<'m> {
        let ends_k = self.depth.finish(done);
        self.blocks.finish(ends_k)
    }
}

/// The tiles along k of a block of results, and the groups of scales that end with them.
pub struct Depth<'m> {
    /// Along k.
    pub k: Left<'m>,
    group: Left<'m>,
    load: Signal<'m>,
}

impl<'m> Depth<'m> {
    /// The loops from `k` and from the length of a group, which are taken while `load` is 1.
    pub fn new(m: &'m Module, k: Signal<'m>, group: Signal<'m>, load: Signal<'m>) -> Depth<'m> {
        Depth { k: Left::new(m, "k", k, DEPTH), group: Left::new(m, "group", group, DEPTH), load }
    }

    /// The group of scales ends with the tile.
    pub fn ends_group(&self) -> Signal<'m> {
        self.group.is_last | self.k.is_last
    }

    /// Completes the loops: they advance to the next tile while `done` is 1. Returns when the last one along k is done.
    pub fn finish(self, done: Signal<'m>) -> Signal<'m> {
        let ends_k = done & self.k.is_last;
        // A group also ends at the end of k.
        self.group.run(self.load | ends_k, done);
        self.k.run(self.load, done);
        ends_k
    }
}

/// The position in the lines along k of a tile: the index of the beat in its line, if there are several, the index of
/// the line, and whether the tile ends.
pub struct Lines<'m> {
    /// The beat of its line; none if a line is one beat.
    pub step: Option<Signal<'m>>,
    /// The line.
    pub line: Signal<'m>,
    /// The last beat of the tile.
    pub is_last: Signal<'m>,
}

impl<'m> Lines<'m> {
    /// Lines of `steps` beats, which advance while `advance` is 1.
    pub fn new(m: &'m Module, steps: u32, lines: u32, advance: Signal<'m>) -> Lines<'m> {
        let step = (steps > 1).then(|| counter(m, "step", steps, advance));
        let ends_line = step.map_or_else(|| m.ones(1), |step| step.all());
        let line = counter(m, "line", lines, advance & ends_line);
        Lines { step, line, is_last: (ends_line & line.all()).named("is_last_beat") }
    }

    /// 1 if the value at this index of the beat is within k.
    pub fn has(&self, m: &'m Module, k: Left<'m>, terms: u32, value: u32) -> Signal<'m> {
        let value = m.lit(value.into(), index_width(terms.into()));
        k.has(self.step.map_or(value, |step| m.concat(&[step, value])))
    }

    /// 1 if k ends with the beat.
    pub fn ends_k(&self, m: &'m Module, k: Left<'m>, terms: u32) -> Signal<'m> {
        let Some(step) = self.step else { return k.is_last };
        let next = step.zext(step.width() + 1) + 1;
        let after = m.concat(&[next, m.lit(0, bit_length(u128::from(terms) - 1))]);
        k.is_last & k.value().le(after.zext(k.value().width()))
    }
}
