//! Queues of blocks, and beats that are read from memories.

use hdl::{Module, Signal, Signals};
use parts::storage::fifo::Fifo;

/// The blocks of results that a feed has to do.
pub struct Queue<'m, B> {
    fifo: Fifo<'m>,
    word: Signal<'m>,
    pushes: Signal<'m>,
    /// The oldest block, if there is one.
    pub block: B,
    /// What others see.
    pub state: QueueState<'m>,
}

/// Whether a queue has blocks, and room.
#[derive(Clone, Copy)]
pub struct QueueState<'m> {
    /// There is a block.
    pub has_block: Signal<'m>,
    /// There is no room.
    pub is_full: Signal<'m>,
}

impl<'m, B: Signals<'m>> Queue<'m, B> {
    /// A queue of `depth` blocks, which takes `block` where `pushes` is 1.
    pub fn new(m: &'m Module, depth: u64, block: &B, pushes: Signal<'m>) -> Queue<'m, B> {
        let word = m.pack(block);
        let fifo = Fifo::new(m, "queue", word.width(), depth);
        let state = QueueState { has_block: fifo.has_word(), is_full: fifo.is_full() };
        let block = m.unpack(block, fifo.front);
        Queue { fifo, word, pushes, block, state }
    }

    /// Closes the queue: the oldest block leaves where `ends` is 1.
    pub fn finish(self, ends: Signal<'m>) -> QueueState<'m> {
        self.fifo.finish(self.pushes, self.word, ends);
        self.state
    }
}

/// A beat that is read from a memory a cycle before it is offered.
pub struct Stage<'m> {
    /// The memory is read in this cycle.
    pub reads: Signal<'m>,
    /// The beat is offered.
    pub is_valid: Signal<'m>,
}

impl<'m> Stage<'m> {
    /// Reads where `has_step` is 1, unless a beat waits that is not taken.
    pub fn new(m: &'m Module, has_step: Signal<'m>, ready: Signal<'m>) -> Stage<'m> {
        let is_valid = m.reg("is_valid", 1).reset_to(0);
        let moves = !is_valid.value() | ready;
        is_valid.enable(moves).set(has_step);
        Stage { reads: (moves & has_step).named("reads"), is_valid: is_valid.value() }
    }
}
