#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::crossbar::learning::SOURCE;

/// Updates by back-propagation.
pub const BLOCK: Block = Block {
    name: "xbar_bp",
    summary: "trains the layers of a network on crossbars by back-propagation: errors to updates, by transposed reads layer after layer",
    source: SOURCE,
    section: "back-propagation, which direct feedback alignment is compared with",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "inputs=2 hidden_layers=1 width=2 classes=2 activation_bits=2 potential_bits=2 gamma_bits=1 error_bits=2 delta_bits=2 \
         sum_bits=4",
        "inputs=9 hidden_layers=3 width=4 classes=5 derivative=triangle potential_bits=5 gamma_bits=4 overlap=false",
        "inputs=5 hidden_layers=4 width=3 classes=17 error_bits=12 delta_bits=6 sum_bits=8",
        "inputs=16 hidden_layers=8 width=8 classes=64 derivative=triangle potential_bits=14 gamma_bits=12 delta_bits=16",
        "inputs=1024 hidden_layers=1 width=256 classes=33 activation_bits=16 potential_bits=24 error_bits=16 sum_bits=32 \
         overlap=false",
        "inputs=4 hidden_layers=2 width=3 classes=4 update=trains",
        "inputs=3 hidden_layers=2 width=4 classes=3 update=counts count_bits=5",
    ],
    small: "inputs=3 hidden_layers=2 width=3 classes=2 activation_bits=3 potential_bits=4 gamma_bits=2 error_bits=4 delta_bits=3 \
            sum_bits=5",
    mutated: &[
        "inputs=3 hidden_layers=2 width=3 classes=2 activation_bits=3 potential_bits=4 gamma_bits=2 error_bits=4 delta_bits=3 \
         sum_bits=5",
        "inputs=2 hidden_layers=1 width=2 classes=3 activation_bits=3 potential_bits=4 derivative=triangle gamma_bits=2 \
         error_bits=5 delta_bits=3 sum_bits=4 overlap=false",
        "inputs=2 hidden_layers=1 width=3 classes=2 activation_bits=3 potential_bits=4 gamma_bits=2 error_bits=4 delta_bits=3 \
         sum_bits=4 update=counts count_bits=3 overlap=false",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        let network = &self.network;
        Interface {
            inputs: vec![
                Channel::new("sample", &network.sample()),
                Channel::new("error", &network.error()),
                Channel::new("sum", &self.sum()),
            ],
            outputs: vec![Channel::new("read", &self.read()), network.updates()],
            timing: Timing::Elastic,
        }
    }
}
