//! A run of a design, recorded cycle by cycle, to be repeated on another simulator.

use hdl::{Bits, Direction, Port, limbs_for};
use sim::{Covered, SignalId, SignalInfo, Simulator, UnknownName, Violation, port_named};
use std::fmt;

/// The values of all ports in each cycle of a run, just before the rising edge of the clock.
///
/// An output's value is *checked* if a golden model gave it: then it must match exactly, and an X is an error. Any
/// other output's value is the recorded simulator's, and a simulator with X may leave bits of it unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    ports: Vec<Port>,
    /// First limb in a row of each port, then of the bits that say which ports are checked, then the row's length.
    offsets: Vec<usize>,
    /// One row per cycle.
    limbs: Vec<u64>,
}

impl Trace {
    /// A trace without cycles.
    pub fn new(ports: Vec<Port>) -> Trace {
        let mut offsets = vec![0];
        for port in &ports {
            offsets.push(offsets[offsets.len() - 1] + limbs_for(port.width));
        }
        offsets.push(offsets[ports.len()] + ports.len().div_ceil(64));
        Trace { ports, offsets, limbs: Vec::new() }
    }

    /// The ports, in the order of the values.
    pub fn ports(&self) -> &[Port] {
        &self.ports
    }

    /// The index of a port. The error lists the ports that there are.
    pub fn port(&self, name: &str) -> Result<usize, UnknownName> {
        port_named(&self.ports, name)
    }

    /// Number of cycles.
    pub fn cycles(&self) -> usize {
        self.limbs.len() / self.row_length().max(1)
    }

    /// Keeps only the first `cycles` cycles.
    pub fn truncate(&mut self, cycles: usize) {
        self.limbs.truncate(cycles * self.row_length());
    }

    /// Number of checked values in all cycles.
    pub fn checked_values(&self) -> usize {
        let marks = self.offsets[self.ports.len()]..self.row_length();
        let rows = self.limbs.chunks(self.row_length().max(1));
        rows.flat_map(|row| &row[marks.clone()]).map(|limb| limb.count_ones() as usize).sum()
    }

    /// Adds a cycle: a value for each port, and whether it is checked. Panics if a width differs, or if an input is
    /// checked.
    pub fn push(&mut self, values: &[Bits], checked: &[bool]) {
        let port_count = self.ports.len();
        assert!(
            values.len() == port_count && checked.len() == port_count,
            "one value for each of {port_count} ports"
        );
        let row = self.limbs.len();
        for (port, value) in self.ports.iter().zip(values) {
            assert_eq!(value.width(), port.width, "width of port `{}`", port.name);
            self.limbs.extend_from_slice(value.limbs());
        }
        self.limbs.resize(row + self.row_length(), 0);
        for (index, _) in checked.iter().enumerate().filter(|(_, checked)| **checked) {
            self.mark_checked(row, index);
        }
    }

    /// The value of a port in a cycle.
    pub fn value(&self, cycle: usize, port: usize) -> Bits {
        Bits::from_limbs(self.ports[port].width, self.limbs_of(cycle, port))
    }

    /// Whether a port's value in a cycle is a golden model's.
    pub fn is_checked(&self, cycle: usize, port: usize) -> bool {
        let limb = cycle * self.row_length() + self.offsets[self.ports.len()] + port / 64;
        self.limbs[limb] >> (port % 64) & 1 == 1
    }

    fn limbs_of(&self, cycle: usize, port: usize) -> &[u64] {
        let row = cycle * self.row_length();
        &self.limbs[row + self.offsets[port]..row + self.offsets[port + 1]]
    }

    fn row_length(&self) -> usize {
        self.offsets[self.ports.len() + 1]
    }

    fn mark_checked(&mut self, row: usize, port: usize) {
        assert_eq!(
            self.ports[port].direction,
            Direction::Output,
            "port `{}` is checked",
            self.ports[port].name
        );
        self.limbs[row + self.offsets[self.ports.len()] + port / 64] |= 1 << (port % 64);
    }

    /// Adds a cycle with the present values of a simulator's ports, none of them checked.
    fn push_from(&mut self, simulator: &mut impl Simulator) {
        let row = self.limbs.len();
        for (index, port) in self.ports.iter().enumerate() {
            match port.width {
                0..=64 => self.limbs.push(simulator.peek_u64(index)),
                _ => self.limbs.extend_from_slice(simulator.peek(index).limbs()),
            }
        }
        self.limbs.resize(row + self.row_length(), 0);
    }

    /// Replaces an output's value in the last cycle by a checked one.
    fn check_last(&mut self, port: usize, value: &Bits) {
        let row = self.limbs.len() - self.row_length();
        self.limbs[row + self.offsets[port]..row + self.offsets[port + 1]].copy_from_slice(value.limbs());
        self.mark_checked(row, port);
    }
}

/// A simulator that records what a testbench does with another one.
///
/// [`tick`](Simulator::tick) ends a cycle, also in a design without a clock.
pub struct Recorder<S> {
    simulator: S,
    trace: Trace,
    expected: Vec<(usize, Bits)>,
}

