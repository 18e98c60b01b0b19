//! Reads from memories at the clock edge.

use crate::forward::Forwarded;
use crate::memory::Ram;
use crate::module::Driven;
use crate::netlist::{Collision, Op};
use crate::signal::Signal;
use std::panic::Location;

/// A read port of a memory, made by [`Ram::read_at_clock`]. Its value is that of a register: unknown until the first
/// read.
#[derive(Clone, Copy)]
pub struct ReadPort<'m> {
    value: Signal<'m>,
    /// The register behind the value; `None` after an error.
    register: Option<usize>,
}

impl<'m> Ram<'m> {
    /// A read port called `name`: at each clock edge it loads the word at `address`, and holds it from then on.
    ///
    /// `collision` says what it returns if a write has the same address at the same edge, and so what it costs:
    ///
    /// | | the word | in hardware |
    /// | --- | --- | --- |
    /// | [`Undefined`](Collision::Undefined) | any value: `x` in Verilog, the initial value of a register without a reset in the built-in simulators (0, or random bits) | block RAM alone, on every target |
    /// | [`Old`](Collision::Old) | the word before the write | block RAM alone on 7 series; logic that delays the write on iCE40 and ECP5 |
    /// | [`New`](Collision::New) | the word after the write; for a masked write, the written lanes | registers for the written data and a multiplexer, on every target |
    ///
    /// Beyond the depth, a read returns 0 in the built-in simulators and is undefined elsewhere. A ROM has no
    /// collisions.
    #[track_caller]
    pub fn read_at_clock(self, name: &str, address: Signal<'m>, collision: Collision) -> ReadPort<'m> {
        let (module, source) = (self.module, Location::caller());
        if !self.check_address(address, source) {
            return ReadPort { value: module.stand_in(self.width, source), register: None };
        }
        let word = self.word(address, source);
        let name = module.scoped(name);
        let (value, register) = match collision {
            Collision::Old | Collision::Undefined => module.register_at(&name, word, source),
            Collision::New => {
                let (_, register) = module.register_at(&format!("{name}_stored"), word, source);
                let wire = module.node(Op::Wire(None), self.width, source).with_name(&name);
                let read = Forwarded { word: wire.id(), memory: self.index, register, address: address.id() };
                module.state_mut().forwarded.push(read);
                (wire, register)
            }
        };
        module.state_mut().logic.registers[register].collision = Some(collision);
        ReadPort { value, register: Some(register) }
    }
}

impl<'m> ReadPort<'m> {
    /// The word of the last read.
    pub fn value(self) -> Signal<'m> {
        self.value
    }

    /// Reads only at edges with `enable` = 1, and holds the word otherwise.
    #[track_caller]
    pub fn enable(self, enable: Signal<'m>) -> ReadPort<'m> {
        let (module, source) = (self.value.module(), Location::caller());
        let Some(register) = self.register else { return self };
        let what = format!("the enable of read port {}", self.value);
        let is_legal = module.check_one_bit(&what, enable, source);
        if module.claim_driver(Driven::RegisterEnable(register), &what, source) && is_legal {
            module.state_mut().logic.registers[register].enable = Some(enable.id());
        }
        self
    }
}
