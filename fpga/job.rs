//! A block on its way through a flow.

use crate::cache::Cache;
use crate::harness;
use crate::names::Names;
use crate::targets::{Device, Placer, Target};
use blocks::block::{Configured, elaborate};
use blocks::channel::Timing;
use scratch::Scratch;
use std::path::{Path, PathBuf};
use testbenches::tools::{ToolError, read_file, write_file};
use testbenches::{Trace, VerifyError, VerilogDesign, record};

/// A request for synthesis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The target.
    pub target: &'static Target,
    /// The device to place on; by default the family's usual one.
    pub device: Option<&'static Device>,
    /// What to optimise standard cells for.
    pub effort: Effort,
    /// The library of standard cells; osu018 by default.
    pub liberty: Option<PathBuf>,
    /// Verilog models of its cells; made from the library by default.
    pub cell_models: Vec<PathBuf>,
    /// Whether the device's multipliers may be used.
    pub use_dsps: bool,
    /// Whether to place and route.
    pub place: bool,
    /// Whether to measure energy.
    pub energy: bool,
    /// Approximate number of cycles in runs of the netlist; `None` if it is not run.
    pub gate_level_cycles: Option<u64>,
    /// Seed of the cases.
    pub seed: u64,
}

/// What to optimise standard cells for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// The smallest area, whatever the delay: nets with many loads are not buffered.
    Area,
    /// Small area, with buffers on nets with many loads and sized cells.
    Balanced,
    /// The shortest path.
    Delay,
}

impl Request {
    /// Everything, for a target.
    pub fn new(target: &'static Target) -> Request {
        Request {
            target,
            device: None,
            effort: Effort::Balanced,
            liberty: None,
            cell_models: vec![],
            use_dsps: false,
            place: true,
            energy: true,
            gate_level_cycles: Some(DEFAULT_CYCLES),
            seed: 1,
        }
    }

    /// The device to place on.
    pub fn device(&self, placer: &Placer) -> Result<&'static Device, ToolError> {
        placer.device(self.device).map_err(|reason| ToolError::Design { top: "harness".into(), reason })
    }
}

/// The default number of cycles in a run of the netlist.
pub const DEFAULT_CYCLES: u64 = 500;

/// The fewest cases in a run of the netlist: a single one may do little, such as a refused product.
const FEWEST_CASES: u64 = 4;

/// The most cycles in the run that energy is measured in.
const TYPICAL_CYCLES: u64 = 2000;

/// A block, with everything that the flows need.
pub struct Job<'a> {
    pub block: &'a dyn Configured,
    pub request: &'a Request,
    pub design: VerilogDesign,
    /// A run of the block's corner-weighted cases.
    pub recorded: Option<Trace>,
    pub names: Names,
    /// The run that energy is measured in, if it is given.
    given: Option<Trace>,
    folder: Scratch,
}

impl<'a> Job<'a> {
    /// Prepares a block, and writes its Verilog into a new folder of the cache.
    pub fn new(
        block: &'a dyn Configured,
        request: &'a Request,
        cache: &Cache,
    ) -> Result<Job<'a>, VerifyError> {
        let netlist = elaborate(block)?;
        let design = VerilogDesign::of(&netlist);
        let run = |cycles| {
            let cases = block.cases_in(cycles).max(FEWEST_CASES);
            record(block, &block.random(request.seed), cases, request.seed)
        };
        let recorded = request.gate_level_cycles.map(run).transpose()?.map(|run| run.trace);
        let job = Job {
            block,
            request,
            design,
            recorded,
            names: Names::of(&netlist),
            given: None,
            folder: cache.work_folder()?,
        };
        job.design.files.iter().try_for_each(|(name, text)| job.write(name, text))?;
        Ok(job)
    }

    /// The job with the run that energy is measured in.
    pub fn with_typical(self, run: Trace) -> Job<'a> {
        Job { given: Some(run), ..self }
    }

    /// Where the files are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, text: &str) -> Result<(), ToolError> {
        write_file(&self.folder().join(name), text)
    }

    /// Reads a file of the folder.
    pub fn read(&self, name: &str) -> Result<String, ToolError> {
        read_file(&self.folder().join(name))
    }

    /// Writes the block between registers, and gives the names of its files.
    pub fn write_harness(&self) -> Result<Vec<String>, VerifyError> {
        let design = VerilogDesign::of(&harness::between_registers(self.block)?);
        design.files.iter().try_for_each(|(name, text)| self.write(name, text))?;
        Ok(design.file_names().map(String::from).collect())
    }

    /// The given run, or one with typical stimulus. Its cases can be longer than the corner-weighted ones, for which the block gives
    /// cycle counts.
    pub fn typical(&self) -> Result<Trace, VerifyError> {
        if let Some(run) = &self.given {
            return Ok(run.clone());
        }
        let cases = self.block.cases_in(TYPICAL_CYCLES);
        let run = record(self.block, &self.block.typical(self.request.seed), cases, self.request.seed)?;
        let mut trace = run.trace;
        trace.truncate(TYPICAL_CYCLES as usize);
        Ok(trace)
    }

    /// The beats of the first input channel in a run.
    pub fn beats(&self, trace: &Trace) -> u64 {
        let interface = self.block.interface();
        if matches!(interface.timing, Timing::Fixed { .. }) {
            return trace.cycles() as u64;
        }
        let port =
            |suffix: &str| trace.port(&interface.inputs[0].port(suffix)).expect("a channel has a handshake");
        let (valid, ready) = (port("valid"), port("ready"));
        let is_beat = |cycle: &usize| trace.value(*cycle, valid).bit(0) && trace.value(*cycle, ready).bit(0);
        (0..trace.cycles()).filter(is_beat).count().max(1) as u64
    }
}
