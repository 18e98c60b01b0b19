//! A design compiled for a batch: what does not change while it runs.

use super::gates::{Logic, Segment, divide};
use super::isa::Isa;
use super::rows::Rows;
use super::{cover, emit, portable};
use crate::flatten::Flat;
use crate::interpreter::Interpreter;
use crate::machine_code::MachineCode;
use crate::memories::MemoryInfo;
use crate::options::Options;
use std::sync::OnceLock;

/// A compiled design; batches of one design share it.
pub struct Compiled {
    pub flat: Flat,
    pub logic: Logic,
    pub memories: Vec<MemoryInfo>,
    pub isa: Isa,
    /// Number of rows of values, temporary ones included.
    pub value_rows: u32,
    /// Computes the outputs that depend on no input.
    pub outputs_of_state: Part,
    /// Computes everything else.
    pub others: Part,
    /// Instructions of both parts.
    pub instruction_count: usize,
    engine: Engine,
    /// The same design for the interpreter, compiled on first use.
    reference: OnceLock<Interpreter>,
}

/// Steps in order: words to be read, by the index of the read, then a function, by its index.
pub struct Part(pub Vec<(Vec<usize>, usize)>);

enum Engine {
    Native(Box<MachineCode>),
    Portable(Vec<Vec<emit::Instruction>>),
}

/// Functions under construction.
struct Compiler<'a> {
    logic: &'a Logic,
    isa: Isa,
    /// Rows that carry values from one function to another. The temporary rows follow, as many as the function that
    /// uses most of them needs.
    kept_rows: u32,
    value_rows: u32,
    functions: Vec<Vec<emit::Instruction>>,
}

impl Compiled {
    /// Compiles a design.
    pub fn new(flat: Flat, isa: Isa) -> Compiled {
        let logic = Logic::of(&flat);
        let mut kept_rows = logic.value_rows;
        let parts = [&logic.outputs_of_state, &logic.others];
        let [outputs_of_state, others] = parts.map(|sinks| divide(&logic, sinks, &mut kept_rows));
        let mut compiler =
            Compiler { logic: &logic, isa, kept_rows, value_rows: kept_rows, functions: vec![] };
        let [outputs_of_state, others] = [outputs_of_state, others].map(|part| compiler.part(part));
        let Compiler { value_rows, functions, .. } = compiler;
        Compiled {
            instruction_count: functions.iter().map(Vec::len).sum(),
            engine: Engine::of(functions, isa),
            memories: MemoryInfo::of_all(&flat.memories),
            flat,
            logic,
            isa,
            value_rows,
            outputs_of_state,
            others,
            reference: OnceLock::new(),
        }
    }

    /// An interpreter of the same design.
    pub fn reference(&self) -> Interpreter {
        let compile = || Interpreter::of(self.flat.clone(), Options::default());
        self.reference.get_or_init(|| compile().expect("a batch has the memories already")).clone()
    }

    /// Runs a function over the three banks.
    pub fn run(&self, function: usize, values: &mut Rows, state: &Rows, next: &mut Rows) {
        match &self.engine {
            Engine::Native(code) => call(code, function, self.isa, values, state, next),
            Engine::Portable(functions) => portable::run(&functions[function], values, state, next),
        }
    }
}

impl Compiler<'_> {
    fn part(&mut self, segments: Vec<Segment>) -> Part {
        let step = |segment: Segment| {
            let instructions = self.function(&segment);
            self.functions.push(instructions);
            (segment.reads, self.functions.len() - 1)
        };
        Part(segments.into_iter().map(step).collect())
    }

    fn function(&mut self, segment: &Segment) -> Vec<emit::Instruction> {
        let cover = if self.isa.is_ternary() { cover::by_triples } else { cover::by_pairs };
        let network = cover(&self.logic.graph, segment);
        let mut value_rows = self.kept_rows;
        let instructions = emit::allocate(&network, self.isa.registers(), &mut value_rows);
        self.value_rows = self.value_rows.max(value_rows);
        instructions
    }
}

impl Engine {
    #[cfg(target_arch = "x86_64")]
    fn of(functions: Vec<Vec<emit::Instruction>>, isa: Isa) -> Engine {
        if isa == Isa::Portable {
            return Engine::Portable(functions);
        }
        let host = cranelift_native::builder().expect("the machine is one that code can be loaded on");
        let settings = cranelift_codegen::settings::builder();
        let host = host.finish(cranelift_codegen::settings::Flags::new(settings));
        let host = host.expect("the default settings are consistent");
        let encoded: Vec<Vec<u8>> = functions.iter().map(|function| emit::encode(function, isa)).collect();
        Engine::Native(Box::new(MachineCode::load(host, encoded.iter().map(Vec::as_slice))))
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn of(functions: Vec<Vec<emit::Instruction>>, _: Isa) -> Engine {
        Engine::Portable(functions)
    }
}

#[cfg(target_arch = "x86_64")]
fn call(code: &MachineCode, function: usize, isa: Isa, values: &mut Rows, state: &Rows, next: &mut Rows) {
    let bias = 8 * isa.words() * emit::BIAS as usize;
    // SAFETY: the bytes were encoded as a function of this type, for this processor.
    let function: emit::Function = unsafe { std::mem::transmute(code.entry(function)) };
    let (values, state, next) = (values.as_mut_ptr(), state.as_ptr(), next.as_mut_ptr());
    // SAFETY: it only accesses rows of the three banks, and expects pointers offset by the bias.
    unsafe { function(values.wrapping_add(bias), state.wrapping_add(bias), next.wrapping_add(bias)) }
}

#[cfg(not(target_arch = "x86_64"))]
fn call(_: &MachineCode, _: usize, _: Isa, _: &mut Rows, _: &Rows, _: &mut Rows) {
    unreachable!("there is machine code for x86-64 only")
}
