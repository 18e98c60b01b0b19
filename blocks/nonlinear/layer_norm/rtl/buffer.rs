//! The buffer of the elements.

use hdl::{Collision, Module, Ram, Reg, Signal, Wire, index_width};
use parts::storage::credit::Credit;

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
    /// The oldest word.
    pub front: Signal<'m>,
    /// A word can be pushed.
    pub has_room: Signal<'m>,
}

impl<'m> Buffer<'m> {
    /// An empty queue of `depth` words, a power of two.
    pub fn new(m: &'m Module, name: &str, width: u32, depth: u64) -> Buffer<'m> {
        m.scope(name, || {
            let pointer = |name| m.reg(name, index_width(depth)).reset_to(0);
            let (head, tail) = (pointer("head"), pointer("tail"));
            let next = m.wire("next_head", head.value().width());
            let memory = m.memory("words", width, depth);
            let front = memory.read_at_clock("front", next.value(), Collision::Undefined).value();
            let words = Credit::new(m, "count", depth);
            let has_room = !words.count().eq(depth);
            Buffer { name: name.into(), memory, head, next, tail, words, front, has_room }
        })
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
        self.words.finish(push, pop);
    }
}
