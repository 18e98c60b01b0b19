//! Logic that does not repeat: random operators of all widths between registers that feed back.

use super::elaborate;
use fastrand::Rng;
use hdl::{Module, Netlist, Reg, Signal};

const SEED: u64 = 3;
const INPUTS: usize = 4;
/// Each cloud of logic lies between randomly chosen registers and registers of its own.
const CLOUDS: usize = 40;
const REGISTERS: usize = 10;
const OPERATORS: usize = 252;
/// Values that only the cloud's own registers read.
const ENDS: usize = 30;
/// Registers that a cloud reads.
const SOURCES: usize = 24;
/// One register in this many is visible at the output.
const SEEN: usize = 8;

/// What gets a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Registers.
    Registers,
    /// Every operator too, so that a simulator shows it.
    Everything,
}

/// The design.
pub fn netlist(names: Names) -> Netlist {
    elaborate(|design| {
        design.module("irregular", &[], |m| {
            m.describe("Clouds of random logic between registers.");
            let mut rng = Rng::with_seed(SEED);
            let inputs: Vec<_> = (0..INPUTS).map(|index| m.input(&format!("x{index}"), 64, "")).collect();
            let mut register = |index| m.reg(&format!("r{index}"), rng.u32(1..=64)).reset_to(0);
            let registers: Vec<_> = (0..CLOUDS * REGISTERS).map(&mut register).collect();
            for (index, own) in registers.chunks(REGISTERS).enumerate() {
                let mut values = inputs.clone();
                values.extend((0..SOURCES).map(|_| registers[rng.usize(..registers.len())].value()));
                let rng = rng.fork();
                m.scope(&format!("cloud{index}"), || {
                    Cloud { m, names, rng, unread: values.clone(), values }.between(own)
                });
            }
            let seen = registers.iter().step_by(SEEN).map(|register| fitted(register.value(), 64));
            m.output("digest", seen.reduce(|a, b| a ^ b).expect("there is a register"), "");
        })
    })
}

/// A cloud under construction.
struct Cloud<'m> {
    m: &'m Module,
    names: Names,
    rng: Rng,
    values: Vec<Signal<'m>>,
    unread: Vec<Signal<'m>>,
}

impl<'m> Cloud<'m> {
    /// Grows the cloud, and drives its registers with everything that is still unread.
    fn between(mut self, own: &[Reg<'m>]) {
        for index in 0..OPERATORS {
            let value = match self.names {
                Names::Registers => self.operator(),
                Names::Everything => self.operator().named(&format!("n{index}")),
            };
            self.values.push(value);
            self.unread.push(value);
        }
        for (index, register) in own.iter().enumerate() {
            let width = register.value().width();
            let ends = self.unread.iter().skip(index).step_by(own.len()).map(|end| fitted(*end, width));
            register.set(ends.reduce(|a, b| a ^ b).expect("there are more ends than registers"));
        }
    }

    /// An operand: if possible one that nothing has read yet.
    fn pick(&mut self) -> Signal<'m> {
        match self.unread.len() > ENDS {
            true => self.unread.swap_remove(self.rng.usize(..self.unread.len())),
            false => self.values[self.rng.usize(..self.values.len())],
        }
    }

    fn pick_as(&mut self, width: u32) -> Signal<'m> {
        fitted(self.pick(), width)
    }

    /// Additions and XORs are frequent enough that no value loses its effect on the way.
    fn operator(&mut self) -> Signal<'m> {
        let a = self.pick();
        let width = a.width();
        match self.rng.u8(..32) {
            0..5 => a + self.pick_as(width),
            5..8 => a - self.pick_as(width),
            8..14 => a ^ self.pick_as(width),
            14..16 => a & self.pick_as(width),
            16..18 => a | self.pick_as(width),
            18 => !a,
            19..22 => self.pick_as(1).mux(a, self.pick_as(width)),
            22 => a.lt(self.pick_as(width)),
            23 => a.eq(self.pick_as(width)) ^ a.parity(),
            24 => a.low(width.min(32)) * self.pick_as(width.min(32)),
            25 => a << self.pick_as(3),
            26 => a.shr_signed(self.pick_as(3)),
            27..30 => self.part_of(a),
            _ => self.joined(a),
        }
    }

    fn part_of(&mut self, a: Signal<'m>) -> Signal<'m> {
        let low = self.rng.u32(..a.width());
        let high = self.rng.u32(low..a.width());
        a.slice(high, low)
    }

    fn joined(&mut self, a: Signal<'m>) -> Signal<'m> {
        let other = self.pick();
        let room = 64 - a.width();
        match room {
            0 => a ^ fitted(other, 64),
            _ => self.m.concat(&[a, other.low(room.min(other.width()))]),
        }
    }
}

/// Truncated or sign-extended.
fn fitted(value: Signal, width: u32) -> Signal {
    match value.width() < width {
        true => value.sext(width),
        false => value.low(width),
    }
}
