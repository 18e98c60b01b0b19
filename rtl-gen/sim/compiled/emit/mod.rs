//! Machine code for the functions of a plan, by Cranelift.

mod edge;
mod frame;
mod gather;
mod lanes;
mod operator;
mod operators;
mod rotate;
mod scalar;
mod vector;
mod wide;

pub(super) use vector::can_run as can_run_in_vectors;

use super::layout::Layout;
use super::plan::Plan;
use crate::machine_code::MachineCode;
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{AbiParam, Function, Signature, UserFuncName, types};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A compiled function: runs on `count` lanes, whose numbers are at `lanes`, in the block of memory at `memory`.
pub(super) type Entry = unsafe extern "C" fn(memory: *mut u8, lanes: *const u32, count: usize);

/// The unit of work that is compiled as one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Job {
    pub unit: usize,
    pub what: What,
    pub mode: Mode,
}

/// How a function iterates over lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// One by one.
    Scalar,
    /// In blocks of 16; its arguments are the first lanes of blocks.
    Vector,
}

/// What a function does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// Computes the terms of the unit's function of this number, lane by lane.
    Terms(usize),
    /// Writes the unit's memories, as at a clock edge.
    MemoryWrites,
}

/// Compiles functions, on as many threads as there are processors.
pub(super) fn compile(plan: &Plan, layout: &Layout, jobs: &[Job]) -> MachineCode {
    let isa = isa();
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut compiler = Compiler { context: Context::new(), builder: FunctionBuilderContext::new() };
        let mut done = vec![];
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(index) else { return done };
            done.push((index, compiler.compile(&isa, plan, layout, *job)));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get().min(jobs.len()));
    let mut compiled = std::thread::scope(|scope| {
        let workers: Vec<_> = (1..threads).map(|_| scope.spawn(worker)).collect();
        let mut done = worker();
        let others = workers.into_iter().map(|worker| worker.join());
        done.extend(others.flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))));
        done
    });
    compiled.sort_unstable_by_key(|(index, _)| *index);
    MachineCode::load(isa, compiled.iter().map(|(_, code)| code.as_slice()))
}

/// This machine, with all its features.
fn isa() -> OwnedTargetIsa {
    let mut flags = settings::builder();
    for (name, value) in [
        ("opt_level", "none"),
        ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
        ("enable_alias_analysis", "false"),
        ("unwind_info", "false"),
        ("is_pic", "false"),
    ] {
        flags.set(name, value).expect("Cranelift has this setting");
    }
    let native = cranelift_native::builder().expect("Cranelift knows this processor");
    native.finish(settings::Flags::new(flags)).expect("the settings fit each other")
}

struct Compiler {
    context: Context,
    builder: FunctionBuilderContext,
}

impl Compiler {
    fn compile(&mut self, isa: &OwnedTargetIsa, plan: &Plan, layout: &Layout, job: Job) -> Vec<u8> {
        let pointer = AbiParam::new(types::I64);
        let mut signature = Signature::new(isa.default_call_conv());
        signature.params = vec![pointer; 3];
        self.context.func = Function::with_name_signature(UserFuncName::default(), signature);
        let builder = FunctionBuilder::new(&mut self.context.func, &mut self.builder);
        lanes::function(builder, isa.frontend_config(), plan, layout, job);
        let compiled = self.context.compile(&**isa, &mut ControlPlane::default());
        let code = compiled.unwrap_or_else(|error| panic!("Cranelift compiles: {error:?}"));
        assert!(code.buffer.relocs().is_empty(), "the functions refer to nothing");
        let code = code.code_buffer().to_vec();
        self.context.clear();
        code
    }
}
