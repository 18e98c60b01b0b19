//! What beats of ready/valid streams pass through.

pub mod arbiter;
mod channel;
pub mod fork;
pub mod pipeline;
pub mod skid;
pub mod slot;

pub use channel::Channel;
