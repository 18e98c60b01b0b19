#![doc = include_str!("fifo.md")]

use crate::Part;
use crate::storage::credit::Credit;
use crate::storage::store::Store;
use hdl::{Design, Module, ModuleRef, Reg, Signal, index_width};

/// See the page.
pub const PART: Part =
    Part { name: "fifo", summary: "a FIFO of any depth in a memory", page: include_str!("fifo.md"), example };

/// A queue of words in a memory, of any depth: a word pushed can be popped from the next cycle on.
pub struct Fifo<'m> {
    name: String,
    memory: Store<'m>,
    head: Reg<'m>,
    tail: Reg<'m>,
    words: Credit<'m>,
    depth: u64,
    /// The oldest word, if there is one.
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
            let words = Credit::new(m, "count", depth);
            Fifo { name: name.into(), memory, head, tail, words, depth, front }
        })
    }

    /// There is a word.
    pub fn has_word(&self) -> Signal<'m> {
        self.words.count().any()
    }

    /// There is no room.
    pub fn is_full(&self) -> Signal<'m> {
        self.words.count().eq(self.depth)
    }

    /// Closes the queue: pushes `word` while `push` is 1, which is only allowed if there is room, and pops while `pop`
    /// is 1, which is only allowed if there is a word.
    pub fn finish(self, push: Signal<'m>, word: Signal<'m>, pop: Signal<'m>) {
        let m = push.module();
        m.scope(&self.name, || {
            m.assert("push_has_room", !(push & self.is_full()));
            m.assert("pop_has_word", !pop | self.has_word());
        });
        self.memory.write(push, self.tail.value(), word);
        self.tail.enable(push).set(next(self.tail.value(), self.depth));
        self.head.enable(pop).set(next(self.head.value(), self.depth));
        self.words.finish(push, pop);
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

fn example(design: &Design) -> ModuleRef {
    design.module("fifo", &["w16", "d32"], |m| {
        let [push, pop] = [("push", "add the word"), ("pop", "drop the oldest one")]
            .map(|(name, meaning)| m.input(name, 1, meaning));
        let word = m.input("word", 16, "what is pushed");
        let fifo = Fifo::new(m, "queue", 16, 32);
        m.output("front", fifo.front, "the oldest word");
        m.output("has_word", fifo.has_word(), "there is a word");
        m.output("is_full", fifo.is_full(), "there is no room");
        fifo.finish(push, word, pop);
    })
}
