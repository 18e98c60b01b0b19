//! From a block to LUTs, nanoseconds, picojoules and a bitstream.

mod asic;
pub mod boards;
mod cache;
mod figures;
mod flow;
mod gate_level;
mod harness;
mod job;
mod names;
mod netlist;
mod nextpnr;
pub mod targets;
pub mod tools;
pub mod vivado;
mod yosys;

pub use figures::{Energy, Figures, GateLevel, Resources, Timing};
pub use flow::cells;
pub use job::{DEFAULT_CYCLES, Effort, Request};
pub use targets::{Device, Target};

use blocks::block::Configured;
use cache::Cache;
use job::Job;
use std::path::Path;
use targets::{Family, Flow};
use testbenches::tools::{GXX, Tool, VERILATOR, YOSYS};
use testbenches::{ToolError, Trace, VerifyError, user_cache};

/// Synthesises a block. Results are cached in the user's cache folder, or below `folder`: the same block, request and
/// tools give the same figures at once.
pub fn synthesize(
    block: &dyn Configured,
    request: &Request,
    folder: Option<&Path>,
) -> Result<Figures, VerifyError> {
    let cache = Cache::open(folder)?;
    figures(Job::new(block, request, &cache)?, &cache)
}

/// The same, with energy measured in a given run of the block instead of one with its typical stimulus.
pub fn synthesize_on(
    block: &dyn Configured,
    request: &Request,
    run: Trace,
    folder: Option<&Path>,
) -> Result<Figures, VerifyError> {
    let cache = Cache::open(folder)?;
    figures(Job::new(block, request, &cache)?.with_typical(run), &cache)
}

/// The figures of a job, from the cache if they are there.
fn figures(job: Job, cache: &Cache) -> Result<Figures, VerifyError> {
    let flow = Prepared::of(&job)?;
    let key = key(&job, &flow)?;
    if let Some(figures) = cache.get(&key) {
        return Ok(figures);
    }
    let figures = match &flow {
        Prepared::Devices(family) => flow::run(&job, family)?,
        Prepared::StandardCells(inputs) => asic::run(&job, inputs)?,
    };
    cache.put(&key, &figures)?;
    Ok(figures)
}

/// A flow, with its inputs besides the job.
enum Prepared {
    Devices(&'static Family),
    StandardCells(Box<asic::Inputs>),
}

impl Prepared {
    fn of(job: &Job) -> Result<Prepared, VerifyError> {
        Ok(match &job.request.target.flow {
            Flow::Devices(family) => Prepared::Devices(family),
            Flow::StandardCells => Prepared::StandardCells(Box::new(asic::Inputs::of(job)?)),
        })
    }

    /// Everything besides the job that the results depend on.
    fn recipe(&self, request: &Request) -> String {
        match self {
            Prepared::Devices(family) => (family.command)(request.use_dsps),
            Prepared::StandardCells(inputs) => asic::recipe(inputs),
        }
    }
}

/// The programs that a request needs.
pub fn needed(request: &Request) -> Vec<Tool> {
    let mut tools = vec![YOSYS];
    if request.gate_level_cycles.is_some() {
        tools.extend([VERILATOR, GXX]);
    }
    match &request.target.flow {
        Flow::Devices(family) => {
            tools.extend(family.placer.filter(|_| request.place).map(|placer| placer.nextpnr));
        }
        Flow::StandardCells => tools.push(tools::OPENSTA),
    }
    tools
}

/// Everything that the figures depend on.
fn key(job: &Job, flow: &Prepared) -> Result<String, VerifyError> {
    let versions: Vec<String> =
        needed(job.request).into_iter().map(tools::name_and_version).collect::<Result<_, ToolError>>()?;
    let harness = testbenches::VerilogDesign::of(&harness::between_registers(job.block)?);
    let parts = [
        program()?,
        format!("{:?}", job.request),
        format!("{:?}", versions),
        format!("{:?}", job.design),
        format!("{:?}", harness),
        format!("{:?}", job.recorded),
        flow.recipe(job.request),
    ];
    Ok(user_cache::key(&parts.each_ref().map(String::as_str)))
}

/// A hash of this program's file.
fn program() -> Result<String, ToolError> {
    let built = std::env::current_exe().and_then(|path| path.metadata()).and_then(|data| data.modified());
    let built = built.map_err(|source| ToolError::Io { action: "look at this program".into(), source })?;
    Ok(format!("{} {built:?}", env!("CARGO_PKG_VERSION")))
}
