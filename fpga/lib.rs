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
mod target;
pub mod tools;
pub mod vivado;
mod yosys;

pub use figures::{Energy, Figures, GateLevel, Resources, Timing};
pub use job::{DEFAULT_CYCLES, Effort, Request};
pub use target::{Device, Target};

use blocks::block::Configured;
use cache::Cache;
use job::Job;
use std::path::Path;
use testbenches::tools::{GXX, Tool, VERILATOR, YOSYS};
use testbenches::{ToolError, VerifyError, user_cache};

/// Synthesises a block. Results are kept in the user's cache, or below `folder`: the same block, request and tools give
/// the same figures at once.
pub fn synthesize(
    block: &dyn Configured,
    request: &Request,
    folder: Option<&Path>,
) -> Result<Figures, VerifyError> {
    let cache = Cache::open(folder)?;
    let job = Job::new(block, request, &cache)?;
    let cells = matches!(request.target, Target::Asic).then(|| asic::Inputs::of(&job)).transpose()?;
    let key = key(&job, cells.as_ref())?;
    if let Some(figures) = cache.get(&key) {
        return Ok(figures);
    }
    let figures = match &cells {
        Some(inputs) => asic::run(&job, inputs)?,
        None => flow::run(&job)?,
    };
    cache.put(&key, &figures)?;
    Ok(figures)
}

/// The programs that a request needs.
pub fn needed(request: &Request) -> Vec<Tool> {
    let mut tools = vec![YOSYS];
    if request.gate_level_cycles.is_some() {
        tools.extend([VERILATOR, GXX]);
    }
    match request.target {
        Target::Asic => tools.push(tools::OPENSTA),
        Target::Ice40 | Target::Ecp5 if request.place => tools.push(request.device().nextpnr()),
        _ => {}
    }
    tools
}

/// What the figures depend on.
fn key(job: &Job, cells: Option<&asic::Inputs>) -> Result<String, VerifyError> {
    let versions: Vec<String> =
        needed(job.request).into_iter().map(tools::name_and_version).collect::<Result<_, ToolError>>()?;
    let recipe = match cells {
        Some(inputs) => asic::recipe(inputs),
        None => flow::command(job.request.target, job.request.use_dsps),
    };
    let harness = testbenches::VerilogDesign::of(&harness::between_registers(job.block)?);
    let parts = [
        program()?,
        format!("{:?}", job.request),
        format!("{:?}", versions),
        format!("{:?}", job.design),
        format!("{:?}", harness),
        format!("{:?}", job.recorded),
        recipe,
    ];
    Ok(user_cache::key(&parts.each_ref().map(String::as_str)))
}

/// This program, as it was built.
fn program() -> Result<String, ToolError> {
    let built = std::env::current_exe().and_then(|path| path.metadata()).and_then(|data| data.modified());
    let built = built.map_err(|source| ToolError::Io { action: "look at this program".into(), source })?;
    Ok(format!("{} {built:?}", env!("CARGO_PKG_VERSION")))
}
