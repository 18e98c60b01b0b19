//! The RTL between sensors and action.
//!
//! ```text
//! samples --> stream_watchdog --> event_gate --> changes --> xbar_mvm --> + --> force
//! ```

use super::plant::{CHANNELS, FORCE_STEP, GREATEST, WEIGHTS};
use crate::ReportError;
use crate::rig::{Port, Rig};
use blocks::block::Configured;
use blocks::crossbar::pins::ArrayPlace;
use blocks::crossbar::weights::cells_of_row;
use blocks::crossbar::xbar_mvm;
use blocks::sensing::{event_gate, stream_watchdog};
use serde::Serialize;

/// Width of a sample.
const VALUE_BITS: u32 = 12;

/// The thresholds of `event_gate`, in steps of a sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Gating {
    /// `in_enter`.
    pub enter: u64,
    /// `in_leave`.
    pub leave: u64,
}

/// Clocks in which a frame has come through.
const PATIENCE: u32 = 1000;

/// Clocks that a sample is waited for.
const TIMEOUT_CLOCKS: u64 = 32;

/// Frames in which a sample may be the same.
const STUCK_FRAMES: u64 = 6;

/// The greatest sample that is in range.
const MOST: i64 = GREATEST - 47;

/// Watchdog, gate and controller.
pub struct Chain {
    /// The thresholds of the gate; None: there is none.
    pub gating: Option<Gating>,
    /// Samples that have reached the controller.
    pub sent: u64,
    /// The controller.
    pub controller: Controller,
    watchdog: Option<Watchdog>,
    gate: Gate,
    /// Each channel as the controller knows it.
    known: [i64; CHANNELS],
}

impl Chain {
    /// With a gate if there are thresholds.
    pub fn new(gating: Option<Gating>, has_watchdog: bool) -> Result<Chain, ReportError> {
        Ok(Chain {
            gating,
            sent: 0,
            controller: Controller::new()?,
            watchdog: has_watchdog.then(Watchdog::new).transpose()?,
            gate: Gate::new()?,
            known: [0; CHANNELS],
        })
    }

    /// A frame of samples, which may be too short: how many of them were flagged.
    pub fn frame(&mut self, samples: &[i64]) -> Result<u64, ReportError> {
        let (samples, flagged) = match &mut self.watchdog {
            Some(watchdog) => watchdog.frame(samples)?,
            None => (samples.to_vec(), 0),
        };
        let before = self.known;
        match self.gating {
            // All samples of each whole frame go to the controller.
            None if samples.len() == CHANNELS => {
                self.known.copy_from_slice(&samples);
                self.sent += CHANNELS as u64;
            }
            Some(gating) if !samples.is_empty() => {
                for (channel, value) in self.gate.frame(&samples, gating)? {
                    self.known[channel] = value;
                    self.sent += 1;
                }
            }
            None | Some(_) => {}
        }
        if self.gating.is_none() || self.known != before {
            let changes = [0, 1, 2, 3].map(|channel| self.known[channel] - before[channel]);
            self.controller.add(&changes)?;
        }
        Ok(flagged)
    }

    /// The force, in N.
    pub fn force(&self) -> f64 {
        self.controller.sum as f64 * FORCE_STEP
    }
}

fn stuck(block: &str) -> ReportError {
    ReportError::Wrong(format!("{block}: nothing has come in {PATIENCE} clocks"))
}

/// A block that takes frames of samples at the stream `in`, and gives frames at `out`.
struct Framed {
    rig: Rig,
    input: [Port; 4],
    output: [Port; 2],
}

impl Framed {
    fn new(block: &dyn Configured) -> Result<Framed, ReportError> {
        let mut rig = Rig::of(block)?;
        let [out_ready] = rig.ports(["out_ready"]);
        rig.set(out_ready, 1);
        let input = rig.ports(["in_valid", "in_value", "in_last", "in_ready"]);
        let output = rig.ports(["out_valid", "out_last"]);
        Ok(Framed { rig, input, output })
    }

    /// Sends a frame, and gives each beat of the one that comes out to `take`.
    fn frame(
        &mut self,
        name: &str,
        samples: &[i64],
        mut take: impl FnMut(&mut Rig),
    ) -> Result<(), ReportError> {
        let Framed { rig, input: [in_valid, in_value, in_last, in_ready], output } = self;
        let [out_valid, out_last] = *output;
        let mut given = 0;
        for _ in 0..PATIENCE {
            let next = samples.get(given);
            rig.set(*in_valid, next.is_some().into());
            rig.set(*in_value, *next.unwrap_or(&0) as u64);
            rig.set(*in_last, (given + 1 == samples.len()).into());
            let (takes, comes) = (next.is_some() && rig.is(*in_ready), rig.is(out_valid));
            let ends = comes && rig.is(out_last);
            if comes {
                take(rig);
            }
            rig.tick();
            given += usize::from(takes);
            if ends {
                return rig.check();
            }
        }
        Err(stuck(name))
    }
}

/// `stream_watchdog`.
struct Watchdog {
    framed: Framed,
    value: Port,
    flags: [Port; 3],
}

impl Watchdog {
    fn new() -> Result<Watchdog, ReportError> {
        let params = stream_watchdog::Params {
            channels: CHANNELS as u32,
            value_bits: VALUE_BITS,
            ..Default::default()
        };
        let mut framed = Framed::new(&params)?;
        let rig = &mut framed.rig;
        let limits = rig.ports(["least", "greatest", "safe_value", "stuck_frames", "timeout_clocks"]);
        let values = [-MOST as u64, MOST as u64, 0, STUCK_FRAMES, TIMEOUT_CLOCKS];
        limits.into_iter().zip(values).for_each(|(port, value)| rig.set(port, value));
        let [value, flags @ ..] = rig.ports(["out_value", "out_missing", "out_beyond", "out_stuck"]);
        Ok(Watchdog { framed, value, flags })
    }

