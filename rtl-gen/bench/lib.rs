//! The benchmarks: designs, the engines that run them, and what is measured.

pub mod activity;
pub mod designs;
pub mod engine;
pub mod enumeration;
pub mod generation;
mod machine;
mod process;
pub mod report;
pub mod run;
pub mod signature;
pub mod simulation;
pub mod statistics;
pub mod stimulus;
pub mod targets;
pub mod workload;

pub use machine::machine;
