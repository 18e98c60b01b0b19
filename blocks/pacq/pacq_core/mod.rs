#![doc = include_str!("README.md")]

mod host;
mod job;
mod model;
mod params;
mod registers;
mod rtl;
mod stimulus;

pub use host::{HostAnswer, HostCommand, HostKind};
pub use job::{Job, Matrix, Outcome};
pub use model::Machine;
pub use params::{Host, Params};
pub use registers::Registers;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::pacq::SOURCE;
use hdl::Field;
use parts::registers::RegisterMap;

/// Products of matrices in a memory.
pub const BLOCK: Block = Block {
    name: "pacq_core",
    summary: "matrix products, FP16 by packed integers, of matrices in a memory behind AXI4, each read as few times as its buffers allow",
    source: SOURCE,
    section: "the dataflow; the memory interface is an addition",
    documentation: include_str!("README.md"),
    variants: &[
        "trees=4 max_group=32 rows=32 max_k=32 columns=8 host=stream memory_words=512",
        "terms=8 weight_bits=2 trees=4 group_n=4 result=fp16 max_group=32 rows=32 max_k=64 columns=8 host=stream memory_words=512 memory_rate=100",
        "terms=16 trees=4 product=biased accumulate=fp16 max_group=32 rows=32 max_k=32 columns=8 host=stream memory_words=256 memory_latency=40",
        "product=rounded accumulate=fp32 max_group=32 rows=64 max_k=32 columns=16",
    ],
    small: "trees=4 product=biased accumulate=fp16 result=fp16 max_group=32 rows=32 max_k=32 columns=8 host=stream memory_words=256",
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
        let irq = || Field::new("irq", 1, "interrupt: a product has ended, until software clears INTERRUPT");
        (self.host == Host::Axi).then(irq).into_iter().collect()
    }

    fn registers(&self) -> Option<RegisterMap> {
        (self.host == Host::Axi).then(|| Registers::new(self).map)
    }
}
