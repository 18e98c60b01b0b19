//! A FIFO in block RAM.

use crate::storage::credit::Credit;
use hdl::{Collision, Module, Ram, Reg, Signal, Wire, index_width};

/// A queue in a memory that is read at the clock edge, as block RAM is. The oldest word can be used from the second cycle after its
/// push on, and from the cycle after the pop of the one before it.
pub struct Buffer<'m> {
    name: String,
    memory: Ram<'m>,
    head: Reg<'m>,
    /// The head of the next cycle.
    next: Wire<'m>,
    tail: Reg<'m>,
    words: Credit<'m>,
    has_front: Reg<'m>,
    /// The oldest word.
    pub front: Signal<'m>,
    /// A word can be pushed.
    pub has_room: Signal<'m>,
}

impl<'m> Buffer<'m> {
    /// An empty queue of `depth` words, a power of two, at least 2; 4 or more can take and give a word in every cycle.
    pub fn new(m: &'m Module, name: &str, width: u32, depth: u64) -> Buffer<'m> {
        m.scope(name, || {
            let pointer = |name| m.reg(name, index_width(depth)).reset_to(0);
            let (head, tail) = (pointer("head"), pointer("tail"));
            let next = m.wire("next_head", head.value().width());
            let memory = m.memory("words", width, depth);
            let front = memory.read_at_clock("front", next.value(), Collision::Undefined).value();
            let words = Credit::new(m, "count", depth);
            let has_room = !words.count().eq(depth);
            let has_front = m.reg("has_front", 1).reset_to(0);
            Buffer { name: name.into(), memory, head, next, tail, words, has_front, front, has_room }
        })
    }

    /// The oldest word is there and can be used.
    pub fn has_front(&self) -> Signal<'m> {
        self.has_front.value()
    }

    /// No word is in it, not even one that cannot be used yet.
    pub fn is_empty(&self) -> Signal<'m> {
        !self.words.count().any()
    }

    /// Closes the queue: pushes `word` while `push` is 1, and pops while `pop` is 1.
    pub fn finish(self, push: Signal<'m>, word: Signal<'m>, pop: Signal<'m>) {
        let m = push.module();
        m.scope(&self.name, || {
            m.assert("push_has_room", !push | self.has_room);
            m.assert("pop_has_word", !pop | self.words.count().any());
        });
        self.memory.write(push, self.tail.value(), word);
        self.tail.enable(push).set(self.tail.value() + 1);
        self.next.drive(self.head.value() + pop.zext(self.head.value().width()));
        self.head.set(self.next.value());
        // The word that is pushed now is not read at this edge.
        let count = self.words.count();
        self.has_front.set(count.any() & !(pop & count.eq(1)));
        self.words.finish(push, pop);
    }
}
