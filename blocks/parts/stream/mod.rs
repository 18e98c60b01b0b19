//! What beats of ready/valid streams pass through.

pub mod arbiter;
mod channel;
pub mod fork;
pub mod pipeline;
pub mod skid;
pub mod slot;
pub mod together;

pub use channel::Channel;

/// What the streams of the parts' examples carry.
#[derive(Clone, Copy, hdl::Bundle)]
struct Word<T> {
    /// The payload.
    data: T,
}

const WORD: Word<u32> = Word { data: 32 };
