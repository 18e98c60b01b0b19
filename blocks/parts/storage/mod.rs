//! Storage: registers, memories, queues.

pub mod buffer;
pub mod credit;
pub mod fifo;
pub mod halves;
pub mod held;
pub mod shift_queue;
pub mod store;
