//! Random legal designs and their stimulus, for tests that compare tools with each other.
//!
//! A design is a [`DesignPlan`]: plain data, which [`netlist`] builds. A plan refers to values by numbers that are
//! taken modulo the number of values, and widths are adjusted, so that every plan is legal, and stays legal when
//! proptest shrinks a failure. All tests take their random cases from one [`seed`] of the run.
//!
//! ```
//! use proptest::prelude::*;
//! use proptest::strategy::ValueTree;
//! use proptest::test_runner::TestRunner;
//!
//! let mut runner = TestRunner::deterministic();
//! let plan = random_designs::designs().new_tree(&mut runner).unwrap().current();
//! let netlist = random_designs::netlist(&plan);
//! assert!(!netlist.top().ports.is_empty());
//! ```

#![deny(clippy::wildcard_enum_match_arm)]

mod construction;
mod plan;
mod seed;
mod stimulus;
mod strategy;

pub use construction::netlist;
pub use plan::{DesignPlan, MemoryPlan, ModulePlan, RegisterPlan, Step, Value, WritePlan};
pub use seed::{config, seed, seeds};
pub use stimulus::{Cycle, Stimulus, stimuli};
pub use strategy::{arrays, combinational_designs, designs};
