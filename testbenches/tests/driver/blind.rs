//! Adders whose golden model leaves some or all outputs unspecified.

use crate::adder::{Adder, Defect};
use blocks::block::{Configured, Hardware};
use blocks::channel::{Interface, Ports, Timing};
use blocks::golden::{GoldenModel, Model, Reference};
use blocks::parameters::Values;
use blocks::stimulus::{Coverage, Space, Stimulus};
use hdl::{Bits, Design, ModuleRef};

/// An adder, and whether its golden model answers with a sum and a parity.
pub struct Blind {
    pub adder: Adder,
    pub knows: [bool; 2],
    /// What the block states about its cases; the true value is 1.
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

impl Ports for Blind {
    fn interface(&self) -> Interface {
        self.adder.interface()
    }
}

impl Hardware for Blind {
    fn build(&self, design: &Design) -> ModuleRef {
        self.adder.build(design)
    }
}

impl Reference for Blind {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { model: self.adder.model(), knows: self.knows })
    }
}

impl Stimulus for Blind {
    fn spaces(&self) -> Vec<Space> {
        self.adder.spaces()
    }

    fn random(&self, seed: u64) -> Space {
        self.adder.random(seed)
    }

    fn cycles_per_case(&self) -> u64 {
        self.cycles_per_case
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats([], |_, _| {})
    }
}
