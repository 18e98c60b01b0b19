//! The blocks between the inputs and the codes of a crossbar, joined as their pages say: driver, sequencer and converter.

use crate::ReportError;
use crate::rig::{Port, Rig};
use blocks::crossbar::phase::Encoding;
use blocks::crossbar::{xbar_adc_sar, xbar_input_driver, xbar_sequencer};

/// What converts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Converter {
    /// A code in each clock.
    Flash,
    /// 8 bits by successive approximation.
    Sar {
        /// Its own holds: with 2, it samples a column while it converts the one before.
        holds: u32,
        /// Clocks in which its hold samples.
        sample_clocks: u64,
    },
}

/// An array and what reads it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Bits of an input.
    pub input_bits: u32,
    /// Columns that share a converter.
    pub columns: u32,
    /// Holds of a column.
    pub holds: u32,
    /// T_settle.
    pub settle_clocks: u64,
    /// The converter.
    pub converter: Converter,
}

/// Signs take no phases of their own.
const ENCODING: Encoding = Encoding::Unsigned;

/// Rows of the array, all driven at once.
const ROWS: u32 = 64;

/// Vectors that are timed, behind the first ones, which fill the pipeline.
const VECTORS: usize = 6;
const FIRST: usize = 2;

/// Cycles after which the chain counts as stuck.
const PATIENCE: u64 = 100_000;

struct Driver {
    rig: Rig,
    valid: Port,
    bit: Option<Port>,
    last: Port,
    ready: Port,
    in_ready: Port,
    in_last: Port,
    beats: u64,
    beat: u64,
}

impl Driver {
    fn new(input_bits: u32) -> Result<Driver, ReportError> {
        let params = xbar_input_driver::Params {
            rows: ROWS,
            input_bits,
            lanes: ROWS,
            encoding: ENCODING,
            ..xbar_input_driver::Params::default()
        };
        let mut rig = Rig::of(&params)?;
        let [data, in_valid, skip, in_last, in_ready] =
            rig.ports(["in_data", "in_valid", "in_skip_zeros", "in_last", "in_ready"]);
        // Every phase drives every row: none is left out.
        rig.set_ones(data);
        rig.set(in_valid, 1);
        rig.set(skip, 0);
        let [valid, last, ready] = rig.ports(["out_valid", "out_phase_last", "out_ready"]);
        let bit = (input_bits > 1).then(|| rig.ports(["out_phase_bit"])[0]);
        Ok(Driver { rig, valid, bit, last, ready, in_ready, in_last, beats: params.beats().into(), beat: 0 })
    }

    /// Offers the next beat of its vectors, which never run dry.
    fn feed(&mut self) {
        self.rig.set(self.in_last, u64::from(self.beat + 1 == self.beats));
        if self.rig.is(self.in_ready) {
            self.beat = (self.beat + 1) % self.beats;
        }
    }
}

struct Sequencer {
    rig: Rig,
    valid: Port,
    ready: Port,
    bit: Option<Port>,
    last: Port,
    begins: Port,
    out_valid: Port,
    out_ready: Port,
    out_last: Port,
    out_last_column: Port,
}

impl Sequencer {
    fn new(setting: &Setting) -> Result<Sequencer, ReportError> {
        let Setting { input_bits, columns, holds, settle_clocks, .. } = *setting;
        let mut rig = Rig::of(&xbar_sequencer::Params { columns, holds, input_bits, encoding: ENCODING })?;
        let [precharge, settle, convert] = rig.ports(["precharge_clocks", "settle_clocks", "convert_clocks"]);
        rig.set(precharge, 0);
        rig.set(settle, settle_clocks);
        rig.set(convert, 1);
        let [valid, ready, last, begins] =
            rig.ports(["in_valid", "in_ready", "in_phase_last", "column_begins"]);
        let [out_valid, out_ready, out_last, out_last_column] =
            rig.ports(["out_valid", "out_ready", "out_phase_last", "out_last_column"]);
        let bit = (input_bits > 1).then(|| rig.ports(["in_phase_bit"])[0]);
        Ok(Sequencer {
            rig,
            valid,
            ready,
            bit,
            last,
            begins,
            out_valid,
            out_ready,
            out_last,
            out_last_column,
        })
    }
}

