//! Clocks of each controller by itself.

use super::chain::{Converter, Setting, clocks_of_vector};
use crate::ReportError;
use crate::rig::Rig;
use crate::streams::Streams;
use blocks::block::Configured;
use blocks::crossbar::phase::Encoding;
use blocks::crossbar::{xbar_adc_flash, xbar_adc_sar, xbar_input_driver, xbar_shift_add};
use blocks::stimulus::Stimulus;
use serde::Serialize;

/// A controller at work without a stall.
#[derive(Clone, Debug, Serialize)]
pub struct Controller {
    /// The block.
    pub block: &'static str,
    /// How it is used.
    pub setting: String,
    /// What the clocks are of.
    pub unit: &'static str,
    /// The least that is possible.
    pub bound: u64,
    /// Measured, for the same number of units.
    pub measured: u64,
}

/// Every controller.
pub fn controllers() -> Result<Vec<Controller>, ReportError> {
    let mut found = vec![];
    for (encoding, at_once) in
        [(Encoding::TwosComplement, 64), (Encoding::TwosComplement, 16), (Encoding::SignMagnitude, 64)]
    {
        found.push(driver(encoding, at_once)?);
    }
    found.extend([sequencer(1)?, sequencer(2)?, sar(1)?, sar(2)?, flash()?, shift_add()?]);
    Ok(found)
}

/// Vectors that are timed, behind one that fills the pipeline.
const VECTORS: u64 = 4;

/// Vectors all of whose rows are driven in every phase that can drive one.
fn driver(encoding: Encoding, at_once: u32) -> Result<Controller, ReportError> {
    let params = xbar_input_driver::Params {
        rows_at_once: Some(at_once),
        encoding,
        lanes: 64,
        ..xbar_input_driver::Params::default()
    };
    let mut rig = Rig::of(&params)?;
    let [valid, data, last, skip, ready] =
        rig.ports(["in_valid", "in_data", "in_last", "in_skip_zeros", "out_ready"]);
    [valid, last, ready].into_iter().for_each(|port| rig.set(port, 1));
    rig.set_ones(data);
    rig.set(skip, 0);
    let [out_valid, out_last] = rig.ports(["out_valid", "out_phase_last"]);
    let clocks = between(&mut rig, VECTORS, |rig| rig.is(out_valid) && rig.is(out_last))?;
    let signs = if encoding == Encoding::SignMagnitude { 2 } else { 1 };
    let name = match encoding {
        Encoding::Unsigned => "unsigned",
        Encoding::TwosComplement => "two's complement",
        Encoding::SignMagnitude => "sign and magnitude",
    };
    Ok(Controller {
        block: "xbar_input_driver",
        setting: format!("64 rows, {at_once} at once, 8 bits, {name}"),
        unit: "vector",
        bound: u64::from(params.input_bits * params.blocks() * signs),
        measured: clocks / VECTORS,
    })
}

/// Cycles after which a block counts as stuck.
const PATIENCE: u64 = 100_000;

/// Clocks from the second time that something happens to `count` times later.
fn between(rig: &mut Rig, count: u64, mut happens: impl FnMut(&mut Rig) -> bool) -> Result<u64, ReportError> {
    let (mut times, mut first) = (0, 0);
    for cycle in 0..PATIENCE {
        if happens(rig) {
            times += 1;
            if times == 2 {
                first = cycle;
            }
            if times == 2 + count {
                rig.check()?;
                return Ok(cycle - first);
            }
        }
        rig.tick();
    }
    Err(ReportError::Wrong(format!("stuck: it happened {times} times")))
}

/// Phases of one bit, with a flash converter.
fn sequencer(holds: u32) -> Result<Controller, ReportError> {
    let (columns, settle_clocks) = (8, 2);
    let setting = Setting { input_bits: 1, columns, holds, settle_clocks, converter: Converter::Flash };
    let converts = u64::from(columns);
    let (name, bound) = match holds {
        1 => ("serial", settle_clocks + converts),
        _ => ("overlapped", settle_clocks.max(converts)),
    };
    Ok(Controller {
        block: "xbar_sequencer",
        setting: format!("8 columns, T_settle 2, {name}"),
        unit: "phase",
        bound,
        measured: clocks_of_vector(&setting)?,
    })
}

/// Clocks in which a hold samples.
const SAMPLE: u64 = 1;

fn sar(holds: u32) -> Result<Controller, ReportError> {
    let params = xbar_adc_sar::Params { holds, ..xbar_adc_sar::Params::default() };
    let mut rig = Rig::of(&params)?;
    let [valid, sample, settle, cmp, ready] =
        rig.ports(["in_valid", "in_sample_clocks", "in_settle_clocks", "cmp", "out_ready"]);
    [valid, cmp, ready].into_iter().for_each(|port| rig.set(port, 1));
    rig.set(sample, SAMPLE);
    rig.set(settle, 0);
    let [out_valid] = rig.ports(["out_valid"]);
    let clocks = between(&mut rig, VECTORS, |rig| rig.is(out_valid))?;
    let bits = u64::from(params.adc_bits);
    let (name, bound) = match holds {
        1 => ("one hold, T_s 1: N + T_s + 2", bits + SAMPLE + 2),
        _ => ("two holds: N", bits),
    };
    Ok(Controller {
        block: "xbar_adc_sar",
        setting: format!("{bits} bits, {name}"),
        unit: "conversion",
        bound,
        measured: clocks / VECTORS,
    })
}

/// A code for each clock: the codes of changing inputs follow them.
fn flash() -> Result<Controller, ReportError> {
    let params = xbar_adc_flash::Params::default();
    let mut rig = Rig::of(&params)?;
    let [input, code] = rig.ports(["thermometer", "code"]);
    let levels = u64::from(params.levels());
    let mut right = 0;
    for count in 0..=levels {
        rig.set(input, (1 << count) - 1);
        rig.tick();
        right += u64::from(rig.get(code) == count);
    }
    match right == levels + 1 {
        true => Ok(Controller {
            block: "xbar_adc_flash",
            setting: format!("{} bits", params.adc_bits),
            unit: "conversion",
            bound: 1,
            measured: 1,
        }),
        false => {
            Err(ReportError::Wrong(format!("xbar_adc_flash: {right} codes of {} are right", levels + 1)))
        }
    }
}

/// Conversions of whole vectors.
fn shift_add() -> Result<Controller, ReportError> {
    let params = xbar_shift_add::Params::default();
    let block: &dyn Configured = &params;
    let mut streams = Streams::of(block)?;
    let space = params.typical(1);
    let mut beats = 0;
    (0..VECTORS).for_each(|case| {
        (space.make)(case, &mut |channel, beat| {
            streams.push(channel, beat);
            beats += 1;
        });
    });
    while streams.waiting(0) > 0 {
        streams.cycle(&mut |_, _| ())?;
    }
    Ok(Controller {
        block: "xbar_shift_add",
        setting: format!("{} columns, {beats} conversions", params.columns()),
        unit: "all conversions",
        bound: beats,
        measured: streams.cycles(),
    })
}
