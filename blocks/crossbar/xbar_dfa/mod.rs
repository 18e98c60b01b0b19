#![doc = include_str!("README.md")]

mod feedback;
pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Feedback, Params};

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::crossbar::learning::SOURCE;

/// Updates by direct feedback alignment.
pub const BLOCK: Block = Block {
    name: "xbar_dfa",
    summary: "trains the layers of a network on crossbars by direct feedback alignment (DFA): errors to updates of all layers at once",
    source: SOURCE,
    section: "direct feedback alignment",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "inputs=2 hidden_layers=1 width=2 classes=2 activation_bits=2 potential_bits=2 gamma_bits=1 error_bits=2 delta_bits=2",
        "inputs=9 hidden_layers=3 width=4 classes=5 derivative=triangle potential_bits=5 gamma_bits=4 overlap=false",
        "inputs=5 hidden_layers=4 width=3 classes=17 error_bits=4 delta_bits=6 seed=2147483647",
        "inputs=16 hidden_layers=8 width=8 classes=64 derivative=triangle potential_bits=14 gamma_bits=12 delta_bits=16",
        "inputs=1024 hidden_layers=1 width=256 classes=33 activation_bits=16 potential_bits=24 error_bits=16 overlap=false",
        "inputs=5 hidden_layers=2 width=4 classes=3 update=trains train_seed=77",
        "inputs=3 hidden_layers=1 width=4 classes=6 activation_bits=16 delta_bits=16 error_bits=16 update=trains overlap=false",
        "inputs=5 hidden_layers=2 width=3 classes=4 update=counts feedback=stored",
        "inputs=2 hidden_layers=1 width=3 classes=2 activation_bits=2 error_bits=2 delta_bits=2 update=counts count_bits=8 \
         overlap=false",
        "inputs=4 hidden_layers=1 width=5 classes=3 derivative=triangle feedback=stored feedback_bits=8",
    ],
    small: "inputs=3 hidden_layers=2 width=3 classes=2 activation_bits=3 potential_bits=4 gamma_bits=2 error_bits=4 delta_bits=3",
    mutated: &[
        "inputs=3 hidden_layers=2 width=3 classes=2 activation_bits=3 potential_bits=4 gamma_bits=2 error_bits=4 delta_bits=3",
        "inputs=2 hidden_layers=1 width=2 classes=3 activation_bits=3 potential_bits=4 derivative=triangle gamma_bits=2 \
         error_bits=4 delta_bits=3 overlap=false",
        "inputs=2 hidden_layers=1 width=3 classes=2 activation_bits=3 potential_bits=4 gamma_bits=2 error_bits=4 delta_bits=3 \
         update=trains",
        "inputs=3 hidden_layers=1 width=2 classes=3 activation_bits=3 potential_bits=4 gamma_bits=2 error_bits=4 delta_bits=3 \
         update=counts count_bits=3 feedback=stored feedback_bits=2",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        let network = &self.network;
        let feedback = match self.feedback {
            Feedback::Lfsr => None,
            Feedback::Stored => Some(Channel::new("feedback", &self.neuron_feedback())),
        };
        let inputs = [Channel::new("sample", &network.sample()), Channel::new("error", &self.error())];
        Interface {
            inputs: inputs.into_iter().chain(feedback).collect(),
            outputs: vec![network.updates()],
            timing: Timing::Elastic,
        }
    }
}
