//! Masters of AXI4 memory ports, what stands between them and several memories, and a memory behind such a port.

mod align;
pub mod axi_demux;
pub mod axi_ram;
mod bursts;
mod command;
mod port;
pub mod read_dma;
mod reorder;
mod rows;
pub mod write_dma;

pub use align::{Data, MatrixBeat};
pub use command::Command;
pub use port::{AddressBeat, Axi4, PortOf, ReadBeat, ResponseBeat, WriteBeat};

/// The shape of the parts' examples.
const EXAMPLE: Axi4 =
    Axi4 { address_bits: 32, select_bits: 0, data_bits: 64, burst: 16, outstanding: 8, count_bits: 16 };
