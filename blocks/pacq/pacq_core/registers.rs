//! The registers of `pacq_core`.

use super::job::{Job, Matrix, Outcome};
use super::params::Params;
use crate::common::memory::ADDRESS_BITS;
use crate::pacq::pacq_gemm::registers::{SIZE_BITS, constants};
use hdl::Bundle;
use parts::registers::{Access, FieldRef, RegisterMap, WIDTH};

/// What the register ID reads as: "PQ".
pub const ID: u32 = 0x5051;
/// The version of the registers and of what they do.
const VERSION: u32 = 1;

/// Counts of the last product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Bundle)]
pub struct Counts<T> {
    /// Cycles from its start to its end.
    pub cycles: T,
    /// Beats of read data on the bus.
    pub read_beats: T,
    /// Beats of write data on the bus.
    pub written_beats: T,
    /// Beats of A that entered its buffer.
    pub a_beats: T,
    /// Beats of B.
    pub b_beats: T,
    /// Beats of scales and of zero points.
    pub scale_beats: T,
    /// Cycles without work because A was on its way.
    pub stall_a: T,
    /// Cycles without work because B or its scales were on their way.
    pub stall_b: T,
    /// Cycles in which a result had no room.
    pub stall_c: T,
}

/// The registers, and their fields by name.
pub struct Registers {
    /// All of them.
    pub map: RegisterMap,
    /// A product begins.
    pub start: FieldRef,
    /// It ends early.
    pub abort: FieldRef,
    /// It ends early, and nothing is left of it.
    pub reset: FieldRef,
    /// A product is at work.
    pub busy: FieldRef,
    /// How the last one ended.
    pub outcome: FieldRef,
    /// A product has ended.
    pub done: FieldRef,
    /// The end of a product interrupts.
    pub enable: FieldRef,
    /// What it is told.
    pub job: Job<FieldRef>,
    /// What was counted.
    pub counts: Counts<FieldRef>,
}

impl Registers {
    /// The registers of a block with these parameters.
    pub fn new(params: &Params) -> Registers {
        let mut map = RegisterMap::new("pacq_core");
        map.register("ID", "What the block is.");
        map.field("version", 16, Access::Constant(VERSION), "version of the registers");
        map.field("id", 16, Access::Constant(ID), "0x5051, the letters PQ");
        map.register("CONTROL", "Starts and ends products.");
        let mut pulse = |name, meaning| map.field(name, 1, Access::Pulse, meaning);
        let start = pulse("start", "starts a product; refused while one is at work");
        let abort = pulse("abort", "ends the product early; transfers under way end first");
        let reset =
            pulse("reset", "the same without an interrupt; then clears STATUS.outcome and all counters");
        map.register("STATUS", "State, and how the last product ended.");
        let busy = map.field("busy", 1, Access::ReadOnly, "a product is at work");
        let outcome = map.coded::<Outcome>("outcome", Access::ReadOnly, "how the last product ended");
        map.register("INTERRUPT", "What has happened.");
        let done = map.field("done", 1, Access::WriteOneToClear, "a product has ended, or was refused");
        map.register("ENABLE", "What interrupts.");
        let enable = map.field("done", 1, Access::ReadWrite, "irq is 1 while INTERRUPT.done is");
        let job = job(&mut map);
        let counts = counts(&mut map);
        constants(&mut map, &params.gemm());
        map.register("INFO3", "The buffers.");
        let mut constant =
            |name, width, value, meaning| map.field(name, width, Access::Constant(value), meaning);
        constant("max_k", 15, params.max_k, "most columns of A");
        constant("rows", 9, params.rows, "rows of A on the chip");
        constant("columns", 7, params.columns, "words of a row of B on the chip");
        Registers { map, start, abort, reset, busy, outcome, done, enable, job, counts }
    }
}

fn job(map: &mut RegisterMap) -> Job<FieldRef> {
    let mut size = |register, meaning, of| {
        map.register(register, meaning);
        map.field("size", SIZE_BITS, Access::ReadWrite, of)
    };
    let m = size("M", "Rows of A and C.", "rows of A and C, 1 to 65535");
    let n = size("N", "Columns of B and C.", "columns of B and C, 1 to 65535");
    let k = size("K", "Columns of A, rows of B.", "columns of A, 1 to max_k");
    let group = size(
        "GROUP",
        "Rows of B that share a scale.",
        "rows of B that share a scale, a multiple of 16; 0: all rows",
    );
    let mut matrix = |address, stride, of, row| {
        map.register(address, of);
        let first = map.field("address", ADDRESS_BITS, Access::ReadWrite, "byte address of the first row");
        map.register(stride, row);
        let bytes = map.field("bytes", ADDRESS_BITS, Access::ReadWrite, "bytes from a row to the next");
        Matrix { address: first, stride: bytes }
    };
    let a = matrix("A_ADDRESS", "A_STRIDE", "Where A is.", "The rows of A.");
    let b = matrix("B_ADDRESS", "B_STRIDE", "Where the words of B are.", "The rows of B.");
    let scales = matrix("SCALES_ADDRESS", "SCALES_STRIDE", "Where the scales are.", "The rows of scales.");
    let zeros =
        matrix("ZEROS_ADDRESS", "ZEROS_STRIDE", "Where the zero points are.", "The rows of zero points.");
    let c = matrix("C_ADDRESS", "C_STRIDE", "Where C is.", "The rows of C.");
    Job { m, n, k, group, a, b, scales, zeros, c }
}

fn counts(map: &mut RegisterMap) -> Counts<FieldRef> {
    let mut count = |register, meaning, of| {
        map.register(register, meaning);
        map.field("count", WIDTH, Access::ReadOnly, of)
    };
    Counts {
        cycles: count("CYCLES", "How long the last product took.", "cycles from its start to its end"),
        read_beats: count("READ_BEATS", "What it read.", "beats of read data on the bus"),
        written_beats: count("WRITTEN_BEATS", "What it wrote.", "beats of write data on the bus"),
        a_beats: count("A_BEATS", "What it read of A.", "beats of A, each row from its first byte on"),
        b_beats: count("B_BEATS", "What it read of B.", "beats of words of B, likewise"),
        scale_beats: count(
            "SCALE_BEATS",
            "What it read of scales.",
            "beats of scales and zero points, likewise",
        ),
        stall_a: count("STALL_A", "Stalls by A.", "cycles without work while A was on its way"),
        stall_b: count(
            "STALL_B",
            "Stalls by B.",
            "cycles without work while B or its scales were on their way",
        ),
        stall_c: count("STALL_C", "Stalls by C.", "cycles in which a result had no room"),
    }
}
