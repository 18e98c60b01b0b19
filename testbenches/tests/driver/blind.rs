//! Adders whose golden model does not know everything.

use crate::adder::{Adder, Defect};
use blocks::block::{Configured, Model, Observe};
use blocks::channel::{Interface, Timing};
use blocks::parameters::Values;
use blocks::stimulus::Space;
use hdl::{Bits, Design, ModuleRef};

/// An adder, and whether its golden model answers with a sum and a parity.
pub struct Blind {
    pub adder: Adder,
    pub knows: [bool; 2],
    /// What the block says of its cases; in truth it is 1.
    pub cycles_per_case: u64,
}

impl Blind {
    /// An adder whose golden model does not know the parity.
    pub fn to_parity(timing: Timing, defect: Defect) -> Blind {
        Blind { adder: Adder::new(timing, defect), knows: [true, false], cycles_per_case: 1 }
    }

    /// An adder whose golden model knows nothing.
    pub fn to_all(timing: Timing) -> Blind {
        Blind { knows: [false; 2], ..Blind::to_parity(timing, Defect::None) }
    }
}

struct Golden {
    model: Box<dyn Model>,
    knows: [bool; 2],
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let knows = self.knows;
        self.model.accept(channel, beat, &mut |output, fields| {
            emit(output, &[0, 1].map(|field| fields[field].clone().filter(|_| knows[field])));
        });
    }
}

impl Values for Blind {
    fn values(&self) -> Vec<(String, String)> {
        self.adder.values()
    }
}

impl Configured for Blind {
    fn interface(&self) -> Interface {
        self.adder.interface()
    }

    fn build(&self, design: &Design) -> ModuleRef {
        self.adder.build(design)
    }

    fn model(&self) -> Box<dyn Model> {
        Box::new(Golden { model: self.adder.model(), knows: self.knows })
    }

    fn spaces(&self) -> Vec<Space> {
        self.adder.spaces()
    }

    fn random(&self, seed: u64) -> Space {
        self.adder.random(seed)
    }

    fn cycles_per_case(&self) -> u64 {
        self.cycles_per_case
    }

    fn coverage_points(&self) -> Vec<&'static str> {
        vec![]
    }

    fn observer(&self) -> Box<dyn Observe + '_> {
        Box::new(|_: usize, _: &[Bits], _: &mut dyn FnMut(usize)| {})
    }
}