/// A converter by successive approximation; its comparator says anything.
struct Sar {
    rig: Rig,
    holds: u32,
    valid: Port,
    ready: Port,
    out_valid: Port,
    out_ready: Port,
}

impl Sar {
    fn new(holds: u32, sample_clocks: u64) -> Result<Sar, ReportError> {
        let mut rig = Rig::of(&xbar_adc_sar::Params { holds, ..xbar_adc_sar::Params::default() })?;
        let [sample, settle, cmp] = rig.ports(["in_sample_clocks", "in_settle_clocks", "cmp"]);
        rig.set(sample, sample_clocks);
        rig.set(settle, 0);
        rig.set(cmp, 1);
        let [valid, ready, out_valid, out_ready] =
            rig.ports(["in_valid", "in_ready", "out_valid", "out_ready"]);
        Ok(Sar { rig, holds, valid, ready, out_valid, out_ready })
    }
}

/// Clocks from one vector to the next, of vectors without a gap.
pub fn clocks_of_vector(setting: &Setting) -> Result<u64, ReportError> {
    let mut chain = Chain::new(setting)?;
    let mut ends = vec![];
    for cycle in 0..PATIENCE {
        if chain.cycle() {
            ends.push(cycle);
        }
        if ends.len() == FIRST + VECTORS {
            chain.sequencer.rig.check()?;
            return apart(&ends[FIRST..]);
        }
    }
    Err(ReportError::Wrong(format!("stuck: {setting:?}")))
}

fn apart(ends: &[u64]) -> Result<u64, ReportError> {
    let apart: Vec<u64> = ends.windows(2).map(|pair| pair[1] - pair[0]).collect();
    match apart.iter().all(|clocks| *clocks == apart[0]) {
        true => Ok(apart[0]),
        false => Err(ReportError::Wrong(format!("vectors take different numbers of clocks: {apart:?}"))),
    }
}

struct Chain {
    driver: Driver,
    sequencer: Sequencer,
    sar: Option<Sar>,
}

impl Chain {
    fn new(setting: &Setting) -> Result<Chain, ReportError> {
        Ok(Chain {
            driver: Driver::new(setting.input_bits)?,
            sequencer: Sequencer::new(setting)?,
            sar: match setting.converter {
                Converter::Flash => None,
                Converter::Sar { holds, sample_clocks } => Some(Sar::new(holds, sample_clocks)?),
            },
        })
    }

    /// Simulates a cycle; true if the last column of a vector is taken in it.
    fn cycle(&mut self) -> bool {
        let Chain { driver, sequencer, sar } = self;
        sequencer.rig.set(sequencer.valid, driver.rig.get(driver.valid));
        sequencer.rig.set(sequencer.last, driver.rig.get(driver.last));
        if let (Some(from), Some(to)) = (driver.bit, sequencer.bit) {
            sequencer.rig.set(to, driver.rig.get(from));
        }
        match sar {
            None => sequencer.rig.set(sequencer.out_ready, 1),
            Some(sar) => sar.join(sequencer),
        }
        driver.rig.set(driver.ready, sequencer.rig.get(sequencer.ready));
        driver.feed();
        let ends = [sequencer.out_valid, sequencer.out_ready, sequencer.out_last, sequencer.out_last_column];
        let ends_vector = ends.into_iter().all(|port| sequencer.rig.is(port));
        driver.rig.tick();
        sequencer.rig.tick();
        if let Some(sar) = sar {
            sar.rig.tick();
        }
        ends_vector
    }
}

impl Sar {
    /// Its requests and codes of this cycle, as the page of the sequencer says.
    fn join(&mut self, sequencer: &mut Sequencer) {
        let offered = sequencer.rig.get(sequencer.out_valid);
        self.rig.set(self.out_ready, if self.holds == 1 { offered } else { 1 });
        let ready = self.rig.get(if self.holds == 1 { self.out_valid } else { self.ready });
        sequencer.rig.set(sequencer.out_ready, ready);
        self.rig.set(self.valid, sequencer.rig.get(sequencer.begins));
    }
}
