//! Queues.

use crate::storage::store::Store;
use hdl::{Module, Reg, Signal, bit_length, index_width};

/// A queue of words in a memory, of any depth: a word pushed can be popped from the next cycle on.
pub struct Fifo<'m> {
    memory: Store<'m>,
    head: Reg<'m>,
    tail: Reg<'m>,
    count: Reg<'m>,
    depth: u64,
    /// The oldest word, where there is one.
    pub front: Signal<'m>,
}

impl<'m> Fifo<'m> {
    /// An empty queue.
    pub fn new(m: &'m Module, name: &str, width: u32, depth: u64) -> Fifo<'m> {
        m.scope(name, || {
            let pointer = |name| m.reg(name, index_width(depth)).reset_to(0);
            let (head, tail) = (pointer("head"), pointer("tail"));
            let memory = Store::new(m, "words", width, depth);
            let front = memory.read(head.value()).named("front");
            let count = m.reg("count", bit_length(depth.into())).reset_to(0);
            Fifo { memory, head, tail, count, depth, front }
        })
    }

    /// There is a word.
    pub fn has_word(&self) -> Signal<'m> {
        self.count.value().any()
    }

    /// There is no room.
    pub fn is_full(&self) -> Signal<'m> {
        self.count.value().eq(self.depth)
    }

    /// Closes the queue: pushes `word` where `push` is 1, which it may be only where there is room, and pops where
    /// `pop` is 1, which it may be only where there is a word.
    pub fn finish(self, push: Signal<'m>, word: Signal<'m>, pop: Signal<'m>) {
        self.memory.write(push, self.tail.value(), word);
        self.tail.enable(push).set(next(self.tail.value(), self.depth));
        self.head.enable(pop).set(next(self.head.value(), self.depth));
        let count = self.count.value();
        self.count.enable(push ^ pop).set(push.mux(count + 1, count - 1));
    }
}

/// The address after this one, round a memory of `depth` words.
fn next(address: Signal<'_>, depth: u64) -> Signal<'_> {
    let m = address.module();
    let following = if depth == 1 { address } else { address + 1 };
    if depth.is_power_of_two() {
        return following;
    }
    address.eq(depth - 1).mux(m.lit(0, address.width()), following)
}
