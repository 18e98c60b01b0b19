//! The hardware. With one hold its steps follow each other; with two a hold samples while the other is converted:
//!
//! ```text
//! 1: idle --> reset --> sample x T_s --> convert x N --> done --+
//!                ^                                             |
//!                +---------------------------------------------+
//! 2: sample hold 0 | sample hold 1  | sample hold 0  | ...
//!                  | convert hold 0 | convert hold 1 | ...
//! ```

mod double;
mod search;
mod single;

use super::BLOCK;
use super::params::{Conversion, Params, Request};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal, Stream};

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "The controller of converters by successive approximation.";
        let timing = match self.holds {
            1 => {
                "A conversion takes N + T_s + 2 clocks, N the bits of a code, T_s the clocks in which the hold samples."
            }
            _ => {
                "A conversion takes N clocks, the bits of a code: one hold samples while the other is converted."
            }
        };
        block(design, &BLOCK, self, &[what, timing], |m| {
            let ports = ports(m, self);
            let analog = match self.holds {
                1 => single::controller(m, self, &ports),
                _ => double::controller(m, self, &ports),
            };
            m.outputs(&self.analog(), analog);
        })
    }
}

/// The ports but those to the analog part.
struct Ports<'m> {
    input: Stream<'m, Request<Signal<'m>>>,
    output: Stream<'m, Conversion<Signal<'m>>>,
    cmp: Signal<'m>,
}

fn ports<'m>(m: &'m Module, params: &Params) -> Ports<'m> {
    let input = m.input_stream("in", &params.request());
    let cmp = m.input("cmp", params.adcs, "1 for each converter whose input is at or above its DAC");
    Ports { input, cmp, output: m.output_stream("out", &params.conversion()) }
}
