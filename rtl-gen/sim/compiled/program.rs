//! The compiled functions in the order in which they are called.

use super::emit::{self, Entry, Job, Mode, What};
use super::layout::{BLOCK, Cell, Layout};
use super::options::{CompileOptions, Lanes};
use super::plan::{Plan, Step, TOP};
use crate::machine_code::MachineCode;
use std::collections::BTreeMap;

/// Number of lanes from which a block runs as a vector, which costs about as much as this many lanes one by one.
pub(super) const VECTOR_PAYS: usize = 3;

/// Functions of a design that compute all lanes in every cycle.
pub(super) struct Program {
    /// What computes everything.
    pub settle: Vec<Run>,
    /// What writes the memories at a clock edge.
    pub memory_writes: Vec<Run>,
    /// Owns the code that the runs call.
    _machine_code: MachineCode,
}

/// A function to call on some lanes.
pub(super) struct Run {
    pub entry: Entry,
    pub lanes: Vec<u32>,
}

/// Functions that skip lanes in which nothing has changed.
pub(super) struct GatedProgram {
    pub settle: Vec<GatedRun>,
    /// The enables of the writes of each unit.
    pub write_enables: Vec<Vec<Cell>>,
    _machine_code: MachineCode,
}

/// A function to call on those of some lanes that have changed.
pub(super) struct GatedRun {
    pub unit: usize,
    pub lanes: Vec<u32>,
    /// Whether inputs of the unit may have changed since it ran last.
    pub follows_inputs: bool,
    pub scalar: Entry,
    pub vector: Option<Entry>,
}

/// Compiled functions, by their job.
struct Entries {
    machine_code: MachineCode,
    numbers: BTreeMap<Job, usize>,
}

impl Entries {
    fn compile(plan: &Plan, layout: &Layout, jobs: impl IntoIterator<Item = Job>) -> Entries {
        let jobs: std::collections::BTreeSet<Job> = jobs.into_iter().collect();
        let jobs: Vec<Job> = jobs.into_iter().collect();
        let machine_code = emit::compile(plan, layout, &jobs);
        Entries { machine_code, numbers: jobs.into_iter().zip(0..).collect() }
    }

    fn entry(&self, job: Job) -> Entry {
        let address = self.machine_code.entry(self.numbers[&job]);
        // SAFETY: every job is compiled as a function with this signature.
        unsafe { std::mem::transmute::<*const u8, Entry>(address) }
    }
}

impl Program {
    /// Compiles what computes everything.
    pub fn new(plan: &Plan, layout: &Layout, options: CompileOptions) -> Program {
        let settle: Vec<(Job, Vec<u32>)> =
            plan.steps.iter().flat_map(|step| modes(plan, step, options)).collect();
        let writes = memory_writes(plan);
        let entries = Entries::compile(plan, layout, settle.iter().chain(&writes).map(|(job, _)| *job));
        let run = |(job, lanes)| Run { entry: entries.entry(job), lanes };
        Program {
            settle: settle.into_iter().map(run).collect(),
            memory_writes: writes.into_iter().map(run).collect(),
            _machine_code: entries.machine_code,
        }
    }
}

/// A step on blocks of lanes, and lane by lane where there are too few.
fn modes(plan: &Plan, step: &Step, options: CompileOptions) -> Vec<(Job, Vec<u32>)> {
    let job = |mode| Job { unit: step.unit, what: What::Terms(step.function), mode };
    if !uses_vectors(plan, step.unit, options) {
        return vec![(job(Mode::Scalar), step.lanes.clone())];
    }
    let (mut blocks, mut single) = (vec![], vec![]);
    for block in step.lanes.chunk_by(|a, b| a / BLOCK as u32 == b / BLOCK as u32) {
        match block.len() {
            0..VECTOR_PAYS => single.extend(block),
            _ => blocks.push(block[0] / BLOCK as u32 * BLOCK as u32),
        }
    }
    let both = [(job(Mode::Vector), blocks), (job(Mode::Scalar), single)];
    both.into_iter().filter(|(_, lanes)| !lanes.is_empty()).collect()
}

fn uses_vectors(plan: &Plan, unit: usize, options: CompileOptions) -> bool {
    let planned = &plan.units[unit];
    unit != TOP
        && options.lanes == Lanes::Vector
        && planned.fills_vectors
        && emit::can_run_in_vectors(&planned.unit)
}

/// The memory writes of each unit that has some, on all lanes.
fn memory_writes(plan: &Plan) -> Vec<(Job, Vec<u32>)> {
    let has_writes =
        |unit: &usize| plan.units[*unit].unit.memories.iter().any(|memory| !memory.writes.is_empty());
    let units = (0..plan.units.len()).filter(has_writes);
    let job = |unit: usize| {
        let lanes = (0..plan.units[unit].lanes.len() as u32).collect();
        (Job { unit, what: What::MemoryWrites, mode: Mode::Scalar }, lanes)
    };
    units.map(job).collect()
}

impl GatedProgram {
    /// Compiles what computes the lanes that have changed.
    pub fn new(plan: &Plan, layout: &Layout, options: CompileOptions) -> GatedProgram {
        let scalar =
            |step: &Step| Job { unit: step.unit, what: What::Terms(step.function), mode: Mode::Scalar };
        let vector = |step: &Step| {
            let job = Job { mode: Mode::Vector, ..scalar(step) };
            uses_vectors(plan, step.unit, options).then_some(job)
        };
        let jobs = plan.steps.iter().flat_map(|step| [scalar(step)].into_iter().chain(vector(step)));
        let entries = Entries::compile(plan, layout, jobs);
        let mut is_compared = vec![false; plan.units.len()];
        let mut run = |step: &Step| {
            if step.unit == TOP {
                is_compared.fill(false);
            }
            GatedRun {
                unit: step.unit,
                lanes: step.lanes.clone(),
                follows_inputs: !std::mem::replace(&mut is_compared[step.unit], true),
                scalar: entries.entry(scalar(step)),
                vector: vector(step).map(|job| entries.entry(job)),
            }
        };
        GatedProgram {
            settle: plan.steps.iter().map(&mut run).collect(),
            write_enables: (0..plan.units.len()).map(|unit| write_enables(plan, layout, unit)).collect(),
            _machine_code: entries.machine_code,
        }
    }
}

fn write_enables(plan: &Plan, layout: &Layout, unit: usize) -> Vec<Cell> {
    let writes = plan.units[unit].unit.memories.iter().flat_map(|memory| &memory.writes);
    writes.map(|write| layout.place(plan, unit, write.enable).cell).collect()
}
