//! A memory cell under SET and RESET pulses, in integers only, so that hardware and simulators can have the same numbers.
//!
//! A pulse moves the conductance by `gain x max(0, V - threshold) x clocks / nominal_clocks`, times two log-normal factors: one
//! that the cell keeps (device to device), and one of this pulse (cycle to cycle).

mod log_normal;
mod random;
#[cfg(test)]
mod tests;

pub use log_normal::{FACTOR_BITS, LogNormal};
pub use random::random;

/// What a pulse does to the conductance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polarity {
    /// It rises.
    Set,
    /// It falls.
    Reset,
}

impl Polarity {
    /// The other one.
    pub fn flipped(self) -> Polarity {
        match self {
            Polarity::Set => Polarity::Reset,
            Polarity::Reset => Polarity::Set,
        }
    }
}

/// How a cell answers to pulses of a polarity.
#[derive(Clone, Copy, Debug)]
pub struct Switching {
    /// The voltage that has no effect yet, in mV.
    pub threshold: u64,
    /// Conductance for each volt above it in a pulse of the nominal width, in nS/V.
    pub gain: u64,
}

/// A kind of cell.
#[derive(Clone, Debug)]
pub struct Device {
    /// Under SET pulses.
    pub set: Switching,
    /// Under RESET pulses.
    pub reset: Switching,
    /// The width of the pulses that the gains are for.
    pub nominal_clocks: u64,
    /// The least conductance, in nS.
    pub least: u64,
    /// The greatest, in nS.
    pub greatest: u64,
    /// The factors from pulse to pulse.
    pub cycle_to_cycle: LogNormal,
    /// The factors from cell to cell.
    pub device_to_device: LogNormal,
}

impl Device {
    /// Cells of 0.1 to 60 uS: SET 4 uS/V above 0.9 V, RESET 5 uS/V above 1.1 V, standard deviations of 0.35 from pulse to pulse and
    /// 0.2 from cell to cell. Resistive memories with 1 to 40 uS of published arrays take as many pulses.
    pub fn resistive(nominal_clocks: u64) -> Device {
        Device {
            set: Switching { threshold: 900, gain: 4000 },
            reset: Switching { threshold: 1100, gain: 5000 },
            nominal_clocks,
            least: 100,
            greatest: 60_000,
            cycle_to_cycle: LogNormal::new(350),
            device_to_device: LogNormal::new(200),
        }
    }

    fn switching(&self, polarity: Polarity) -> Switching {
        match polarity {
            Polarity::Set => self.set,
            Polarity::Reset => self.reset,
        }
    }
}

/// A pulse.
#[derive(Clone, Copy, Debug)]
pub struct Pulse {
    /// Its direction.
    pub polarity: Polarity,
    /// Its amplitude in mV.
    pub millivolts: u64,
    /// Its width.
    pub clocks: u64,
}

/// Which random number: each comes from the seed, its kind, the cell and an index alone, so that the order in which cells are
/// computed does not matter.
#[derive(Clone, Copy)]
enum Kind {
    Start,
    Device,
    Cycle,
}

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    seed: u32,
    number: u32,
    /// In nS.
    pub conductance: u64,
    /// Pulses so far.
    pub pulses: u32,
    /// No pulse has an effect.
    pub is_stuck: bool,
    /// Its own factor.
    factor: u64,
}

impl Cell {
    /// A cell of an array with a seed, at a conductance of 1 to 2 uS.
    pub fn new(device: &Device, seed: u32, number: u32) -> Cell {
        let conductance = 1000 + ((u64::from(random(seed, Kind::Start as u32, number, 0)) * 1000) >> 32);
        let factor = device.device_to_device.factor(random(seed, Kind::Device as u32, number, 0));
        Cell { seed, number, conductance, pulses: 0, is_stuck: false, factor }
    }

    /// The same, stuck at a conductance.
    pub fn stuck(device: &Device, seed: u32, number: u32, conductance: u64) -> Cell {
        Cell { conductance, is_stuck: true, ..Cell::new(device, seed, number) }
    }

    /// Takes a pulse.
    pub fn pulse(&mut self, device: &Device, pulse: Pulse) {
        let random = random(self.seed, Kind::Cycle as u32, self.number, self.pulses);
        self.pulses += 1;
        if self.is_stuck {
            return;
        }
        let Switching { threshold, gain } = device.switching(pulse.polarity);
        let nominal = gain * pulse.millivolts.saturating_sub(threshold) * pulse.clocks;
        let own = (nominal / (1000 * device.nominal_clocks) * self.factor) >> FACTOR_BITS;
        let step = (own * device.cycle_to_cycle.factor(random)) >> FACTOR_BITS;
        let moved = match pulse.polarity {
            Polarity::Set => self.conductance + step,
            Polarity::Reset => self.conductance.saturating_sub(step),
        };
        self.conductance = moved.clamp(device.least, device.greatest);
    }
}