impl<S: Simulator> Recorder<S> {
    /// Records from the present state on.
    pub fn new(simulator: S) -> Recorder<S> {
        let trace = Trace::new(simulator.ports().to_vec());
        Recorder { simulator, trace, expected: Vec::new() }
    }

    /// Marks an output as checked in the current cycle: its value at the end of the cycle must be `value`. Panics if
    /// the port is an input or has another width.
    pub fn expect(&mut self, port: usize, value: &Bits) {
        let Port { name, width, direction } = &self.trace.ports[port];
        assert_eq!(*direction, Direction::Output, "port `{name}` is checked");
        assert_eq!(value.width(), *width, "width of port `{name}`");
        self.expected.push((port, value.clone()));
    }

    /// The recording so far, in whole cycles.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The recording, in whole cycles.
    pub fn into_trace(self) -> Trace {
        self.trace
    }
}

impl<S: Simulator> Simulator for Recorder<S> {
    fn ports(&self) -> &[Port] {
        self.simulator.ports()
    }

    fn poke(&mut self, port: usize, value: &Bits) {
        self.simulator.poke(port, value);
    }

    fn peek(&mut self, port: usize) -> Bits {
        self.simulator.peek(port)
    }

    fn poke_u64(&mut self, port: usize, value: u64) {
        self.simulator.poke_u64(port, value);
    }

    fn peek_u64(&mut self, port: usize) -> u64 {
        self.simulator.peek_u64(port)
    }

    fn tick(&mut self) {
        self.trace.push_from(&mut self.simulator);
        for (port, value) in self.expected.drain(..) {
            self.trace.check_last(port, &value);
        }
        self.simulator.tick();
    }

    fn signals(&self) -> &[SignalInfo] {
        self.simulator.signals()
    }

    fn signal(&mut self, id: SignalId) -> Bits {
        self.simulator.signal(id)
    }

    fn cycle(&self) -> u64 {
        self.simulator.cycle()
    }

    fn violations(&self) -> Vec<Violation> {
        self.simulator.violations()
    }

    fn environment_errors(&self) -> Vec<Violation> {
        self.simulator.environment_errors()
    }

    fn covered(&self) -> Vec<Covered> {
        self.simulator.covered()
    }
}

/// An output that differs from the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Number of the cycle, from 0.
    pub cycle: usize,
    /// Name of the output.
    pub port: String,
    /// The value in the trace.
    pub expected: Bits,
    /// The simulator's value as a Verilog literal: an `x` or `X` means that some of four bits are unknown.
    pub found: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch { cycle, port, expected, found } = self;
        write!(f, "cycle {cycle}, port {port}: expected {expected}, found {found}")
    }
}

impl std::error::Error for Mismatch {}

/// Repeats a trace on a simulator in its initial state, and compares every output in every cycle, checked or not, since
/// simulators behind this interface have no X. Panics if the simulator's ports differ from the trace's.
pub fn replay(trace: &Trace, simulator: &mut dyn Simulator) -> Result<(), Mismatch> {
    repeat(trace, simulator, |_, _| true)
}

/// [`replay`] for a design whose registers may start with other values: only checked outputs are compared. Also panics
/// if none is checked.
pub fn replay_checked(trace: &Trace, simulator: &mut dyn Simulator) -> Result<(), Mismatch> {
    assert!(trace.checked_values() > 0, "an output of the trace is checked");
    repeat(trace, simulator, |cycle, port| trace.is_checked(cycle, port))
}

fn repeat(
    trace: &Trace,
    simulator: &mut dyn Simulator,
    is_compared: impl Fn(usize, usize) -> bool,
) -> Result<(), Mismatch> {
    assert_eq!(simulator.ports(), trace.ports, "the simulator's ports are the trace's");
    let (inputs, outputs): (Vec<usize>, Vec<usize>) =
        (0..trace.ports.len()).partition(|&port| trace.ports[port].direction == Direction::Input);
    for cycle in 0..trace.cycles() {
        for &port in &inputs {
            match trace.limbs_of(cycle, port) {
                &[limb] => simulator.poke_u64(port, limb),
                _ => simulator.poke(port, &trace.value(cycle, port)),
            }
        }
        let mut compared = outputs.iter().filter(|port| is_compared(cycle, **port));
        compared.try_for_each(|&port| compare(trace, cycle, port, simulator))?;
        simulator.tick();
    }
    Ok(())
}

fn compare(trace: &Trace, cycle: usize, port: usize, simulator: &mut dyn Simulator) -> Result<(), Mismatch> {
    let same = match trace.limbs_of(cycle, port) {
        &[limb] => simulator.peek_u64(port) == limb,
        limbs => simulator.peek(port).limbs() == limbs,
    };
    if same {
        return Ok(());
    }
    let (port_name, expected) = (trace.ports[port].name.clone(), trace.value(cycle, port));
    Err(Mismatch { cycle, port: port_name, expected, found: simulator.peek(port).to_string() })
}
