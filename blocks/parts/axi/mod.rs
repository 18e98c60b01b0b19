//! Masters of AXI4 memory ports.

mod align;
mod bursts;
mod command;
mod port;
pub mod read_dma;
mod reorder;
mod rows;
pub mod write_dma;

pub use align::{Data, MatrixBeat};
pub use command::Command;
pub use port::Axi4;

/// The shape of the parts' examples.
const EXAMPLE: Axi4 = Axi4 { address_bits: 32, data_bits: 64, burst: 16, outstanding: 8, count_bits: 16 };
