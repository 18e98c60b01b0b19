//! Buffers, loops and outputs of tile engines.

mod activations;
mod double_buffer;
mod loops;
mod scales;
mod tile;
mod units;

pub use activations::Activations;
pub use double_buffer::DoubleBuffer;
pub use loops::{Loops, counter};
pub use scales::Scales;
pub use tile::Tile;
pub use units::{InFlight, Memories, rows_in_turn};
