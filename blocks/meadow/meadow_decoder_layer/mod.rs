#![doc = include_str!("README.md")]

mod model;
mod params;
mod registers;
pub mod rtl;
pub mod step;
mod stimulus;

pub use model::{Answer, ILLEGAL, Machine, Outcome, READ_FAILED, WRITE_FAILED};
pub use params::{Host, HostAnswer, HostCommand, Params, TABLE_ROWS, Unpacker};
pub use registers::Registers;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::meadow::SOURCE;
use hdl::Field;
use parts::registers::RegisterMap;

/// A decoder layer.
pub const BLOCK: Block = Block {
    name: "meadow_decoder_layer",
    summary: "runs transformer layers from a list of steps in memory: products, attention, norms, behind AXI4",
    source: SOURCE,
    section: "the layer; the list of steps is an addition",
    documentation: include_str!("README.md"),
    variants: &[
        "tokens=2 lends=true d_head=8 inner=24 keys=9 row_length=32 token_words=16 unpacker=all host=stream memory_words=2048",
        "tokens=3 groups=2 d_head=16 inner=17 keys=6 row_length=16 token_words=12 bus_bits=128 unpacker=none host=stream memory_words=1024 rounding=half_even memory_rate=100",
        "tokens=1 groups=3 lends=true d_head=32 inner=40 keys=8 row_length=64 token_words=9 bus_bits=256 probability_bits=8 unpacker=none sparse=false host=stream memory_words=1024 memory_latency=60",
        "tokens=2 d_head=8 inner=8 keys=4 row_length=8 token_words=4",
        "tokens=2 d_head=8 inner=9 keys=3 row_length=16 token_words=6 unpacker=all local_words=150 host=stream memory_words=1500",
        "tokens=2 groups=2 lends=true split_k=2 d_head=8 inner=27 keys=5 row_length=8 token_words=12 unpacker=none host=stream memory_words=1024",
        "tokens=1 groups=4 split_k=4 d_head=8 inner=75 keys=3 row_length=8 token_words=24 unpacker=none host=stream memory_words=1024",
    ],
    mutated: &[
        "tokens=1 d_head=8 inner=8 keys=4 row_length=8 token_words=4 unpacker=none host=stream memory_words=512",
        "tokens=1 groups=2 lends=true split_k=2 d_head=8 inner=27 keys=3 row_length=8 token_words=8 unpacker=none host=stream memory_words=1024",
    ],
    small: "tokens=1 d_head=8 inner=8 keys=4 row_length=8 token_words=4 unpacker=none host=stream memory_words=512",
    is_large: true,
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        match self.host {
            Host::Stream => Interface {
                inputs: vec![Channel::new("command", &self.command())],
                outputs: vec![Channel::new("answer", &self.answer())],
                timing: Timing::Elastic,
            },
            Host::Axi => {
                let (registers, memory) = (Registers::new(self).map.port(), self.port());
                let inputs = registers.inputs.into_iter().chain(memory.inputs());
                let outputs = registers.outputs.into_iter().chain(memory.outputs());
                Interface { inputs: inputs.collect(), outputs: outputs.collect(), timing: Timing::Elastic }
            }
        }
    }

    fn levels(&self) -> Vec<Field> {
        let irq = || Field::new("irq", 1, "interrupt: a list has ended, until software clears INTERRUPT");
        (self.host == Host::Axi).then(irq).into_iter().collect()
    }

    fn registers(&self) -> Option<RegisterMap> {
        (self.host == Host::Axi).then(|| Registers::new(self).map)
    }
}