    /// A whole frame, and how many of its samples were flagged.
    fn frame(&mut self, samples: &[i64]) -> Result<(Vec<i64>, u64), ReportError> {
        let (mut frame, mut flagged) = (vec![], 0);
        self.framed.frame("stream_watchdog", samples, |rig| {
            frame.push(rig.get_signed(self.value));
            flagged += u64::from(self.flags.iter().any(|flag| rig.is(*flag)));
        })?;
        Ok((frame, flagged))
    }
}

/// `event_gate`.
struct Gate {
    framed: Framed,
    thresholds: [Port; 2],
    output: [Port; 4],
}

impl Gate {
    fn new() -> Result<Gate, ReportError> {
        let params =
            event_gate::Params { channels: CHANNELS as u32, value_bits: VALUE_BITS, ..Default::default() };
        let mut framed = Framed::new(&params)?;
        let rig = &mut framed.rig;
        let [in_refresh, thresholds @ ..] = rig.ports(["in_refresh", "in_enter", "in_leave"]);
        rig.set(in_refresh, 0);
        let output = rig.ports(["out_channel", "out_value", "out_event", "out_error"]);
        Ok(Gate { framed, thresholds, output })
    }

    /// The events of a frame; none of one that is too short.
    fn frame(&mut self, samples: &[i64], gating: Gating) -> Result<Vec<(usize, i64)>, ReportError> {
        let Gate { framed, thresholds, output: [channel, value, event, error] } = self;
        let given = [gating.enter, gating.leave];
        thresholds.iter().zip(given).for_each(|(port, value)| framed.rig.set(*port, value));
        let (mut events, mut is_wrong) = (vec![], false);
        framed.frame("event_gate", samples, |rig| {
            if rig.is(*event) {
                events.push((rig.get(*channel) as usize, rig.get_signed(*value)));
            }
            is_wrong = rig.is(*error);
        })?;
        Ok(if is_wrong { vec![] } else { events })
    }
}

/// A product of weights and changes of samples, on `xbar_mvm` with a model of its array, added to the sum of those before.
pub struct Controller {
    /// The sum.
    pub sum: i64,
    /// Products.
    pub products: u64,
    /// Their clocks.
    pub clocks: u64,
    rig: Rig,
    input: [Port; 4],
    output: [Port; 3],
}

/// Width of a change.
const CHANGE_BITS: u32 = VALUE_BITS + 1;

impl Controller {
    fn new() -> Result<Controller, ReportError> {
        let mut params = xbar_mvm::Params {
            rows: CHANNELS as u32,
            lanes: CHANNELS as u32,
            input_bits: CHANGE_BITS,
            outputs: 1,
            array: ArrayPlace::Model,
            ..Default::default()
        };
        // Four cells of 4 bits in a column.
        params.read_out.adc_bits = 6;
        let mut rig = Rig::of(&params)?;
        let settings =
            rig.ports(["precharge_clocks", "settle_clocks", "convert_clocks", "in_skip_zeros", "out_ready"]);
        settings.into_iter().zip([0, 2, 1, 1, 1]).for_each(|(port, value)| rig.set(port, value));
        let input = rig.ports(["in_valid", "in_data", "in_last", "in_ready"]);
        let output = rig.ports(["out_valid", "out_sums", "out_error"]);
        let load = rig.ports(["load_valid", "load_row", "load_column", "load_cells"]);
        for (row, weight) in (0..).zip(WEIGHTS) {
            for (column, level) in (0..).zip(cells_of_row(&params.adder(), &[weight])) {
                load.into_iter().zip([1, row, column, level]).for_each(|(port, value)| rig.set(port, value));
                rig.tick();
            }
        }
        rig.set(load[0], 0);
        Ok(Controller { sum: 0, products: 0, clocks: 0, rig, input, output })
    }

    fn add(&mut self, changes: &[i64; CHANNELS]) -> Result<(), ReportError> {
        let Controller { rig, input: [in_valid, in_data, in_last, in_ready], output, .. } = self;
        let [out_valid, out_sums, out_error] = *output;
        let mask = (1u64 << CHANGE_BITS) - 1;
        let data = changes.iter().rev().fold(0, |data, change| data << CHANGE_BITS | *change as u64 & mask);
        rig.set(*in_data, data);
        rig.set(*in_last, 1);
        let mut is_offered = true;
        for clock in 1..=u64::from(PATIENCE) {
            rig.set(*in_valid, is_offered.into());
            is_offered &= !rig.is(*in_ready);
            let comes = rig.is(out_valid);
            let (sum, is_wrong) = (rig.get_signed(out_sums), rig.is(out_error));
            rig.tick();
            if comes {
                rig.check()?;
                let expected: i64 = WEIGHTS.iter().zip(changes).map(|(weight, change)| weight * change).sum();
                if is_wrong || sum != expected {
                    return Err(ReportError::Wrong(format!("xbar_mvm: {changes:?} gave {sum}")));
                }
                self.sum += sum;
                self.products += 1;
                self.clocks += clock;
                return Ok(());
            }
        }
        Err(stuck("xbar_mvm"))
    }
}
