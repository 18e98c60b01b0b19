//! A memory cell under SET and RESET pulses, in integers only, so that hardware and simulators can have the same numbers.
//!
//! A pulse moves the conductance by `gain x max(0, V - threshold) x clocks / nominal_clocks`, times two log-normal factors: one
//! that the cell keeps (device to device), and one of this pulse (cycle to cycle).

mod log_normal;
mod params;
mod random;
pub mod rtl;
#[cfg(test)]
mod tests;

pub use log_normal::{FACTOR_BITS, LogNormal};
pub use params::CellParams;
pub use random::{mixed, random};

use random::after;

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
    /// Of new cells, in nS: from here on,
    pub start: u64,
    /// to below so much more.
    pub start_spread: u64,
    /// The factors from pulse to pulse.
    pub cycle_to_cycle: LogNormal,
    /// The factors from cell to cell.
    pub device_to_device: LogNormal,
    /// Random numbers of 16 bits below this are of cells that are stuck at the least conductance.
    pub stuck_least_below: u32,
    /// Those from there to below this are of cells that are stuck at the greatest.
    pub stuck_below: u32,
}

impl Device {
    /// [`CellParams::resistive`].
    pub fn resistive(nominal_clocks: u64) -> Device {
        let nominal_clocks = u32::try_from(nominal_clocks).expect("a pulse has fewer clocks");
        CellParams::resistive(nominal_clocks).device()
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
    Stuck,
}

/// What the random numbers of all pulses under a seed begin with.
pub fn cycle_state(seed: u32) -> u32 {
    after(seed, Kind::Cycle as u32)
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
    /// Its own factor, with [`FACTOR_BITS`] fractional bits.
    pub factor: u64,
}

impl Cell {
    /// A new cell of an array with a seed.
    pub fn new(device: &Device, seed: u32, number: u32) -> Cell {
        let random = |kind: Kind| random(seed, kind as u32, number, 0);
        let start = device.start + ((u64::from(random(Kind::Start)) * device.start_spread) >> 32);
        let (conductance, is_stuck) = match random(Kind::Stuck) & 0xffff {
            stuck if stuck < device.stuck_least_below => (device.least, true),
            stuck if stuck < device.stuck_below => (device.greatest, true),
            _ => (start, false),
        };
        let factor = device.device_to_device.factor(random(Kind::Device));
        Cell { seed, number, conductance, pulses: 0, is_stuck, factor }
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
