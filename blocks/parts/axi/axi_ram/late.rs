//! A queue whose words leave some time after they came.

use crate::storage::credit::Credit;
use crate::storage::fifo::Fifo;
use hdl::{Module, Signal};

/// A queue of words, none of which leaves before a number of cycles after it came. Its counters are reset, so it begins empty.
pub(super) struct Late<'m> {
    m: &'m Module,
    name: String,
    cycles: u32,
    words: Fifo<'m>,
    /// Words whose time has come.
    due: Credit<'m>,
}

impl<'m> Late<'m> {
    /// An empty queue; a word that comes in cycle 0 may leave from cycle `cycles` on, which is 2 or more.
    pub(super) fn new(m: &'m Module, name: &str, width: u32, depth: u32, cycles: u32) -> Late<'m> {
        let words = Fifo::new(m, name, width, depth.into());
        let due = Credit::new(m, &format!("{name}_due"), depth.into());
        Late { m, name: name.into(), cycles, words, due }
    }

    /// A word may leave.
    pub(super) fn has_word(&self) -> Signal<'m> {
        self.due.count().any()
    }

    /// The oldest word.
    pub(super) fn front(&self) -> Signal<'m> {
        self.words.front
    }

    /// There is no room.
    pub(super) fn is_full(&self) -> Signal<'m> {
        self.words.is_full()
    }

    /// Closes the queue, as that of a [`Fifo`].
    pub(super) fn finish(self, push: Signal<'m>, word: Signal<'m>, pop: Signal<'m>) {
        // A bit for each cycle, so that any number of words is under way; the counter of those that are due has the last one.
        let line = self.m.reg(&format!("{}_line", self.name), self.cycles - 1).reset_to(0);
        let older = (self.cycles > 2).then(|| line.value().low(self.cycles - 2));
        line.set(older.map_or(push, |older| self.m.concat(&[older, push])));
        self.due.finish(line.value().msb(), pop);
        self.words.finish(push, word, pop);
    }
}
