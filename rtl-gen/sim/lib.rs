//! Simulates a netlist cycle by cycle, and writes waveforms.
//!
//! | engine | for | how |
//! | --- | --- | --- |
//! | [`Interpreter`] | the reference for the others; compiles in microseconds | instructions on 64-bit slots |
//! | [`Compiled`] | one run of many cycles | Cranelift; a module compiled once for all its instances, instances in vectors, idle ones skipped |
//! | [`Batch`] | many runs of one design | bit-sliced AVX-512 or AVX2, or an interpreter of gates |
//!
//! The first two, and each [lane](batch::Lane) of the third, implement [`Simulator`]. An internal signal of a compiled
//! design or of a lane is computed only on request, by an interpreter that takes over the state. In the first two, Rust
//! closures can replace black boxes: [`Models`].
//!
//! ```
//! use hdl::{Clocking, Design};
//! use sim::{Interpreter, Options, Simulator, TextWave, Traced};
//!
//! let design = Design::new(Clocking::default());
//! let counter = design.module("counter", &[], |m| {
//!     let count = m.reg("count", 8).reset_to(0);
//!     count.set(count.value() + m.input("step", 8, "added in every cycle"));
//!     m.output("value", count.value(), "the sum of all steps so far");
//! });
//! let simulator = Interpreter::new(&design.elaborate(counter)?, Options::default())?;
//! let wave = TextWave::new(&simulator, &["rst_n", "value"])?;
//! let mut simulator = Traced::new(simulator, wave);
//! let [rst_n, step, value] = simulator.ports_named(["rst_n", "step", "value"])?;
//! simulator.tick();
//! simulator.poke_u64(rst_n, 1);
//! simulator.poke_u64(step, 5);
//! simulator.tick();
//! assert_eq!(simulator.peek_u64(value), 5);
//! println!("{}", simulator.finish()?.1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![deny(clippy::wildcard_enum_match_arm)]

pub mod batch;
mod compiled;
mod error;
pub mod flatten;
mod interpreter;
mod machine_code;
mod memories;
mod memory_ports;
mod model;
mod names;
mod options;
mod power_up;
mod property;
mod reset;
mod simulator;
mod wave;

pub use batch::Batch;
pub use compiled::{CompileOptions, Compiled, Functions, Gating, Lanes, Sharing};
pub use error::{BuildError, MAX_MEMORY_BITS};
pub use interpreter::Interpreter;
pub use memories::{Memories, MemoryId, MemoryInfo};
pub use model::{BoxInstance, Modelled, Models, Pins};
pub use names::{NameKind, UnknownName, port_named};
pub use options::{Initial, Options};
pub use property::{Covered, Violation};
pub use simulator::{SignalId, SignalInfo, Simulator};
pub use wave::{TextWave, Traced, WaveError, WaveFile, WaveOptions, WaveSink};
