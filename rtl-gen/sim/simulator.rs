//! The interface of every simulator of a design.

use crate::names::{UnknownName, port_named};
use crate::property::{Covered, Violation};
use hdl::{Bits, Port};

/// A running model of one design.
///
/// Ports are addressed by their index in [`ports`](Simulator::ports), which [`port`](Simulator::port) finds by name.
/// The clock is not among them: [`tick`](Simulator::tick) drives it. The reset is an ordinary input, the first port of a
/// design that has one.
///
/// Only the search by name has a default: a simulator that wraps another one must forward everything else. One that
/// shows only its ports uses [`ports_only`](crate::ports_only).
pub trait Simulator {
    /// The design's ports, without the clock, in order of declaration.
    fn ports(&self) -> &[Port];

    /// The index of a port. The error lists the ports, and suggests the one most like `name`.
    fn port(&self, name: &str) -> Result<usize, UnknownName> {
        port_named(self.ports(), name)
    }

    /// [`port`](Simulator::port) for several at once: `let [a, b] = simulator.ports_named(["a", "b"])?`.
    fn ports_named<const N: usize>(&self, names: [&str; N]) -> Result<[usize; N], UnknownName>
    where
        Self: Sized,
    {
        let mut indices = [0; N];
        for (index, name) in indices.iter_mut().zip(names) {
            *index = self.port(name)?;
        }
        Ok(indices)
    }

    /// Drives an input. Combinational logic settles before the next [`peek`](Simulator::peek).
    fn poke(&mut self, port: usize, value: &Bits);

    /// The settled value of a port.
    fn peek(&mut self, port: usize) -> Bits;

    /// One rising clock edge; no effect in a design without a clock.
    fn tick(&mut self);

    /// [`poke`](Simulator::poke) for a port of up to 64 bits; `value` must fit it.
    fn poke_u64(&mut self, port: usize, value: u64);

    /// [`peek`](Simulator::peek) for a port of up to 64 bits.
    fn peek_u64(&mut self, port: usize) -> u64;

    /// The internal signals that can be read, without the ports; none if the simulator shows only ports.
    fn signals(&self) -> &[SignalInfo];

    /// The settled value of an internal signal. Panics for an id that is not in [`signals`](Simulator::signals).
    fn signal(&mut self, id: SignalId) -> Bits;

    /// How many times [`tick`](Simulator::tick) was called; 0 if the simulator does not count.
    fn cycle(&self) -> u64;

    /// The assertions that failed so far, in order of declaration; none if the simulator checks none.
    fn violations(&self) -> Vec<Violation>;

    /// The assumptions that the environment violated so far, in order of declaration; none likewise.
    fn environment_errors(&self) -> Vec<Violation>;

    /// Every cover point with its hits so far, in order of declaration; none likewise.
    fn covered(&self) -> Vec<Covered>;
}

/// For use inside an `impl Simulator`: the methods of a simulator that has no internal signals, counts no cycles and
/// checks no properties.
#[macro_export]
macro_rules! ports_only {
    () => {
        fn signals(&self) -> &[$crate::SignalInfo] {
            &[]
        }

        fn signal(&mut self, id: $crate::SignalId) -> ::hdl::Bits {
            panic!("this simulator has no internal signal {id:?}")
        }

        fn cycle(&self) -> u64 {
            0
        }

        fn violations(&self) -> Vec<$crate::Violation> {
            vec![]
        }

        fn environment_errors(&self) -> Vec<$crate::Violation> {
            vec![]
        }

        fn covered(&self) -> Vec<$crate::Covered> {
            vec![]
        }
    };
}

/// The number of an internal signal. Names of one value share a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignalId(pub(crate) u32);

/// An internal signal that a simulator can show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalInfo {
    /// Instance names and the signal's own name, joined by dots.
    pub path: String,
    /// Width in bits.
    pub width: u32,
    /// The id for [`Simulator::signal`].
    pub id: SignalId,
}

/// A borrowed simulator is one too.
impl<S: Simulator + ?Sized> Simulator for &mut S {
    fn ports(&self) -> &[Port] {
        (**self).ports()
    }

    fn poke(&mut self, port: usize, value: &Bits) {
        (**self).poke(port, value);
    }

    fn peek(&mut self, port: usize) -> Bits {
        (**self).peek(port)
    }

    fn tick(&mut self) {
        (**self).tick();
    }

    fn poke_u64(&mut self, port: usize, value: u64) {
        (**self).poke_u64(port, value);
    }

    fn peek_u64(&mut self, port: usize) -> u64 {
        (**self).peek_u64(port)
    }

    fn signals(&self) -> &[SignalInfo] {
        (**self).signals()
    }

    fn signal(&mut self, id: SignalId) -> Bits {
        (**self).signal(id)
    }

    fn cycle(&self) -> u64 {
        (**self).cycle()
    }

    fn violations(&self) -> Vec<Violation> {
        (**self).violations()
    }

    fn environment_errors(&self) -> Vec<Violation> {
        (**self).environment_errors()
    }

    fn covered(&self) -> Vec<Covered> {
        (**self).covered()
    }
}
