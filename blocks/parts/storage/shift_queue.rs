#![doc = include_str!("shift_queue.md")]

use crate::Part;
use hdl::{Design, Module, ModuleRef, Signal};

/// See the page.
pub const PART: Part = Part {
    name: "shift_queue",
    summary: "a short FIFO of registers that can accept a word while it is full if one leaves",
    page: include_str!("shift_queue.md"),
    example,
};

/// A queue whose words move towards the front; it takes a word while it is full if one leaves.
pub struct ShiftQueue<'m> {
    /// The oldest word.
    pub front: Signal<'m>,
    /// There is a word.
    pub has_word: Signal<'m>,
    /// A word can be taken.
    pub has_room: Signal<'m>,
}

impl<'m> ShiftQueue<'m> {
    /// A queue of `depth` words: takes `word` where `push` is 1, which it may be only where there is room, and drops the
    /// oldest where `pop` is 1, which it may be only where there is a word.
    pub fn new(
        m: &'m Module,
        word: Signal<'m>,
        push: Signal<'m>,
        pop: Signal<'m>,
        depth: u32,
    ) -> ShiftQueue<'m> {
        let places: Vec<_> = (0..depth)
            .map(|place| {
                let valid = m.reg(&format!("valid{place}"), 1).reset_to(0);
                (valid, m.reg(&format!("word{place}"), word.width()))
            })
            .collect();
        for (index, (valid, data)) in places.iter().enumerate() {
            // The words behind move up, and the new word takes the first place that is free after that.
            let behind = places.get(index + 1).map(|(valid, data)| (valid.value(), data.value()));
            let ahead = index.checked_sub(1).map(|ahead| places[ahead].0.value());
            let is_filled_ahead = ahead.unwrap_or_else(|| m.ones(1));
            let takes_new = match &behind {
                None => push & pop.mux(valid.value(), is_filled_ahead & !valid.value()),
                Some((behind, _)) => {
                    push & pop.mux(valid.value() & !*behind, is_filled_ahead & !valid.value())
                }
            };
            match behind {
                None => {
                    valid.enable(takes_new | pop).set(takes_new);
                    data.enable(takes_new).set(word);
                }
                Some((behind, word_behind)) => {
                    let moves = pop & behind;
                    valid.enable(takes_new | pop).set(takes_new | behind);
                    data.enable(takes_new | moves).set(moves.mux(word_behind, word));
                }
            }
        }
        let (last, _) = places[places.len() - 1];
        let (first, front) = places[0];
        let queue =
            ShiftQueue { front: front.value(), has_word: first.value(), has_room: !last.value() | pop };
        m.assert("push_has_room", !push | queue.has_room);
        m.assert("pop_has_word", !pop | queue.has_word);
        queue
    }
}

fn example(design: &Design) -> ModuleRef {
    design.module("shift_queue", &["w16", "d3"], |m| {
        let [push, pop] = [("push", "add the word"), ("pop", "drop the oldest one")]
            .map(|(name, meaning)| m.input(name, 1, meaning));
        let queue =
            m.scope("queue", || ShiftQueue::new(m, m.input("word", 16, "what is pushed"), push, pop, 3));
        m.output("front", queue.front, "the oldest word");
        m.output("has_word", queue.has_word, "there is a word");
        m.output("has_room", queue.has_room, "a word can be pushed");
    })
}
